import { TthError } from '../domain/errors.ts';
import type { Clock } from '../domain/time.ts';
import { type BodyReaders, createReaders, readBody, readStart } from './http-body.ts';
import { reasonOf } from './http-errors.ts';
import { type Explain, errorOfRefusal } from './refusal.ts';
import type { Log } from './services.ts';

export interface HttpRequest {
  readonly headers?: Readonly<Record<string, string>>;
  /** Ends the call, and the reading of its answer within one piece. */
  readonly signal: AbortSignal;
  /** For a vendor whose refusals say more than their status does. */
  readonly explain?: Explain;
}

export interface HttpPost extends HttpRequest {
  /** Sent as JSON, with its content type. */
  readonly json?: unknown;
  /** Sent as it is, in place of `json`. */
  readonly body?: Uint8Array<ArrayBuffer> | FormData;
}

/** A 2xx answer. Its connection is free once the body has been read or the signal aborts. */
export interface HttpResponse extends BodyReaders {
  readonly status: number;
  header(name: string): string | undefined;
}

/**
 * Calls to a vendor. Whatever is not a 2xx answer throws the code of the error table that says whose move it
 * is; the text of an answer is in no error. Redirects are not followed. An aborted call rejects with the
 * signal's reason. Nothing is tried again but what an idle connection swallowed that the vendor was closing.
 */
export interface Http {
  get(url: string, request: HttpRequest): Promise<HttpResponse>;
  post(url: string, request: HttpPost): Promise<HttpResponse>;
}

export interface HttpOptions {
  readonly clock: Clock;
  readonly log: Log;
}

/** How a connection ends that the other side had given up before our request reached it. */
const staleReasons = ['UND_ERR_SOCKET', 'ECONNRESET', 'EPIPE'];

/** Bytes that a failed connection had received in its life, where the platform says so. */
const receivedBytes = (error: unknown): number | undefined => {
  const cause = error instanceof Error ? error.cause : undefined;
  if (typeof cause !== 'object' || cause === null || !('socket' in cause)) return undefined;
  const { socket } = cause;
  const isKnown = typeof socket === 'object' && socket !== null && 'bytesRead' in socket;
  return isKnown && typeof socket.bytesRead === 'number' ? socket.bytesRead : undefined;
};

interface Prepared {
  readonly url: URL;
  readonly headers: Headers;
  readonly body: BodyInit | undefined;
}

const prepare = (address: string, { headers: given, json, body }: HttpPost): Prepared => {
  const isJson = json !== undefined;
  const payload = isJson ? JSON.stringify(json) : body;
  try {
    const headers = new Headers(given);
    if (isJson && !headers.has('content-type')) headers.set('content-type', 'application/json');
    return { url: new URL(address), headers, body: payload };
  } catch {
    throw new TthError('provider.misconfigured', 'The address or a header of a provider is not valid.');
  }
};

/** Vendor calls over the platform's own `fetch`. */
export const createHttp = ({ clock, log }: HttpOptions): Http => {
  /** Origins that have answered to the end, so that an idle connection to them may have been used again. */
  const answered = new Set<string>();

  const call = async (method: 'GET' | 'POST', address: string, request: HttpPost): Promise<HttpResponse> => {
    const { signal } = request;
    signal.throwIfAborted();
    const { url, headers, body } = prepare(address, request);
    const { host, origin } = url;

    const unavailable = (message: string, error: unknown): TthError => {
      const details = { host, reason: reasonOf(error) };
      log.debug(details, 'a call to a provider found no connection or lost it');
      return new TthError('provider.unavailable', message, { details });
    };
    const send = (): Promise<Response> =>
      fetch(url, {
        method,
        headers,
        // A signal of its own, because fetch leaves its listener on the one that it is given.
        signal: AbortSignal.any([signal]),
        redirect: 'manual',
        ...(body !== undefined && { body }),
      });
    /** A connection that had served us before ended with nothing of this answer. */
    const isStale = (error: unknown): boolean =>
      answered.has(origin) && staleReasons.includes(reasonOf(error) ?? '') && receivedBytes(error) !== 0;
    const reach = async (): Promise<Response> => {
      try {
        return await send();
      } catch (error) {
        if (signal.aborted || !isStale(error)) throw error;
        return await send();
      }
    };

    let response: Response;
    try {
      response = await reach();
    } catch (error) {
      signal.throwIfAborted();
      throw unavailable('The provider could not be reached.', error);
    }
    if (!response.ok) {
      throw await errorOfRefusal(
        {
          host,
          status: response.status,
          headers: response.headers,
          readStart: (byteLength) => readStart(response.body, byteLength),
          sentHeaders: headers,
          explain: request.explain,
        },
        { clock, log },
      );
    }
    const header = (name: string): string | undefined => response.headers.get(name) ?? undefined;
    const open = (): AsyncIterable<Uint8Array> =>
      readBody(
        response.body,
        signal,
        () => answered.add(origin),
        (error) => unavailable('The connection to the provider ended in the middle of its answer.', error),
      );
    const discard = (): void => {
      response.body?.cancel().catch(() => {});
    };
    return {
      status: response.status,
      header,
      ...createReaders(open, header('content-type') ?? '', signal, discard),
    };
  };

  return {
    get: (url, request) => call('GET', url, request),
    post: (url, request) => call('POST', url, request),
  };
};
