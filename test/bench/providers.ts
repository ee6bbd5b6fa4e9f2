import {
  type AvatarControl,
  type AvatarDefinition,
  type AvatarInput,
  type AvatarOutput,
  type LlmDefinition,
  type LlmInput,
  type LlmOutput,
  type SpeechOutput,
  type TtsDefinition,
} from '@tth/core/plugin';
import { scriptedAvatar, scriptedLlm, scriptedTts, spreadWords, toneAt } from '@tth/testkit';

// The testkit's providers without their log, which would grow with every turn.

const sentence = 'This is one of the sentences that make up the answer.';
const msPerCharacter = 50;
const samplesPerMs = 24;
/** What the voice gives at a time. */
const chunkMs = 40;

/** How long one sentence of the answer is spoken. */
export const sentenceMs = sentence.length * msPerCharacter;

/** A question that is answered with this many sentences. */
export const askFor = (sentences: number): string => `Give me ${sentences} sentences.`;

async function* answer({ messages }: LlmInput): AsyncGenerator<LlmOutput, void> {
  const sentences = Number(/\d+/.exec(messages.at(-1)?.content ?? '')?.[0] ?? 1);
  for (let i = 0; i < sentences; i++) {
    for (const word of sentence.split(' ')) yield { type: 'text_delta', text: `${word} ` };
  }
  yield { type: 'finish', reason: 'stop' };
}

async function* hum(text: string): AsyncGenerator<SpeechOutput, void> {
  const totalMs = text.length * msPerCharacter;
  const words = spreadWords(text, totalMs * 1000);
  for (let atMs = 0; atMs < totalMs; atMs += chunkMs) {
    const endMs = Math.min(totalMs, atMs + chunkMs);
    yield {
      // A copy, because sound that comes from elsewhere is new memory, too.
      pcm: toneAt(atMs * samplesPerMs, (endMs - atMs) * samplesPerMs).slice(),
      words: words.filter(({ startUs }) => startUs >= atMs * 1000 && startUs < endMs * 1000),
      phonemes: [],
      timing: 'measured',
    };
  }
}

/** A model that says as many sentences as it is asked for, a word per delta, without any delay. */
export const instantLlm: LlmDefinition = {
  ...scriptedLlm({ id: 'instant-llm' }).definition,
  create: () => ({ inferStream: answer, health: async () => ({ status: 'ok' }) }),
};

/** A voice that hums, in chunks of 40 ms, without any delay. */
export const instantTts: TtsDefinition = {
  ...scriptedTts({ id: 'instant-tts' }).definition,
  create: () => ({ inferStream: ({ text }) => hum(text), health: async () => ({ status: 'ok' }) }),
};

/** Poses travel five at a time; 52 bytes each, and 4 kB for a picture of video. */
const pictures = {
  pose: { durationUs: 200_000, data: new Uint8Array(5 * 52) },
  h264: { durationUs: 40_000, data: new Uint8Array(4_000) },
} as const;
const keyEvery = 50;

async function* show(input: AvatarInput, control: AvatarControl): AsyncGenerator<AvatarOutput, void> {
  if (input.kind !== 'audio') return;
  const { codec, widthPx, heightPx, fps } = control;
  const { durationUs, data } = codec === 'pose' ? pictures.pose : pictures.h264;
  yield { type: 'format', format: { codec, widthPx, heightPx, fps } };
  let count = 0;
  for await (const chunk of input.speech) {
    for (; (count + 1) * durationUs <= chunk.ptsUs + chunk.durationUs; count += 1) {
      const key = codec === 'pose' || count % keyEvery === 0;
      yield { type: 'picture', frame: { codec, key, ptsUs: count * durationUs, durationUs, data } };
    }
  }
}

/** A face whose pictures are there already. */
export const instantFace: AvatarDefinition = {
  ...scriptedAvatar({ id: 'instant-face', delivery: ['pose', 'h264'] }).definition,
  create: () => ({ inferStream: show, health: async () => ({ status: 'ok' }) }),
};
