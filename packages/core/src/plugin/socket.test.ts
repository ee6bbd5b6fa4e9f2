import { once } from 'node:events';
import type http from 'node:http';
import type { Socket as NetSocket } from 'node:net';
import tls from 'node:tls';
import { createVirtualClock, makeCertificate, startLoopbackServer } from '@tth/testkit';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { WebSocketServer, type WebSocket } from 'ws';
import { TthError } from '../domain/errors.ts';
import { type Clock, systemClock } from '../domain/time.ts';
import type { Log } from './services.ts';
import { type Socket, type SocketRequest, type Sockets, createSockets } from './socket.ts';

/** Does with an upgrade what a test wants; says nothing: it is accepted. */
type Answer = (request: http.IncomingMessage, raw: NetSocket) => 'accept' | void;

interface Vendor {
  readonly url: string;
  /** Connections that it accepted, and all that it has. */
  readonly accepted: readonly WebSocket[];
  readonly requests: readonly http.IncomingMessage[];
  readonly openSockets: number;
  answer: Answer;
  close(): Promise<void>;
}

const startVendor = async (tls?: { key: string; cert: string }): Promise<Vendor> => {
  const accepted: WebSocket[] = [];
  const requests: http.IncomingMessage[] = [];
  const sockets = new WebSocketServer({
    noServer: true,
    handleProtocols: (offered) => [...offered].at(-1)!,
  });
  const loopback = await startLoopbackServer(undefined, tls && { tls });
  loopback.server.on('upgrade', (request: http.IncomingMessage, raw: NetSocket, head) => {
    requests.push(request);
    if (vendor.answer(request, raw) !== 'accept') return;
    sockets.handleUpgrade(request, raw, head, (connection) => {
      connection.on('error', () => {});
      accepted.push(connection);
    });
  });
  const vendor: Vendor = {
    answer: () => 'accept',
    url: loopback.url.replace('http', 'ws'),
    accepted,
    requests,
    get openSockets() {
      return loopback.openSockets;
    },
    close: loopback.refuse,
  };
  return vendor;
};

const refuse =
  (status: string, headers: string, body = ''): Answer =>
  (_request, raw) =>
    void raw.end(`HTTP/1.1 ${status}\r\n${headers}connection: close\r\n\r\n${body}`);

let vendor: Vendor;
let sockets: Sockets;
let logged: string[];
const log: Log = (() => {
  const note = (fields: object, text: string): void => void logged.push(JSON.stringify({ ...fields, text }));
  return { debug: note, info: note, warn: note, error: note };
})();
const useClock = (clock: Clock): void => {
  sockets = createSockets({ clock, log, pingEveryMs: 1_000 });
};
beforeEach(async () => {
  vendor = await startVendor();
  logged = [];
  useClock(systemClock);
});
afterEach(() => vendor.close());

const until = async (isSo: () => boolean): Promise<void> => {
  while (!isSo()) await new Promise((resolve) => setImmediate(resolve));
};
const never = new AbortController().signal;
const headers = { authorization: 'Bearer key-12345' };
const open = (request: Partial<SocketRequest> = {}, url = vendor.url): Promise<Socket> =>
  sockets.open(url, { headers, signal: never, ...request });
/** Both ends of a new connection. */
const meet = async (request: Partial<SocketRequest> = {}): Promise<readonly [Socket, WebSocket]> => {
  const socket = await open(request);
  await until(() => vendor.accepted.length > 0);
  return [socket, vendor.accepted.at(-1)!];
};
const collect = async (socket: Socket): Promise<(string | Uint8Array)[]> => {
  const all: (string | Uint8Array)[] = [];
  for await (const message of socket.messages()) all.push(message);
  return all;
};
const failure = (promise: Promise<unknown>): Promise<unknown> => promise.catch((thrown: unknown) => thrown);

