import { type Pcm, pcmBytes } from '@tth/core/plugin';
import { spreadWords, toneAt } from './tone.ts';

// The wire of the simulated vendor. It is nobody's, and has what those of the real ones have in common.
//
//   POST /chat    {messages: [{role, content}]}
//                 text/event-stream: {"text": "…"} per piece, {"finish": "stop"}, [DONE]
//   POST /speech  {text}
//                 audio/pcm: raw signed 16-bit little-endian mono at 24 kHz
//   POST /lines   {text}
//                 application/x-ndjson: {"audio": base64, "startMs", "durationMs", "words": [{text, startMs,
//                 durationMs}]} per piece, {"done": true}
//   GET  /health  {"ok": true}

/** What happens in an answer, one after the other. A piece is an event, a line or a run of sound. */
export type Step =
  | { readonly kind: 'piece'; readonly bytes: Uint8Array }
  | { readonly kind: 'wait'; readonly ms: number }
  | { readonly kind: 'hang' }
  | { readonly kind: 'die'; readonly how: 'fin' | 'rst' };

export interface SpeechOptions {
  /** The rate at which the sound is really made; the wire says 24 kHz whatever this is. */
  readonly rateHz?: number;
  /** What the wire says of an instant of the sentence. */
  readonly stampMs?: (ms: number) => number;
  /** How long a character is spoken. */
  readonly msPerCharacter?: number;
}

/** How much sound is in a piece. */
const pieceMs = 40;

const piece = (text: string): Step => ({ kind: 'piece', bytes: Buffer.from(text) });

/** An answer of a model, five characters per event. */
export function* chatSteps(reply: string): Generator<Step, void> {
  const event = (data: string): Step => piece(`data: ${data}\n\n`);
  for (const text of reply.match(/[^]{1,5}/gu) ?? []) yield event(JSON.stringify({ text }));
  yield event(JSON.stringify({ finish: 'stop' }));
  yield event('[DONE]');
}

function* tonePieces(
  text: string,
  { rateHz = 24_000, msPerCharacter = 50 }: SpeechOptions,
): Generator<{ startMs: number; durationMs: number; pcm: Pcm }, void> {
  const totalMs = text.length * msPerCharacter;
  for (let startMs = 0; startMs < totalMs; startMs += pieceMs) {
    const durationMs = Math.min(pieceMs, totalMs - startMs);
    const samples = (ms: number): number => Math.round((ms * rateHz) / 1000);
    yield { startMs, durationMs, pcm: toneAt(samples(startMs), samples(durationMs)) };
  }
}

/** A sentence as raw sound. */
export function* speechSteps(text: string, options: SpeechOptions = {}): Generator<Step, void> {
  for (const { pcm } of tonePieces(text, options)) yield { kind: 'piece', bytes: pcmBytes(pcm) };
}

/** A sentence as lines of sound with the times of its words. */
export function* lineSteps(text: string, options: SpeechOptions = {}): Generator<Step, void> {
  const { stampMs = (ms) => ms, msPerCharacter = 50 } = options;
  const words = spreadWords(text, text.length * msPerCharacter * 1000);
  for (const { startMs, durationMs, pcm } of tonePieces(text, options)) {
    const line = {
      audio: Buffer.from(pcmBytes(pcm)).toString('base64'),
      startMs: stampMs(startMs),
      durationMs,
      words: words
        .filter(({ startUs }) => startUs >= startMs * 1000 && startUs < (startMs + durationMs) * 1000)
        .map((word) => ({
          text: word.text,
          startMs: stampMs(word.startUs / 1000),
          durationMs: word.durationUs / 1000,
        })),
    };
    yield piece(`${JSON.stringify(line)}\n`);
  }
  yield piece(`${JSON.stringify({ done: true })}\n`);
}
