import { type AdapterDeps, type HttpResponse, type TthError } from '@tth/core/plugin';
import { litellmErrors } from './error-rules.ts';
import { readFailure, toError } from './errors.ts';
import type { SpeechSettings } from './speech-options.ts';

/** Calls to one server of speech, with its failures read by its own words. */
export interface SpeechCalls {
  post(url: string, json: unknown, signal: AbortSignal): Promise<HttpResponse>;
  get(url: string, signal: AbortSignal): Promise<HttpResponse>;
  /** The coded error of a failure that an answer tells of. */
  failOf(body: unknown): TthError;
}

const parse = (text: string): unknown => {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
};

export const createSpeechCalls = (
  { flavour, baseUrl, apiKey, headers: given }: SpeechSettings,
  { http, secrets, clock }: Pick<AdapterDeps, 'http' | 'secrets' | 'clock'>,
): SpeechCalls => {
  const { host } = new URL(baseUrl);
  const headers: Readonly<Record<string, string>> = {
    ...(apiKey !== undefined && { authorization: `Bearer ${secrets.reveal(apiKey)}` }),
    ...Object.fromEntries(
      Object.entries(given).map(([name, value]) => [
        name.toLowerCase(),
        typeof value === 'string' ? value : secrets.reveal(value),
      ]),
    ),
  };
  const rules = flavour === 'litellm' ? litellmErrors : [];
  const failOf = (body: unknown, status?: number, answered?: Headers): TthError =>
    toError(readFailure(body, status), {
      rules,
      host,
      nowMs: clock.now(),
      ...(answered !== undefined && { headers: answered }),
    });
  const call = async (url: string, init: RequestInit, signal: AbortSignal): Promise<HttpResponse> => {
    const response = await http.fetch(url, { ...init, signal });
    if (!response.ok) throw failOf(parse(await response.text()), response.status, response.headers);
    return http.read(response, signal);
  };
  return {
    post: (url, json, signal) => {
      const body = JSON.stringify(json);
      return call(
        url,
        { method: 'POST', headers: { ...headers, 'content-type': 'application/json' }, body },
        signal,
      );
    },
    get: (url, signal) => call(url, { headers }, signal),
    failOf: (body) => failOf(body),
  };
};
