import * as z from 'zod';
import type { TtsCapabilities } from '../domain/capabilities.ts';
import { type ControlMap, writeNumber } from '../domain/control-map.ts';
import { type EmotionLabel, emotionLabels } from '../domain/controls.ts';
import type { TtsImplementation } from './adapter.ts';
import { toBase64 } from './base64.ts';
import type { AdapterDeps } from './define.ts';
import { createPromptClips } from './prompt-clip.ts';
import { secretRef } from './services.ts';
import { type VoiceFields, type WrittenVoice, createSpeechServer, writeVoice } from './speech-server.ts';

/** A voice that the server keeps under this name. */
const keptVoice = z.strictObject({ speaker: z.string().min(1) });
/** A voice to imitate. Paths are absolute or from the folder that the process runs in. */
const clipVoice = z.strictObject({
  /** WAV of 16 bits, 16 kHz or more, 30 s at most; 3 to 10 s of clean speech is best. */
  promptWav: z.string().min(1),
  /** What is said in it, word for word. */
  promptText: z.string().min(1),
});
const source = z.union([keptVoice, clipVoice]);
/** Who speaks in its place when it is to show a feeling: the models have none by themselves. */
const feelings = { feelings: z.partialRecord(z.enum(emotionLabels), source).default({}) };

/** Options of an adapter for a model behind vLLM-Omni or another speech server. */
export const servedVoiceOptions = {
  /** With its `/v1`. */
  baseUrl: z.url().default('http://127.0.0.1:8091/v1'),
  /** Only for a server that was started with a key. */
  apiKey: secretRef().optional(),
  /** Absent: the one that is served. */
  model: z.string().min(1).optional(),
  /** By the names that personas call them. */
  voices: z
    .record(z.string().min(1).max(64), z.union([keptVoice.extend(feelings), clipVoice.extend(feelings)]))
    .refine((voices) => Object.keys(voices).length > 0, 'expected at least one voice'),
  /** Of a persona that names none; the first one by default. */
  defaultVoice: z.string().min(1).optional(),
  /** Sound as it is made. `false`: each sentence as a whole, whose rate can then be chosen. */
  stream: z.boolean().default(true),
  /** Sentences that it speaks at one time. */
  maxCallsInFlight: z.int().min(1).max(64).default(4),
} as const;

const schema = z.object(servedVoiceOptions);
export type ServedVoiceOptions = z.output<typeof schema>;
type Source = z.output<typeof source>;

const map = { rate: { to: 'speed', range: { min: 0.25, max: 4 } } } as const satisfies ControlMap;

/** Feelings that each of the voices has: any of them may be asked. */
const sharedFeelings = ({ voices }: ServedVoiceOptions): EmotionLabel[] =>
  emotionLabels.filter((label) =>
    Object.values(voices).every((voice) => Object.hasOwn(voice.feelings, label)),
  );

/** What such an adapter can do: its rate where it speaks sentences as a whole, and the feelings of its voices. */
export const servedCapabilities = (
  options: ServedVoiceOptions,
  languages: readonly string[],
): TtsCapabilities => ({
  stage: 'tts',
  input: 'sentence',
  timings: { words: 'none', phonemes: 'none' },
  pausable: true,
  maxCallsInFlight: options.maxCallsInFlight,
  languages,
  voices: Object.keys(options.voices),
  controls: {
    emotions: sharedFeelings(options),
    intensity: false,
    ...(!options.stream && { rate: map.rate.range }),
  },
  ...(!options.stream && { map }),
});

export interface ServedVoiceDeps extends Pick<AdapterDeps, 'http' | 'secrets'> {
  /** That of the platform. */
  readonly readFile: (path: string) => Promise<Uint8Array>;
  /** What goes to the model for a text. */
  readonly clean?: (text: string) => string;
}

/** The methods of an adapter for a model behind a speech server: no word times, feelings by voices of their own. */
export const createServedVoice = (
  options: ServedVoiceOptions,
  { http, secrets, readFile, clean = (text) => text }: ServedVoiceDeps,
): TtsImplementation => {
  const { baseUrl, apiKey, model, stream, voices, defaultVoice = Object.keys(voices)[0]! } = options;
  const headers = apiKey === undefined ? {} : { authorization: `Bearer ${secrets.reveal(apiKey)}` };
  const server = createSpeechServer({ http, baseUrl, headers });
  const clips = createPromptClips(readFile);
  const sources: Source[] = Object.values(voices).flatMap((voice) => [
    voice,
    ...Object.values(voice.feelings),
  ]);
  const speakers = sources.flatMap((each) => ('speaker' in each ? [each.speaker] : []));

  const written = new Map<Source, WrittenVoice>();
  const fieldsOf = async (of: Source): Promise<VoiceFields> => {
    if ('speaker' in of) return { voice: of.speaker };
    const { wav } = await clips.get(of.promptWav);
    return { ref_audio: `data:audio/wav;base64,${toBase64(wav)}`, ref_text: clean(of.promptText) };
  };
  const write = async (of: Source): Promise<WrittenVoice> => {
    const voice = written.get(of) ?? writeVoice(await fieldsOf(of));
    written.set(of, voice);
    return voice;
  };
  const loadClips = () => Promise.all(sources.map(write));

  return {
    async *inferStream({ text }, { voice: name = defaultVoice, emotion, rate }, context) {
      const voice = voices[Object.hasOwn(voices, name) ? name : defaultVoice]!;
      const of = (emotion.intensity >= 0.5 ? voice.feelings[emotion.label] : undefined) ?? voice;
      const request = {
        voice: await write(of),
        model,
        stream,
        ...(!stream && { speed: writeNumber(rate, map.rate) }),
      };
      for await (const pcm of server.speak(clean(text), request, context)) {
        yield { pcm, words: [], phonemes: [], timing: 'estimated' };
      }
    },

    warmup: async () => {
      await loadClips();
    },

    health: async (signal) => {
      await loadClips();
      return server.health(speakers, signal);
    },
  };
};