describe('vendor sockets', () => {
  it('carry text and bytes both ways, with the given headers and subprotocols', async () => {
    const [socket, peer] = await meet({ protocols: ['v1', 'v2'] });
    const received: unknown[] = [];
    peer.on('message', (data: Buffer, isBinary) => received.push(isBinary ? [...data] : data.toString()));

    await socket.send('Grüße 😀');
    await socket.send(Uint8Array.of(1, 2, 3));
    await until(() => received.length === 2);
    peer.send('a');
    peer.send(Uint8Array.of(9, 8));
    peer.close(1000);

    expect(received).toEqual(['Grüße 😀', [1, 2, 3]]);
    expect(await collect(socket)).toEqual(['a', Uint8Array.of(9, 8)]);
    expect(peer.protocol).toBe('v2');
    expect(vendor.requests[0]?.headers).toMatchObject(headers);
    expect(vendor.requests[0]?.headers).not.toHaveProperty('sec-websocket-extensions');
  });

  it('end at a close with 1000, after everything that was sent before it', async () => {
    const [socket, peer] = await meet();
    for (let at = 0; at < 100; at++) peer.send(`${at}`);
    peer.close(1000, 'done');

    const messages = await collect(socket);

    expect(messages).toEqual(Array.from({ length: 100 }, (_, at) => `${at}`));
    expect(await socket.closed).toEqual({ code: 1000, reason: 'done' });
    expect(socket.isOpen).toBe(false);
  });

  it('let a reader leave and the next one go on', async () => {
    const [socket, peer] = await meet();
    for (const text of ['hello', 'a', 'b']) peer.send(text);
    peer.close(1000);

    for await (const _ of socket.messages()) break;

    expect(await collect(socket)).toEqual(['a', 'b']);
  });

  it('pause the connection while nobody reads, and lose nothing by it', async () => {
    const [socket, peer] = await meet();
    const message = 'x'.repeat(64 * 1024);
    const messages = 768;
    let written = 0;
    for (let at = 0; at < messages; at++) peer.send(`${at}:${message}`, () => (written += 1));
    peer.close(1000);

    let calm = 0;
    for (let before = -1; calm < 50; before = written) {
      await new Promise((resolve) => setImmediate(resolve));
      calm = written === before ? calm + 1 : 0;
    }
    const writtenUnread = written;
    let at = 0;
    for await (const each of socket.messages()) {
      expect((each as string).startsWith(`${at}:`)).toBe(true);
      at += 1;
    }

    // What the kernel holds for both ends, and no more: 48 MiB were ready to be sent.
    expect(writtenUnread).toBeGreaterThan(0);
    expect(writtenUnread).toBeLessThan(messages / 2);
    expect(at).toBe(messages);
  });

  it('say when the connection has taken a message, and refuse one that comes too late', async () => {
    const [socket, peer] = await meet();
    let isTaken = false;
    (peer as unknown as { _socket: NetSocket })._socket.pause();
    const large = new Uint8Array(64 * 1_048_576);

    const sending = socket.send(large).then(() => (isTaken = true));
    sending.catch(() => {});
    for (let turn = 0; turn < 50; turn++) await new Promise((resolve) => setImmediate(resolve));
    const before = isTaken;
    peer.terminate();

    expect(before).toBe(false);
    await expect(sending).rejects.toMatchObject({ code: 'provider.unavailable' });
    await socket.closed;
    await expect(socket.send('late')).rejects.toMatchObject({ code: 'provider.unavailable' });
  });
});

