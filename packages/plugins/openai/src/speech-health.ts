import { type Health, isTthError } from '@tth/core/plugin';
import type { SpeechCalls } from './speech-calls.ts';
import { addressOf } from './speech-request.ts';
import type { SpeechSettings } from './speech-options.ts';

type Json = Readonly<Record<string, unknown>>;
const isObject = (value: unknown): value is Json => typeof value === 'object' && value !== null;

const nameOf = (entry: unknown): string[] => {
  if (typeof entry === 'string') return [entry];
  if (!isObject(entry)) return [];
  return [entry['id'], entry['name']].filter((name) => typeof name === 'string');
};

/** Names in `{voices: […], uploaded_voices: […]}`, where voices are names or objects, or the keys of an object of voices. */
export const voiceNames = (list: unknown): readonly string[] => {
  if (!isObject(list)) return [];
  const lists = [list['voices'], list['uploaded_voices']].filter((each) =>
    Array.isArray(each),
  ) as unknown[][];
  return lists.length > 0 ? lists.flat().flatMap(nameOf) : Object.keys(list);
};

/** A mix of voices has names that no list has. */
const isPlainName = (voice: string): boolean => /^[\w.-]+$/.test(voice);

const notKnown = 404;

/** Asks whether the server lives and has our voice. Throws what the question failed with. */
export const askHealth = async (
  settings: SpeechSettings,
  calls: Pick<SpeechCalls, 'get'>,
  signal: AbortSignal,
): Promise<Health> => {
  const { flavour, server, voice } = settings;
  const get = async (template: string): Promise<unknown> => {
    const response = await calls.get(addressOf(template, settings), signal);
    const isJson = /json/i.test(response.header('content-type') ?? '');
    if (isJson) return response.json();
    for await (const _ of response.bytes());
    return undefined;
  };
  try {
    await get(server.addresses.alive);
  } catch (error) {
    const isThere = flavour === 'generic' && isTthError(error) && error.details['status'] === notKnown;
    if (!isThere) throw error;
    return { status: 'ok', detail: 'The server answers; it has no list of models.' };
  }
  if (server.addresses.voices !== undefined && voice !== undefined && isPlainName(voice)) {
    const names = voiceNames(await get(server.addresses.voices));
    if (names.length > 0 && !names.includes(voice)) {
      return { status: 'degraded', detail: 'The server has no voice of the name that the options give.' };
    }
  }
  return server.endsOn === undefined
    ? { status: 'ok' }
    : { status: 'ok', detail: `The vendor ends this endpoint on ${server.endsOn}.` };
};
