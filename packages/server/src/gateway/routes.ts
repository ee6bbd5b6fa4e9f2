import * as z from 'zod';
import { type Engine, type Log, TthError, isTthError } from '@tth/core';
import { type GenerateRequest, generateQuery, generateRequest, sessionRequest } from '@tth/protocol';
import { contentTypes, renderTurn } from '../generate/render-turn.ts';
import type { HttpHandler, HttpReply, HttpRequest } from './connection.ts';
import { json, toHttpReply } from './error-mapper.ts';
import { isFromOwnPage } from './origin.ts';
import type { StaticFiles } from './static-files.ts';
import type { StreamHub } from './stream-hub.ts';

export interface RoutesDeps {
  readonly engine: Engine;
  readonly hub: StreamHub;
  readonly pages: StaticFiles;
  readonly version: string;
  readonly isReady: () => boolean;
  readonly log: Log;
}

const healthTimeoutMs = 2_000;

const check = <Schema extends z.ZodType>(value: unknown, schema: Schema): z.output<Schema> => {
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  throw new TthError('protocol.invalid_message', 'The request is not as expected.', {
    details: { problem: z.prettifyError(result.error).slice(0, 500) },
  });
};

const readJson = async <Schema extends z.ZodType>(
  request: HttpRequest,
  schema: Schema,
): Promise<z.output<Schema>> => {
  const text = Buffer.from(await request.body()).toString('utf8');
  let value: unknown;
  try {
    value = text === '' ? {} : JSON.parse(text);
  } catch (cause) {
    throw new TthError('protocol.invalid_message', 'Expected a JSON body.', { cause });
  }
  return check(value, schema);
};

const bearer = (request: HttpRequest): string =>
  /^Bearer\s+(\S+)$/i.exec(request.header('authorization') ?? '')?.[1] ?? '';

/** Answers HTTP. Whatever a handler throws becomes a reply by the error table. */
export const createRoutes = ({ engine, hub, pages, version, isReady, log }: RoutesDeps): HttpHandler => {
  const createSession = async (request: HttpRequest): Promise<HttpReply> => {
    const session = engine.createSession(await readJson(request, sessionRequest));
    const { persona } = session.view();
    return json(201, { sessionId: session.id, token: session.token, persona });
  };

  const oneSession = async (request: HttpRequest, id: string): Promise<HttpReply> => {
    const session = hub.authorize(id, bearer(request));
    if (request.method === 'DELETE') {
      await session.close('closed by the client');
      return { status: 204 };
    }
    return json(200, {
      sessionId: session.id,
      state: session.state,
      createdAt: session.createdAt,
      turns: session.conversation.length,
      persona: session.view().persona,
    });
  };

  const file = async (asked: GenerateRequest, signal: AbortSignal): Promise<HttpReply> => {
    const { text, mode, format, persona, controls } = asked;
    const body = await renderTurn(engine, {
      text,
      kind: mode === 'say' ? 'say' : 'user_text',
      format,
      layout: 'streamed',
      persona,
      controls,
      signal,
    });
    return {
      status: 200,
      headers: {
        'content-type': contentTypes[format],
        'cache-control': 'no-store',
        'accept-ranges': 'none',
        'cross-origin-resource-policy': 'same-origin',
      },
      body: body.bytes,
    };
  };

  const generate = async (request: HttpRequest): Promise<HttpReply> =>
    file(await readJson(request, generateRequest), request.signal);

  /** For the `src` of a `<video>`. What is made anew each time has no other parts to ask for than all of it. */
  const generateFromQuery = async (request: HttpRequest): Promise<HttpReply> => {
    if (!isFromOwnPage(request.header)) {
      throw new TthError('auth.forbidden', 'Requests of other hosts and origins are refused.');
    }
    const range = request.header('range');
    if (range !== undefined && !/^bytes=0-$/.test(range)) {
      return json(416, {
        error: {
          code: 'protocol.invalid_message',
          message: 'Ask for all of it: no part exists before it is made.',
        },
      });
    }
    const query = Object.fromEntries(new URLSearchParams(request.query));
    return file(check(query, generateQuery), request.signal);
  };

  const models = (): HttpReply =>
    json(200, {
      object: 'list',
      data: engine.adapters().map(({ id, stage, capabilities }) => ({
        id,
        object: 'model',
        created: 0,
        owned_by: 'tth',
        stage,
        capabilities,
      })),
    });

  const health = async (): Promise<HttpReply> => {
    const providers = await engine.health(AbortSignal.timeout(healthTimeoutMs));
    const failures = engine.failures.map(({ plugin, adapter, error }) => ({
      plugin,
      adapter,
      code: error.code,
      message: error.message,
    }));
    const routing = engine.routing().map(({ stage, provider, state, reason, counts, usage }) => ({
      stage,
      provider,
      circuit: state,
      reason,
      calls: counts,
      usage,
    }));
    const down =
      Object.values(providers).some(({ status }) => status !== 'ok') ||
      routing.some(({ circuit }) => circuit !== 'closed');
    return json(200, {
      status: down || failures.length > 0 ? 'degraded' : 'ok',
      version,
      sessions: engine.sessions().length,
      providers,
      routing,
      controls: engine.controls(),
      failures,
    });
  };

  const table: Readonly<Record<string, (request: HttpRequest) => Promise<HttpReply>>> = {
    'POST /v1/sessions': createSession,
    'POST /v1/generate': generate,
    'GET /v1/generate': generateFromQuery,
    'GET /v1/models': () => Promise.resolve(models()),
    'GET /v1/health': health,
    'GET /livez': () => Promise.resolve(json(200, { status: 'ok' })),
    'GET /readyz': () =>
      Promise.resolve(
        isReady() ? json(200, { status: 'ok' }) : json(503, { status: 'starting or stopping' }),
      ),
  };
  const known = new Set([...Object.keys(table).map((key) => key.split(' ')[1]), ...pages.keys()]);

  const dispatch = async (request: HttpRequest): Promise<HttpReply> => {
    const handler = table[`${request.method} ${request.path}`];
    if (handler !== undefined) return handler(request);
    const id = /^\/v1\/sessions\/([A-Za-z0-9_]{1,64})$/.exec(request.path)?.[1];
    if (id !== undefined && (request.method === 'GET' || request.method === 'DELETE')) {
      return oneSession(request, id);
    }
    const page = pages.get(request.path);
    if (page !== undefined && request.method === 'GET') {
      return request.header('if-none-match') === page.headers?.['etag']
        ? { status: 304, headers: page.headers ?? {} }
        : page;
    }
    if (page !== undefined && request.method === 'HEAD') return { ...page, body: '' };
    if (known.has(request.path)) {
      return { ...json(405, { error: { code: 'protocol.not_found', message: 'Use another method.' } }) };
    }
    if (request.path === '/') {
      return {
        status: 200,
        headers: { 'content-type': 'text/plain; charset=utf-8' },
        body: 'TTH runs. The web pages are not built: run "npm run web" and start again.\n',
      };
    }
    throw new TthError('protocol.not_found', 'There is nothing at this address.');
  };

  return async (request) => {
    try {
      return await dispatch(request);
    } catch (error) {
      if (!isTthError(error) && !request.signal.aborted)
        log.error({ error, path: request.path }, 'a request failed');
      return toHttpReply(error);
    }
  };
};
