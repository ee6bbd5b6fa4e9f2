import type { AdapterDeps, HttpResponse } from '@tth/core/plugin';
import { litellmErrors } from './error-rules.ts';
import { type FailOf, createFailOf, readRefusal } from './errors.ts';
import { revealHeaders } from './own-headers.ts';
import type { SpeechSettings } from './speech-options.ts';

/** Calls to one server of speech, with its failures read by its own words. */
export interface SpeechCalls {
  post(url: string, json: unknown, signal: AbortSignal): Promise<HttpResponse>;
  get(url: string, signal: AbortSignal): Promise<HttpResponse>;
  /** The coded error of a failure that an answer tells of. */
  readonly failOf: FailOf;
}

export const createSpeechCalls = (
  { flavour, baseUrl, apiKey, headers: given }: SpeechSettings,
  { http, secrets, clock }: Pick<AdapterDeps, 'http' | 'secrets' | 'clock'>,
): SpeechCalls => {
  const { host } = new URL(baseUrl);
  const headers: Readonly<Record<string, string>> = {
    ...(apiKey !== undefined && { authorization: `Bearer ${secrets.reveal(apiKey)}` }),
    ...revealHeaders(given, secrets),
  };
  const failOf = createFailOf(flavour === 'litellm' ? litellmErrors : [], host, () => clock.now());
  const call = async (url: string, init: RequestInit, signal: AbortSignal): Promise<HttpResponse> => {
    const response = await http.fetch(url, { ...init, signal });
    if (!response.ok) throw failOf(await readRefusal(response), response.status, response.headers);
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
    failOf,
  };
};
