import { TthError } from '../domain/errors.ts';
import type { Clock } from '../domain/time.ts';
import { type BodyReaders, createReaders, readBody, readStart } from './http-body.ts';
import { reasonOf } from './http-errors.ts';
import { type Explain, errorOfRefusal, logRefusal, readInTime } from './refusal.ts';
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
  /**
   * For an SDK that makes its own requests: the same rules for connections, but any status is an answer, so that
   * its caller can read what a refusal says. Of a refusal at most 64 KiB are kept, and what comes within a second.
   */
  fetch(url: string, init: RequestInit): Promise<Response>;
  /** Reads the answer of a `fetch` as that of a `get` is read. */
  read(response: Response, signal: AbortSignal): HttpResponse;
}

export interface HttpOptions {
  readonly clock: Clock;
  readonly log: Log;
}

/** How much of a refusal, and for how long, is awaited for whoever reads it. */
const keptBytes = 65_536;
const keptWithinMs = 1_000;
/** Answers of these have no body; a `Response` cannot be made with one. */
const bodiless = [204, 205, 304];

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

const prepare = (
  address: string,
  { headers: given, json, body }: Omit<HttpPost, 'signal' | 'headers'> & { readonly headers?: HeadersInit },
): Prepared => {
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

  const unavailable = (host: string, message: string, error: unknown): TthError => {
    const details = { host, reason: reasonOf(error) };
    log.debug(details, 'a call to a provider found no connection or lost it');
    return new TthError('provider.unavailable', message, { details });
  };

  const reach = async (url: URL, signal: AbortSignal, init: RequestInit): Promise<Response> => {
    // A signal of its own, because fetch leaves its listener on the one that it is given.
    const send = (): Promise<Response> =>
      fetch(url, { ...init, signal: AbortSignal.any([signal]), redirect: 'manual' });
    /** A connection that had served us before ended with nothing of this answer. */
    const isStale = (error: unknown): boolean =>
      answered.has(url.origin) && staleReasons.includes(reasonOf(error) ?? '') && receivedBytes(error) !== 0;
    signal.throwIfAborted();
    try {
      return await send().catch((error: unknown) => {
        if (signal.aborted || !isStale(error)) throw error;
        return send();
      });
    } catch (error) {
      signal.throwIfAborted();
      throw unavailable(url.host, 'The provider could not be reached.', error);
    }
  };

  const read = (response: Response, { host, origin }: URL, signal: AbortSignal): HttpResponse => {
    const header = (name: string): string | undefined => response.headers.get(name) ?? undefined;
    const open = (): AsyncIterable<Uint8Array> =>
      readBody(
        response.body,
        signal,
        () => answered.add(origin),
        (error) =>
          unavailable(host, 'The connection to the provider ended in the middle of its answer.', error),
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

  const call = async (method: 'GET' | 'POST', address: string, request: HttpPost): Promise<HttpResponse> => {
    const { signal } = request;
    signal.throwIfAborted();
    const { url, headers, body } = prepare(address, request);
    const response = await reach(url, signal, { method, headers, ...(body !== undefined && { body }) });
    if (response.ok) return read(response, url, signal);
    throw await errorOfRefusal(
      {
        host: url.host,
        status: response.status,
        headers: response.headers,
        readStart: (byteLength) => readStart(response.body, byteLength),
        sentHeaders: headers,
        explain: request.explain,
      },
      { clock, log },
    );
  };

  const fetchAny = async (address: string, init: RequestInit): Promise<Response> => {
    const { url, headers } = prepare(address, { ...(init.headers && { headers: init.headers }) });
    const response = await reach(url, init.signal ?? new AbortController().signal, { ...init, headers });
    if (response.ok) return response;
    const { status, statusText } = response;
    const text = await readInTime(readStart(response.body, keptBytes), keptWithinMs, clock);
    logRefusal(log, { host: url.host, status, sentHeaders: headers }, text);
    return new Response(bodiless.includes(status) ? null : text, {
      status,
      statusText,
      headers: response.headers,
    });
  };

  return {
    get: (url, request) => call('GET', url, request),
    post: (url, request) => call('POST', url, request),
    fetch: fetchAny,
    read: (response, signal) => read(response, new URL(response.url), signal),
  };
};
