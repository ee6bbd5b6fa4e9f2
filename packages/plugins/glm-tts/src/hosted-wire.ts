import { type SseEvent, TthError, forgiveOne, sampleRateHz } from '@tth/core/plugin';
import * as z from 'zod';
import { errorOfEvent, readCode } from './errors.ts';

/** Everything an event may say. The sound is written as text. */
const speechChunk = z.object({
  choices: z
    .array(
      z.object({
        delta: z
          .object({
            content: z.string().nullish(),
            return_sample_rate: z.number().int().positive().nullish(),
          })
          .nullish(),
        finish_reason: z.string().nullish(),
      }),
    )
    .default([]),
});

/** A run of raw sound. */
export interface SpeechPayload {
  readonly bytes: Uint8Array;
  readonly sampleRateHz: number;
}

/** Less than this before any speech is none: some milliseconds that come ahead of it. */
const smallestFirstBytes = 200;

type Encoding = 'base64' | 'hex';

const decode = (content: string, encoding: Encoding): Uint8Array => {
  const bytes = Buffer.from(content, encoding);
  const expected = encoding === 'hex' ? content.length / 2 : (content.replace(/=+$/, '').length * 3) / 4;
  // Text that is not in the encoding is cut or left out without a word.
  if (bytes.byteLength !== Math.floor(expected)) throw new TypeError('not in the encoding');
  return bytes;
};

/** One event: sound, the end, or a failure. */
interface Piece extends SpeechPayload {
  readonly isLast: boolean;
  readonly vendorCode: string | undefined;
}

const readPiece = (data: string, encoding: Encoding): Piece => {
  const value = JSON.parse(data) as unknown;
  const [choice] = speechChunk.parse(value).choices;
  return {
    bytes: decode(choice?.delta?.content ?? '', encoding),
    sampleRateHz: choice?.delta?.return_sample_rate ?? sampleRateHz,
    isLast: choice?.finish_reason != null,
    vendorCode: readCode(value),
  };
};

/**
 * The sound in the events of an answer, without what is too small to be speech before it. Ends at the service's word
 * that it is done, in either of its forms. Throws the code that stands for the vendor's for a failure among them, and
 * `provider.protocol_error` where they end before.
 */
export async function* speechPayloads(
  events: AsyncIterable<SseEvent>,
  encoding: Encoding,
): AsyncGenerator<SpeechPayload, void> {
  const read = forgiveOne((data: string) => readPiece(data, encoding));
  let hasBegun = false;
  for await (const { data } of events) {
    if (data === '[DONE]') return;
    const piece = read(data);
    if (piece === undefined) continue;
    const { bytes, isLast, vendorCode } = piece;
    if (vendorCode !== undefined) throw errorOfEvent(vendorCode);
    hasBegun ||= bytes.byteLength >= smallestFirstBytes;
    if (hasBegun && bytes.byteLength > 0) yield piece;
    if (isLast) return;
  }
  throw new TthError('provider.protocol_error', 'The sound ended before the provider said that it was done.');
}
