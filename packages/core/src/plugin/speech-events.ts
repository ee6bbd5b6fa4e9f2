import * as z from 'zod';
import { TthError } from '../domain/errors.ts';
import type { UsageRecord } from './adapter.ts';
import { fromBase64 } from './base64.ts';
import type { SseEvent } from './event-stream.ts';
import { forgiveOne } from './forgive-one.ts';

const delta = 'speech.audio.delta';
const tokens = z.number().min(0).default(0);

/** Every event of the form; those of a kind that we do not know have none of the fields. */
const speechEvent = z
  .object({
    type: z.string(),
    audio: z.base64().optional(),
    usage: z.object({ input_tokens: tokens, output_tokens: tokens }).nullish(),
    error: z.object({ code: z.union([z.number(), z.string()]).nullish() }).nullish(),
  })
  .refine(({ type, audio }) => type !== delta || audio !== undefined);

/** What is at fault in the options of an adapter, by the status that the event names. */
const ourFaults = ['400', '401', '403', '404'];

const failureOf = (status: string | number | null | undefined): TthError =>
  ourFaults.includes(String(status))
    ? new TthError('provider.misconfigured', 'The provider does not have what the options ask it for.', {
        details: { status },
      })
    : new TthError('provider.unavailable', 'The provider failed while it spoke.', { details: { status } });

/**
 * The sound in the events of OpenAI's speech form, and at their end what it cost in tokens. Events of other kinds are
 * left out. Throws `provider.unavailable` or `provider.misconfigured` for an error among them, and
 * `provider.protocol_error` where they end before `speech.audio.done`.
 */
export async function* speechEvents(
  events: AsyncIterable<SseEvent>,
  usage: (record: UsageRecord) => void,
): AsyncGenerator<Uint8Array, void> {
  const read = forgiveOne((data: string) => speechEvent.parse(JSON.parse(data)));
  for await (const { data } of events) {
    const event = data === '[DONE]' ? undefined : read(data);
    if (event?.type === delta && event.audio !== undefined) yield fromBase64(event.audio);
    if (event?.type === 'speech.audio.error') throw failureOf(event.error?.code);
    if (event?.type !== 'speech.audio.done') continue;
    if (event.usage == null) return;
    usage({ unit: 'input_tokens', amount: event.usage.input_tokens });
    usage({ unit: 'output_tokens', amount: event.usage.output_tokens });
    return;
  }
  throw new TthError('provider.protocol_error', 'The sound ended before the provider said that it was done.');
}
