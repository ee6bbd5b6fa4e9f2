import { forgiveOne, fromBase64 } from '@tth/core/plugin';
import * as z from 'zod';

// https://elevenlabs.io/docs/api-reference/text-to-speech/v-1-text-to-speech-voice-id-multi-stream-input
// https://elevenlabs.io/docs/api-reference/text-to-dialogue

/** Characters of a text and when they are spoken, in milliseconds of whatever they count from. */
export interface Alignment {
  readonly chars: readonly string[];
  readonly startsMs: readonly number[];
  readonly durationsMs: readonly number[];
}

/** One message of a stream of speech. */
export interface Frame {
  readonly audio: Uint8Array;
  /** Of the text as it was sent. */
  readonly alignment: Alignment | undefined;
  /** Of the text as it is spoken: numbers written out, other words by a pronunciation dictionary. */
  readonly spokenAlignment: Alignment | undefined;
  /** Of a socket with several contexts. */
  readonly contextId: string | undefined;
  readonly isFinal: boolean;
  /** What the vendor calls its error; the socket closes next. */
  readonly error: string | undefined;
}

const numbers = z.array(z.number()).nullish();
const texts = z.array(z.string()).nullish();
const toMs = (seconds: number): number => seconds * 1_000;

/** Each transport spells it in its own way, and one in two. */
const alignment = z
  .object({
    chars: texts,
    charStartTimesMs: numbers,
    charsStartTimesMs: numbers,
    char_start_times_ms: numbers,
    charDurationsMs: numbers,
    charsDurationsMs: numbers,
    char_durations_ms: numbers,
    characters: texts,
    character_start_times_seconds: numbers,
    character_end_times_seconds: numbers,
  })
  .transform((given): Alignment => {
    const seconds = given.character_start_times_seconds;
    const ends = given.character_end_times_seconds;
    return {
      chars: given.chars ?? given.characters ?? [],
      startsMs:
        given.charStartTimesMs ??
        given.charsStartTimesMs ??
        given.char_start_times_ms ??
        seconds?.map(toMs) ??
        [],
      durationsMs:
        given.charDurationsMs ??
        given.charsDurationsMs ??
        given.char_durations_ms ??
        ends?.map((end, at) => toMs(end - (seconds?.[at] ?? end))) ??
        [],
    };
  })
  .nullish();

const message = z
  .object({
    audio: z.string().nullish(),
    audio_base64: z.string().nullish(),
    alignment,
    normalizedAlignment: alignment,
    normalized_alignment: alignment,
    contextId: z.string().nullish(),
    context_id: z.string().nullish(),
    isFinal: z.boolean().nullish(),
    is_final: z.boolean().nullish(),
    error: z.string().nullish(),
  })
  .transform((given): Frame => ({
    audio: fromBase64(given.audio ?? given.audio_base64 ?? ''),
    alignment: given.alignment ?? undefined,
    spokenAlignment: given.normalizedAlignment ?? given.normalized_alignment ?? undefined,
    contextId: given.contextId ?? given.context_id ?? undefined,
    isFinal: given.isFinal ?? given.is_final ?? false,
    error: given.error ?? undefined,
  }));

/** One line of an answer over HTTP. */
export const readLine = (value: unknown): Frame => message.parse(value);

/** Reads the messages of one socket; one that cannot be read is forgiven and comes out as `undefined`. */
export const createFrameReader = (): ((text: string | Uint8Array) => Frame | undefined) =>
  forgiveOne((text) => message.parse(JSON.parse(text as string)));

/** Address of a socket: the host of `baseUrl`, secured where that is. */
export const socketUrl = (
  baseUrl: string,
  path: string,
  query: Readonly<Record<string, string | undefined>>,
): string => `${baseUrl.replace(/^http/, 'ws')}${withQuery(path, query)}`;

export const withQuery = (path: string, query: Readonly<Record<string, string | undefined>>): string => {
  const given = Object.entries(query).filter((entry): entry is [string, string] => entry[1] !== undefined);
  return `${path}?${new URLSearchParams(given).toString()}`;
};