describe('handshakes that fail', () => {
  it.each([
    { status: '401 Unauthorized', code: 'provider.misconfigured' },
    { status: '404 Not Found', code: 'provider.misconfigured' },
    { status: '302 Found', sent: 'location: ws://127.0.0.1:1/\r\n', code: 'provider.misconfigured' },
    { status: '200 OK', code: 'provider.misconfigured' },
    { status: '400 Bad Request', code: 'provider.rejected' },
    {
      status: '429 Too Many',
      sent: 'retry-after: 2\r\n',
      code: 'provider.rate_limited',
      retryAfterMs: 2_000,
    },
    { status: '500 Oops', code: 'provider.unavailable' },
    { status: '503 Busy', sent: 'retry-after: 1\r\n', code: 'provider.rate_limited', retryAfterMs: 1_000 },
  ])('by $status throw $code', async ({ status, sent = '', code, retryAfterMs }) => {
    vendor.answer = refuse(status, sent);

    expect(await failure(open())).toMatchObject({ code, retryAfterMs });
    await until(() => vendor.openSockets === 0);
  });

  it('tell of the text of a refusal at debug alone, without secrets', async () => {
    vendor.answer = refuse('401 No', 'content-type: text/plain\r\n', 'key-12345 is wrong, Bearer key-12345');

    const error = await failure(open());

    expect(JSON.stringify(error) + String(error)).not.toMatch(/wrong|key-12345/);
    expect(logged.join()).toContain('[secret] is wrong');
    expect(logged.join()).not.toContain('key-12345');
  });

  it('can be explained by who knows the words of the vendor', async () => {
    vendor.answer = refuse('400 No', 'x-limit: 3\r\n', '{"detail":{"code":"voice_not_found"}}');
    const own = new TthError('provider.misconfigured', 'There is no such voice.');
    let seen: unknown;

    const error = await failure(
      open({
        explain: ({ status, body, header }) => {
          seen = { status, body, limit: header('X-Limit') };
          return own;
        },
      }),
    );

    expect(error).toBe(own);
    expect(seen).toEqual({ status: 400, body: { detail: { code: 'voice_not_found' } }, limit: '3' });
  });

  it('find that nobody listens', async () => {
    const { url } = vendor;
    await vendor.close();

    const error = await failure(open({}, url));
    vendor = await startVendor();

    expect(error).toMatchObject({ code: 'provider.unavailable', details: { reason: 'ECONNREFUSED' } });
  });

  it('find that the connection ends in their middle', async () => {
    vendor.answer = (_request, raw) => void raw.destroy();

    expect(await failure(open())).toMatchObject({ code: 'provider.unavailable' });
  });

  it.each([
    { what: 'an address', url: () => 'nonsense', given: {} },
    { what: 'an address of something else', url: () => 'https://127.0.0.1', given: {} },
    { what: 'a key', url: () => vendor.url, given: { authorization: 'Bearer key-12345\nx' } },
  ])('do not repeat $what that cannot be', async ({ url, given }) => {
    const error = await failure(open({ headers: given }, url()));

    expect(error).toMatchObject({ code: 'provider.misconfigured' });
    expect(error).not.toHaveProperty('cause');
    expect(String(error)).not.toMatch(/key-12345/);
  });

  it('trust no certificate that nobody vouches for, and one that somebody does', async () => {
    const day = 86_400_000;
    const certificate = makeCertificate({
      host: 'localhost',
      notBefore: new Date(Date.now() - day),
      notAfter: new Date(Date.now() + day),
    });
    const secure = await startVendor(certificate);
    const url = secure.url.replace('127.0.0.1', 'localhost');

    const refused = await failure(open({}, url));
    const before = tls.getCACertificates('default');
    tls.setDefaultCACertificates([...before, certificate.cert]);
    const socket = await open({}, url).finally(() => tls.setDefaultCACertificates(before));
    socket.close();
    await socket.closed;
    await secure.close();

    expect(refused).toMatchObject({
      code: 'provider.unavailable',
      details: { reason: 'DEPTH_ZERO_SELF_SIGNED_CERT' },
    });
    expect(secure.accepted).toHaveLength(1);
  });
});

