import type { PluginSource } from '@tth/core';
import {
  type AdapterDefinition,
  type AvatarCapabilities,
  type AvatarControl,
  type AvatarDefinition,
  type AvatarInput,
  type AvatarOutput,
  type AvatarSpeech,
  type AvatarText,
  type Health,
  type LlmCapabilities,
  type LlmControl,
  type LlmDefinition,
  type LlmInput,
  type LlmOutput,
  type PictureCodec,
  type ServiceDefinition,
  type SpeechControl,
  type SpeechInput,
  type SpeechOutput,
  type TtsCapabilities,
  type TtsDefinition,
  apiVersion,
  defineAvatar,
  defineLlm,
  definePlugin,
  defineTts,
  emotionLabels,
  sampleRateHz,
  samplesToUs,
} from '@tth/core/plugin';
import * as z from 'zod';
import { type CallLog, type ScriptSource, createPerformer } from './script.ts';
import { beginningIn, spreadWords, toneAt } from './tone.ts';

/** An adapter definition with the log of its calls. */
export interface Scripted<Definition extends AdapterDefinition, Input, Control> {
  readonly definition: Definition;
  readonly log: CallLog<Input, Control>;
}

const noOptions = z.strictObject({});
const healthy = (): Promise<Health> => Promise.resolve({ status: 'ok' });
const samplesIn = (ms: number): number => Math.round((ms * sampleRateHz) / 1000);

/** An answer in one piece, or its deltas; items such as tool calls may stand between them. */
export type ScriptedReply = string | readonly (string | LlmOutput)[];

export interface ScriptedLlmOptions {
  readonly id?: string;
  /** The answer, also by input. Usage and `finish` are added at its end unless it says them itself. */
  readonly reply?: ScriptedReply | ((input: LlmInput) => ScriptedReply);
  /** Characters per delta of a reply given in one piece; whole words by default. */
  readonly deltaLength?: number;
  readonly capabilities?: Partial<LlmCapabilities>;
  readonly script?: ScriptSource;
}

const deltasOf = (reply: ScriptedReply, deltaLength: number | undefined): readonly (string | LlmOutput)[] => {
  if (typeof reply !== 'string') return reply;
  if (deltaLength === undefined) return reply.match(/\s*\S+\s*$|\s*\S+/g) ?? [];
  return reply.match(new RegExp(`[^]{1,${deltaLength}}`, 'gu')) ?? [];
};

/** A model that gives a written answer, and calls tools where it is written so. */
export const scriptedLlm = (
  options: ScriptedLlmOptions = {},
): Scripted<LlmDefinition, LlmInput, LlmControl> => {
  const { reply = 'Hello there. How are you today?', deltaLength, script = {} } = options;
  const { log, perform } = createPerformer<LlmInput, LlmControl>(script);
  const definition = defineLlm({
    id: options.id ?? 'scripted-llm',
    options: noOptions,
    capabilities: {
      stage: 'llm',
      structured: false,
      tools: false,
      continuePrefix: false,
      ...options.capabilities,
    },
    create: () => ({
      inferStream: (input, control, context) => {
        const deltas = deltasOf(typeof reply === 'function' ? reply(input) : reply, deltaLength);
        const items = deltas.map((delta): LlmOutput =>
          typeof delta === 'string' ? { type: 'text_delta', text: delta } : delta,
        );
        if (!items.some(({ type }) => type === 'finish')) {
          const reason = items.some(({ type }) => type === 'tool_call') ? 'tool_calls' : 'stop';
          items.push({ type: 'usage', inputTokens: 1, outputTokens: deltas.length });
          items.push({ type: 'finish', reason });
        }
        return perform(input, control, context, items);
      },
      health: healthy,
    }),
  });
  return { definition, log };
};

export interface ScriptedTtsOptions {
  readonly id?: string;
  /** How long a character is spoken. */
  readonly msPerCharacter?: number;
  readonly chunkMs?: number;
  readonly capabilities?: Partial<TtsCapabilities>;
  readonly script?: ScriptSource;
}

