import type { TthError } from '../domain/errors.ts';
import { type Clock, pause } from '../domain/time.ts';
import { errorOfStatus, readRetryAfter, redact } from './http-errors.ts';
import type { Log } from './services.ts';

/** A vendor's answer that is no success. */
export interface Refusal {
  readonly status: number;
  /** Its JSON, parsed; `undefined` where it is none, or longer than 8 KiB. It may quote the user: none of it belongs into an error. */
  readonly body: unknown;
  /** How long it asks us to wait. */
  readonly retryAfterMs: number | undefined;
  header(name: string): string | undefined;
}

/** Reads a refusal by the vendor's own words: the error that it is, or `undefined` where its status says enough. */
export type Explain = (refusal: Refusal) => TthError | undefined;

/** A refusal as it came in. */
export interface RawRefusal {
  readonly host: string;
  readonly status: number;
  readonly headers: Headers;
  /** The first `byteLength` bytes of its body as text. */
  readonly readStart: (byteLength: number) => Promise<string>;
  /** What the call was sent with: its values are secrets. */
  readonly sentHeaders: Headers;
  readonly explain?: Explain | undefined;
}

const largestBody = 8_192;
/** How much of a refusal goes to the log, at debug. */
const loggedLength = 200;
/** A refusal whose text takes longer is taken without it. */
const readWithinMs = 100;

/** The text of a refusal; nothing where it takes longer than `withinMs`. */
export const readInTime = async (
  reading: Promise<string>,
  withinMs: number,
  clock: Clock,
): Promise<string> => {
  const waiting = new AbortController();
  const late = pause(clock, withinMs, waiting.signal).then(() => '');
  const text = await Promise.race([reading, late]);
  waiting.abort();
  return text;
};

/** Logs that a vendor refused a call, with the start of its words and without the values of `sentHeaders`. */
export const logRefusal = (
  log: Log,
  { host, status, sentHeaders }: Pick<RawRefusal, 'host' | 'status' | 'sentHeaders'>,
  text: string,
): void => {
  const secrets = [...sentHeaders.values()].flatMap((value) => [value, value.split(/\s+/).at(-1)!]);
  const body = redact(text, secrets).slice(0, loggedLength);
  // A vendor may quote its user.
  log.debug({ host, status, 'tth.pii.body': body }, 'a provider refused a call');
};

const parse = (text: string): unknown => {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
};

/** Logs a refusal, without secrets, and gives the error that it is. */
export const errorOfRefusal = async (
  refusal: RawRefusal,
  { clock, log }: { readonly clock: Clock; readonly log: Log },
): Promise<TthError> => {
  const { host, status, headers, readStart, explain } = refusal;
  const text = await readInTime(readStart(largestBody), readWithinMs, clock);
  logRefusal(log, refusal, text);
  const now = clock.now();
  const explained = explain?.({
    status,
    body: parse(text),
    retryAfterMs: readRetryAfter(headers, now),
    header: (name) => headers.get(name) ?? undefined,
  });
  return explained ?? errorOfStatus(status, headers, host, now);
};
