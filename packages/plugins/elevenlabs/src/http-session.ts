import { type Http, toUrlPart } from '@tth/core/plugin';
import { explain } from './errors.ts';
import type { SpeechSession } from './session.ts';
import { readLine, withQuery } from './wire.ts';

export interface HttpSessionOptions {
  readonly http: Http;
  readonly baseUrl: string;
  readonly headers: Readonly<Record<string, string>>;
  /** Fields of every request, such as `model_id`. */
  readonly body: Readonly<Record<string, unknown>>;
  readonly query: Readonly<Record<string, string | undefined>>;
  /** Whether the model takes neighbouring sentences. */
  readonly neighbours: boolean;
  /** Told how much the account may have spoken at one time. */
  readonly onLimit: (limit: number) => void;
}

/** One request per sentence, answered in lines of sound and times. */
export const createHttpSession = ({
  http,
  baseUrl,
  headers,
  body,
  query,
  neighbours,
  onLimit,
}: HttpSessionOptions): SpeechSession => ({
  async *frames({ text, voice, language, settings, fields, previousText, nextText }, signal, onOver) {
    const path = withQuery(`/v1/text-to-speech/${toUrlPart(voice)}/stream/with-timestamps`, query);
    const json = {
      ...body,
      text,
      voice_settings: settings,
      ...fields,
      ...(language !== undefined && { language_code: language }),
      ...(neighbours && previousText !== '' && { previous_text: previousText }),
      ...(neighbours && nextText !== '' && { next_text: nextText }),
    };
    try {
      const response = await http.post(`${baseUrl}${path}`, {
        headers,
        json,
        signal,
        explain,
      });
      const limit = Number(response.header('maximum-concurrent-requests'));
      if (Number.isInteger(limit)) onLimit(limit);
      yield* response.ndjson(readLine);
    } finally {
      onOver();
    }
  },
});