function* toneOf(text: string, totalSamples: number, chunkSamples: number): Generator<SpeechOutput, void> {
  const words = spreadWords(text, samplesToUs(totalSamples));
  for (let at = 0; at < totalSamples; at += chunkSamples) {
    const samples = Math.min(chunkSamples, totalSamples - at);
    const inChunk = beginningIn(words, samplesToUs(at), samplesToUs(at + samples));
    yield {
      pcm: toneAt(at, samples),
      words: inChunk,
      phonemes: inChunk.map(({ startUs, durationUs }) => ({ ipa: 'a', startUs, durationUs })),
      timing: 'measured',
    };
  }
}

/** A voice that hums: a tone as long as the text, with its words spread over it. */
export const scriptedTts = (
  options: ScriptedTtsOptions = {},
): Scripted<TtsDefinition, SpeechInput, SpeechControl> => {
  const { msPerCharacter = 50, chunkMs = 40, script = {} } = options;
  const { log, perform } = createPerformer<SpeechInput, SpeechControl>(script);
  const definition = defineTts({
    id: options.id ?? 'scripted-tts',
    options: noOptions,
    capabilities: {
      stage: 'tts',
      input: 'sentence',
      timings: { words: 'measured', phonemes: 'measured' },
      pausable: true,
      languages: [],
      voices: ['hum'],
      controls: { emotions: emotionLabels, rate: { min: 0.5, max: 2 } },
      ...options.capabilities,
    },
    create: () => ({
      inferStream: (input, control, context) => {
        const samples = samplesIn(Math.max(1, (input.text.length * msPerCharacter) / control.rate));
        return perform(input, control, context, toneOf(input.text, samples, samplesIn(chunkMs)));
      },
      health: healthy,
    }),
  });
  return { definition, log };
};

export interface ScriptedAvatarOptions {
  readonly id?: string;
  readonly delivery?: readonly PictureCodec[];
  /** Speech it takes in before its first picture. */
  readonly prebufferMs?: number;
  /** Pictures from one key frame to the next; 1: every picture is one. */
  readonly keyEvery?: number;
  /** Bytes of a picture; two by default. */
  readonly pictureBytes?: (control: AvatarControl) => number;
  readonly capabilities?: Partial<AvatarCapabilities>;
  readonly script?: ScriptSource;
}

const avatarCapabilities = (
  input: AvatarCapabilities['input'],
  { delivery = ['pose'], prebufferMs = 0, capabilities }: ScriptedAvatarOptions,
): AvatarCapabilities => ({
  stage: 'avatar',
  input,
  delivery,
  pace: { fasterThanRealTime: true, prebufferMs, joinTimeoutMs: 0, reportsPlayback: false },
  identities: ['mira', 'otto'],
  controls: {
    emotions: emotionLabels,
    framings: ['close', 'bust', 'half', 'full'],
    gaze: true,
    headMotion: true,
    background: true,
    fps: { min: 1, max: 60 },
    sizePx: { min: 64, max: 1024 },
  },
  ...capabilities,
});

const formatOf = (control: AvatarControl): AvatarOutput => ({
  type: 'format',
  format: {
    codec: control.codec,
    widthPx: control.widthPx,
    heightPx: control.heightPx,
    fps: control.fps,
    ...(control.codec === 'pose' && { channels: ['jaw'], character: control.identity }),
  },
});

/** Numbers pictures and cuts time into frames. */
const createFrames = (
  control: AvatarControl,
  keyEvery: number,
  pictureBytes: (control: AvatarControl) => number = () => 2,
) => {
  let count = 0;
  const frame = (ptsUs: number, endUs: number): AvatarOutput => {
    const asked = control.takeKeyFrameRequest();
    const key = count % keyEvery === 0 || asked;
    const data = new Uint8Array(Math.max(2, pictureBytes(control)));
    data.set([count & 255, key ? 1 : 0]);
    count += 1;
    return {
      type: 'picture',
      frame: { codec: control.codec, key, ptsUs, durationUs: endUs - ptsUs, data },
    };
  };
  const startUs = (index: number): number => Math.round((index * 1_000_000) / control.fps);
  return {
    /** Every whole frame before `untilUs` that has not been given yet. */
    *until(untilUs: number): Generator<AvatarOutput, void> {
      while (startUs(count + 1) <= untilUs) yield frame(startUs(count), startUs(count + 1));
    },
    /** The last frame, shorter than the others. */
    *rest(untilUs: number): Generator<AvatarOutput, void> {
      yield* this.until(untilUs);
      if (startUs(count) < untilUs) yield frame(startUs(count), untilUs);
    },
  };
};