describe('connections that end badly', () => {
  it.each([
    { closeCode: 1001, code: 'provider.unavailable' },
    { closeCode: 1002, code: 'provider.protocol_error' },
    { closeCode: 1008, code: 'provider.rejected' },
    { closeCode: 1011, code: 'provider.unavailable' },
    { closeCode: 1013, code: 'provider.unavailable' },
    { closeCode: 3000, code: 'provider.misconfigured' },
    { closeCode: 4321, code: 'provider.unavailable' },
  ])('with close code $closeCode throw $code', async ({ closeCode, code }) => {
    const [socket, peer] = await meet();
    peer.send('a');
    peer.close(closeCode, 'key-12345 said a user');
    const reader = socket.messages()[Symbol.asyncIterator]();

    expect(await reader.next()).toEqual({ done: false, value: 'a' });
    const error = await failure(reader.next());

    expect(error).toMatchObject({ code, details: { closeCode } });
    expect(JSON.stringify(error) + String(error) + logged.join()).not.toMatch(/key-12345|user/);
    expect(await socket.closed).toEqual({ code: closeCode, reason: 'key-12345 said a user' });
  });

  it('by a lost connection throw once everything was read', async () => {
    const [socket, peer] = await meet();
    peer.send('a', () => peer.terminate());
    const reader = socket.messages()[Symbol.asyncIterator]();

    expect(await reader.next()).toEqual({ done: false, value: 'a' });
    expect(await failure(reader.next())).toMatchObject({ code: 'provider.unavailable' });
    expect(socket.isOpen).toBe(false);
  });

  it('by a message of more than 1 MiB throw provider.protocol_error and tell the vendor', async () => {
    const [socket, peer] = await meet();
    peer.send(new Uint8Array(1_048_577));

    expect(await failure(collect(socket))).toMatchObject({ code: 'provider.protocol_error' });
    expect((await once(peer, 'close'))[0]).toBe(1009);
  });

  it('by bytes that are no frame throw provider.protocol_error', async () => {
    const [socket, peer] = await meet();
    (peer as unknown as { _socket: NetSocket })._socket.write('HTTP/1.1 200 OK\r\n\r\n');

    expect(await failure(collect(socket))).toMatchObject({ code: 'provider.protocol_error' });
  });

  it('by silence throw provider.unavailable, though nothing was closed', async () => {
    const clock = createVirtualClock();
    useClock(clock);
    const [socket, peer] = await meet();
    (peer as unknown as { _socket: NetSocket })._socket.pause();
    const error = failure(collect(socket));

    await clock.advance(2_000);

    expect(await error).toMatchObject({ code: 'provider.unavailable', message: 'The provider is silent.' });
    await socket.closed;
    expect(clock.pendingTimers).toBe(0);
  });

  it('are not seen in a vendor that answers pings, or whose messages nobody reads', async () => {
    const clock = createVirtualClock();
    useClock(clock);
    const [socket, peer] = await meet();
    let pings = 0;
    peer.on('ping', () => (pings += 1));

    for (let beat = 1; beat <= 3; beat++) {
      await clock.advance(1_000);
      await until(() => pings === beat);
      for (let turn = 0; turn < 5; turn++) await clock.settle();
    }
    peer.send('unread');
    peer.send('unread');
    await until(() => peer.bufferedAmount === 0);
    for (let turn = 0; turn < 5; turn++) await clock.settle();
    await clock.advance(10_000);

    expect(socket.isOpen).toBe(true);
    socket.close();
    await socket.closed;
    expect(clock.pendingTimers).toBe(0);
  });
});

describe('sockets that are closed or aborted', () => {
  it('end their reader at once and drop what was not read', async () => {
    const [socket, peer] = await meet();
    const closes = once(peer, 'close');
    const asked = socket.messages()[Symbol.asyncIterator]().next();
    peer.send('a');
    peer.send('b');
    peer.send('c');
    expect(await asked).toEqual({ done: false, value: 'a' });

    socket.close(1000, 'bye');

    expect(await collect(socket)).toEqual([]);
    expect((await closes).map(String)).toEqual(['1000', 'bye']);
    await socket.closed;
    socket.close();
  });

  it('are closed a second later by a vendor that does not answer', async () => {
    const clock = createVirtualClock();
    useClock(clock);
    const [socket, peer] = await meet();
    (peer as unknown as { _socket: NetSocket })._socket.pause();

    socket.close();
    await clock.advance(1_000);

    expect((await socket.closed).code).toBe(1006);
    expect(clock.pendingTimers).toBe(0);
  });

  it('before they begin are not opened', async () => {
    const reason = new Error('stop');

    expect(await failure(open({ signal: AbortSignal.abort(reason) }))).toBe(reason);
    expect(vendor.requests).toEqual([]);
  });

  it('during the handshake reject with the reason and leave no connection', async () => {
    vendor.answer = (_request, raw) => void raw.resume().on('end', () => raw.end());
    const call = new AbortController();
    const reason = new Error('stop');

    const opening = failure(open({ signal: call.signal }));
    await until(() => vendor.requests.length === 1);
    call.abort(reason);

    expect(await opening).toBe(reason);
    await until(() => vendor.openSockets === 0);
  });

  it('later end quietly, politely and for good', async () => {
    const call = new AbortController();
    const [socket, peer] = await meet({ signal: call.signal });
    const closes = once(peer, 'close');
    const reading = collect(socket);
    const reason = new Error('stop');

    call.abort(reason);

    expect(await reading).toEqual([]);
    expect((await closes)[0]).toBe(1000);
    expect(await failure(socket.send('late'))).toBe(reason);
    await until(() => vendor.openSockets === 0);
  });
});
