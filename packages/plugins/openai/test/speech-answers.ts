import { pcmBytes } from '@tth/core/plugin';
import { type Step, spreadWords, toneAt, wavChunk, wavFormat } from '@tth/testkit';

/** What a request asks for. */
export interface Asked {
  readonly text: string;
  readonly speed: number;
  readonly rateHz: number;
  /** A factor on the samples; 1 by default. */
  readonly volume?: number;
}

const msPerCharacter = 50;
const pieceMs = 40;

export const piece = (bytes: Uint8Array | string): Step => ({
  kind: 'piece',
  bytes: typeof bytes === 'string' ? Buffer.from(bytes) : bytes,
});

/** How long a text is spoken, in samples. */
export const samplesOf = ({ text, speed, rateHz }: Asked): number =>
  Math.round((text.length * msPerCharacter * rateHz) / 1000 / speed);

/** A part of the tone, as loud as is asked. */
const toneOf = (at: number, samples: number, { volume = 1 }: Asked): Uint8Array =>
  pcmBytes(toneAt(at, samples).map((sample) => Math.max(-32_768, Math.min(32_767, sample * volume))));

/** A tone as long as the text, 40 ms at a time. */
function* runs(asked: Asked): Generator<Uint8Array, void> {
  const total = samplesOf(asked);
  const step = (asked.rateHz * pieceMs) / 1000;
  for (let at = 0; at < total; at += step) yield toneOf(at, Math.min(step, total - at), asked);
}

export function* rawSteps(asked: Asked): Generator<Step, void> {
  for (const run of runs(asked)) yield piece(run);
}

const event = (type: string, body: object): Step =>
  piece(`event: ${type}\ndata: ${JSON.stringify({ type, ...body })}\n\n`);

/** Tokens that the simulator counts for a text. */
export const tokensOf = ({ text }: Asked) => ({
  input_tokens: 4 + Math.ceil(text.length / 4),
  output_tokens: 2 * text.length,
  total_tokens: 4 + Math.ceil(text.length / 4) + 2 * text.length,
});

export const eventOfError = (error: object): Step => event('speech.audio.error', { error });

export function* eventSteps(asked: Asked): Generator<Step, void> {
  for (const run of runs(asked)) {
    yield event('speech.audio.delta', { audio: Buffer.from(run).toString('base64') });
  }
  yield event('speech.audio.done', { usage: tokensOf(asked) });
}

/** How a WAV may look. */
export interface WavLooks {
  /** What the header says of the length of the sound; the truth by default. */
  readonly declaredBytes?: number;
  /** Chunks between format and sound, each with this many bytes. */
  readonly extraChunks?: readonly number[];
  readonly channels?: number;
  /** Bytes behind the sound, in a chunk of their own. */
  readonly trailer?: number;
}

export const wavHeader = (asked: Asked, looks: WavLooks = {}): Buffer => {
  const { declaredBytes = samplesOf(asked) * 2, extraChunks = [], channels = 1 } = looks;
  const riff = Buffer.from('RIFF\xff\xff\xff\xffWAVE', 'latin1');
  const extras = extraChunks.map((length) => wavChunk('LIST', Buffer.alloc(length, 65)));
  const data = wavChunk('data', new Uint8Array(), declaredBytes);
  return Buffer.concat([riff, wavFormat({ rateHz: asked.rateHz, channels }), ...extras, data]);
};

export function* wavSteps(asked: Asked, looks: WavLooks = {}): Generator<Step, void> {
  yield piece(wavHeader(asked, looks));
  yield* rawSteps(asked);
  if (looks.trailer !== undefined) yield piece(wavChunk('LIST', Buffer.alloc(looks.trailer, 255)));
}

/** A clause at a time, as the server makes them, with times from the start of the text. */
export function* captionSteps(asked: Asked): Generator<Step, void> {
  const total = samplesOf(asked);
  const words = spreadWords(asked.text, (total * 1_000_000) / asked.rateHz);
  const step = asked.rateHz;
  for (let at = 0; at < total; at += step) {
    const samples = Math.min(step, total - at);
    const [fromUs, toUs] = [at, at + samples].map((sample) => (sample * 1_000_000) / asked.rateHz) as [
      number,
      number,
    ];
    const timestamps = words
      .filter(({ startUs }) => startUs >= fromUs && startUs < toUs)
      .flatMap(({ text, startUs, durationUs }) => [
        { word: text, start_time: startUs / 1e6, end_time: (startUs + durationUs) / 1e6 },
        { word: ',', start_time: (startUs + durationUs) / 1e6, end_time: (startUs + durationUs) / 1e6 },
      ]);
    const audio = Buffer.from(toneOf(at, samples, asked)).toString('base64');
    yield piece(`${JSON.stringify({ audio, audio_format: 'audio/pcm', timestamps })}\n`);
  }
}