async function* face(
  speech: AsyncIterable<AvatarSpeech>,
  control: AvatarControl,
  { prebufferMs = 0, keyEvery = 1, pictureBytes }: ScriptedAvatarOptions,
): AsyncGenerator<AvatarOutput, void> {
  yield formatOf(control);
  const frames = createFrames(control, keyEvery, pictureBytes);
  let endUs = 0;
  for await (const chunk of speech) {
    endUs = chunk.ptsUs + chunk.durationUs;
    if (endUs >= prebufferMs * 1000) yield* frames.until(endUs);
  }
  yield* frames.rest(endUs);
}

/** A face in split mode: takes speech, gives tiny pictures of the codec that it is asked for. */
export const scriptedAvatar = (
  options: ScriptedAvatarOptions = {},
): Scripted<AvatarDefinition, AvatarInput, AvatarControl> => {
  const { script = {} } = options;
  const { log, perform } = createPerformer<AvatarInput, AvatarControl>(script);
  const definition = defineAvatar({
    id: options.id ?? 'scripted-avatar',
    options: noOptions,
    capabilities: avatarCapabilities('audio', options),
    create: () => ({
      inferStream: (input, control, context) => {
        if (input.kind !== 'audio') throw new Error('This face is given speech, not text.');
        return perform(input, control, context, face(input.speech, control, options));
      },
      health: healthy,
    }),
  });
  return { definition, log };
};

async function* speakingFace(
  sentences: AsyncIterable<AvatarText>,
  control: AvatarControl,
  { msPerCharacter = 50, chunkMs = 40, keyEvery = 1, pictureBytes }: ScriptedManagedAvatarOptions,
): AsyncGenerator<AvatarOutput, void> {
  yield formatOf(control);
  const frames = createFrames(control, keyEvery, pictureBytes);
  let samples = 0;
  for await (const { sentence, text } of sentences) {
    const total = samplesIn(Math.max(1, text.length * msPerCharacter));
    const startUs = samplesToUs(samples);
    let spoken = 0;
    for (const { pcm, words } of toneOf(text, total, samplesIn(chunkMs))) {
      spoken += pcm.length;
      samples += pcm.length;
      const onTurn = words.map((word) => ({ ...word, startUs: word.startUs + startUs }));
      yield { type: 'audio', sentence, sentenceEnd: spoken === total, pcm, words: onTurn };
      yield* frames.until(samplesToUs(samples));
    }
  }
  yield* frames.rest(samplesToUs(samples));
}

export interface ScriptedManagedAvatarOptions extends ScriptedAvatarOptions {
  readonly msPerCharacter?: number;
  readonly chunkMs?: number;
}

/** A face in managed mode: takes text and gives its sound and its picture on one clock. */
export const scriptedManagedAvatar = (
  options: ScriptedManagedAvatarOptions = {},
): Scripted<AvatarDefinition, AvatarInput, AvatarControl> => {
  const { log, perform } = createPerformer<AvatarInput, AvatarControl>(options.script ?? {});
  const definition = defineAvatar({
    id: options.id ?? 'scripted-managed-avatar',
    options: noOptions,
    capabilities: avatarCapabilities('text', options),
    create: () => ({
      inferStream: (input, control, context) => {
        if (input.kind !== 'text') throw new Error('This face is given text, not speech.');
        return perform(input, control, context, speakingFace(input.sentences, control, options));
      },
      health: healthy,
    }),
  });
  return { definition, log };
};

/** A plugin of these adapters and services, as configuration would name it. */
export const scriptedPlugin = (
  adapters: readonly (AdapterDefinition | { readonly definition: AdapterDefinition })[],
  name = '@tth/scripted',
  services: readonly ServiceDefinition[] = [],
): PluginSource => {
  const definitions = adapters.map((each) => ('definition' in each ? each.definition : each));
  return {
    name,
    load: () =>
      Promise.resolve({ default: definePlugin({ name, apiVersion, adapters: definitions, services }) }),
  };
};
