import { type AdapterDeps, TthError, isTthError, toTthError } from '@tth/core/plugin';
import OpenAI from 'openai';
import { type FailOf, createFailOf, readRefusal } from './errors.ts';
import type { ErrorRule } from './error-rules.ts';

/** Where calls go and who makes them. */
export interface ConnectionOptions {
  readonly baseUrl: string;
  /** The key itself; absent: none is sent. */
  readonly apiKey?: string;
  readonly organization?: string;
  readonly project?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly errors?: readonly ErrorRule[];
}

/** A vendor's server and the SDK's client for it. */
export interface Connection {
  readonly client: OpenAI;
  /** Everything that identifies us, and nothing else: for calls that are not the client's. */
  readonly headers: Readonly<Record<string, string>>;
  readonly baseUrl: string;
  readonly host: string;
  /** The coded error of a failed call, and of a failure that an answer tells of. */
  fail(error: unknown): TthError;
  readonly failOf: FailOf;
}

/** Headers that the SDK makes up by itself. */
const ofSdk = /^(?:accept|authorization|content-type|user-agent|idempotency-key|openai-|x-stainless-)/i;

const codedCause = (error: unknown): TthError | undefined => {
  if (isTthError(error)) return error;
  return error instanceof Error && error.cause !== undefined ? codedCause(error.cause) : undefined;
};

/** Whether others on the way can read along. */
const isOpen = (address: string): boolean => {
  const { protocol, hostname } = new URL(address);
  return protocol === 'http:' && !/^(?:localhost|127\..*|\[::1\])$/.test(hostname);
};

/**
 * The SDK's client over the engine's connections. Nothing that the SDK reads from the environment leaves: what
 * goes out are these options' headers, whatever it made of its own. It retries nothing and prints nothing.
 */
export const connect = (
  { baseUrl, apiKey, organization, project, headers: given = {}, errors: rules = [] }: ConnectionOptions,
  { http, clock, log }: Pick<AdapterDeps, 'http' | 'clock' | 'log'>,
): Connection => {
  const { host } = new URL(baseUrl);
  const headers: Readonly<Record<string, string>> = {
    accept: 'application/json, text/event-stream',
    ...(apiKey !== undefined && { authorization: `Bearer ${apiKey}` }),
    ...(organization !== undefined && { 'openai-organization': organization }),
    ...(project !== undefined && { 'openai-project': project }),
    ...given,
  };
  const failOf = createFailOf(rules, host, () => clock.now());

  if (apiKey !== undefined && isOpen(baseUrl)) {
    log.warn({ host }, 'the key of a provider travels unencrypted; use https');
  }

  let hasWarned = false;
  const warnOnce = (made: Headers): void => {
    const foreign = [...made.keys()].filter((name) => !ofSdk.test(name));
    if (hasWarned || foreign.length === 0) return;
    hasWarned = true;
    log.warn(
      { host, headers: foreign },
      'headers of OPENAI_CUSTOM_HEADERS are not sent; put them into the options of the adapter',
    );
  };

  const send = async (url: string | URL | Request, init: RequestInit = {}): Promise<Response> => {
    const made = new Headers(init.headers);
    warnOnce(made);
    const contentType = made.get('content-type');
    const response = await http.fetch(url instanceof Request ? url.url : String(url), {
      ...init,
      headers: { ...(contentType !== null && { 'content-type': contentType }), ...headers },
    });
    if (response.ok) return response;
    throw failOf(await readRefusal(response), response.status, response.headers);
  };

  const client = new OpenAI({
    apiKey: 'unused',
    adminAPIKey: null,
    baseURL: baseUrl,
    organization: null,
    project: null,
    webhookSecret: null,
    maxRetries: 0,
    logLevel: 'off',
    fetch: send,
  });

  return {
    client,
    headers,
    baseUrl,
    host,
    fail: (error) =>
      codedCause(error) ?? toTthError(error, 'plugin.error', 'The call of the provider failed unexpectedly.'),
    failOf,
  };
};
