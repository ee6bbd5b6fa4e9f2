import { createConnection } from 'node:net';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createLogger, createServer, loadSettings } from '@tth/server';
import { scriptedLlm, scriptedPlugin, scriptedTts } from '@tth/testkit';
import { type TestServer, startTth } from '../support/start-tth.ts';

let server: TestServer;
beforeAll(async () => {
  server = await startTth({
    plugins: [scriptedPlugin([scriptedLlm().definition, scriptedTts().definition])],
  });
});
afterAll(() => server.close());

/** The server still works for others: a fresh client completes a turn. */
const expectAlive = async (): Promise<void> => {
  const client = await server.connect();
  client.send({ type: 'say', clientMsgId: 'alive', text: 'Yes.' });
  await client.next('turn_completed');
  client.close();
  await client.closed;
};

describe('a bad message', () => {
  it.each([
    ['empty text', { type: 'user_text', clientMsgId: 'm1', text: '' }, 'expected some text'],
    ['blank text', { type: 'user_text', clientMsgId: 'm1', text: '  \n' }, 'expected some text'],
    [
      '4,001 characters',
      { type: 'user_text', clientMsgId: 'm1', text: 'x'.repeat(4_001) },
      '4000 characters',
    ],
    ['an unknown type', { type: 'sing', clientMsgId: 'm1' }, 'type'],
    ['an unknown field', { type: 'ping', colour: 'red', clientMsgId: 'm1' }, 'colour'],
    [
      'a control that does not exist',
      { type: 'controls', clientMsgId: 'm1', controls: { character: { speed: 2 } } },
      'speed',
    ],
  ])(
    'with %s is refused with a typed error that says what was expected, and loses nothing',
    async (_name, message, hint) => {
      const client = await server.connect();

      client.sendRaw(JSON.stringify(message));
      const refused = await client.next('error');
      client.send({ type: 'say', clientMsgId: 'm2', text: 'Still here.' });
      await client.next('turn_completed');

      expect(refused).toMatchObject({
        clientMsgId: 'm1',
        error: { code: 'protocol.invalid_message', retryable: false },
      });
      expect(JSON.stringify(refused.error.details)).toContain(hint);
      client.close();
    },
  );

  it('takes exactly 4,000 characters', async () => {
    const client = await server.connect();

    client.send({ type: 'say', clientMsgId: 'm1', text: 'x'.repeat(4_000) });

    expect(await client.next('accepted')).toMatchObject({ effect: 'turn' });
    client.close();
  });

  it('that is no JSON, or binary garbage, is refused; three of them end the connection', async () => {
    const client = await server.connect();

    client.sendRaw('{"type": "us');
    expect(await client.next('error')).toMatchObject({ error: { code: 'protocol.invalid_message' } });
    client.sendRaw(Buffer.from([0, 255, 17, 3]), { binary: true });
    expect(await client.next('error')).toMatchObject({ error: { code: 'protocol.invalid_message' } });
    client.sendRaw('[]');

    expect(await client.closed).toBe(4500);
    await expectAlive();
  });

  it('above 16 KiB is refused and ends the connection with its reason', async () => {
    const client = await server.connect();

    client.sendRaw(JSON.stringify({ type: 'user_text', clientMsgId: 'm1', text: 'x'.repeat(20_000) }));

    expect(await client.next('error')).toMatchObject({ error: { code: 'protocol.message_too_large' } });
    expect(await client.closed).toBe(4504);
  });

  it('before hello, or a second hello, is refused', async () => {
    const early = await server.connect({ hello: false });
    early.send({ type: 'user_text', clientMsgId: 'm1', text: 'Hi' });
    expect(await early.next('error')).toMatchObject({
      clientMsgId: 'm1',
      error: { code: 'protocol.invalid_message' },
    });
    early.close();

    const twice = await server.connect();
    twice.send({ type: 'hello', v: 1 });
    expect(await twice.next('error')).toMatchObject({ error: { code: 'protocol.invalid_message' } });
    twice.close();
  });

  it('of another protocol version is told which versions are spoken', async () => {
    const client = await server.connect({ hello: false });

    client.send({ type: 'hello', v: 99 });

    expect(await client.next('error')).toMatchObject({
      error: { code: 'protocol.unsupported_version', details: { supported: [1] } },
    });
    expect(await client.closed).toBe(4506);
  });

  it('with an unknown persona is told which exist', async () => {
    const client = await server.connect({ hello: false });

    client.send({ type: 'hello', v: 1, persona: 'nobody' });

    expect(await client.next('error')).toMatchObject({
      error: { details: { known: expect.arrayContaining(['mira', 'otto']) } },
    });
    expect(await client.closed).toBe(4500);
  });

  it('in invalid UTF-8 cuts that connection and nothing else', async () => {
    const socket = createConnection(server.port, '127.0.0.1');
    const closed = new Promise<void>((resolve) => socket.once('close', () => resolve()));
    const upgraded = new Promise<void>((resolve) => socket.once('data', () => resolve()));
    socket.write(
      `GET /v1/stream HTTP/1.1\r\nHost: 127.0.0.1:${server.port}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n` +
        'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n',
    );
    await upgraded;

    const payload = [0xc3, 0x28, 0xff];
    socket.write(Buffer.from([0x81, 0x80 | payload.length, 0, 0, 0, 0, ...payload]));
    await closed;

    await expectAlive();
  });
});

describe('a page of another origin', () => {
  it.each([
    'https://evil.test',
    'http://127.0.0.1.evil.test',
    'http://localhost:1',
    'null',
    'https://127.0.0.1',
  ])('(%s) may not connect', async (origin) => {
    await expect(server.connect({ origin })).rejects.toThrow('403');
    const response = await fetch(`${server.url}/v1/sessions`, {
      method: 'POST',
      headers: { origin },
      body: '{}',
    });
    expect(response.status).toBe(403);
  });

  it('may not reach the server through a foreign host name', async () => {
    const reply = await new Promise<string>((resolve) => {
      const socket = createConnection(server.port, '127.0.0.1', () =>
        socket.write('GET /v1/health HTTP/1.1\r\nHost: evil.test\r\nConnection: close\r\n\r\n'),
      );
      let text = '';
      socket.on('data', (data: Buffer) => {
        text += data.toString();
        if (text.includes('}')) socket.destroy();
      });
      socket.on('close', () => resolve(text));
    });

    expect(reply).toContain('403');
  });

  it('is no page of the server itself', async () => {
    const client = await server.connect({ origin: server.url });

    expect(client.events[0]?.type).toBe('session_created');
    client.close();
  });
});

describe('a bad configuration', () => {
  const withConfig = async (text: string, check: (folder: string) => Promise<void>): Promise<void> => {
    const folder = await mkdtemp(path.join(tmpdir(), 'tth-config-'));
    try {
      await writeFile(path.join(folder, 'tth.config.mjs'), text);
      await check(folder);
    } finally {
      await rm(folder, { recursive: true });
    }
  };
  const log = createLogger('silent');

  it.each([
    ['a port that is no number', 'export default { port: "many" }', 'port:'],
    ['an unknown field', 'export default { prot: 80 }', 'prot'],
    ['a persona without a name', 'export default { personas: [{ id: "x" }] }', 'personas.0.name'],
    ['an empty route', 'export default { routes: { llm: [] } }', 'routes.llm'],
    [
      'an address beyond this machine',
      'export default { host: "0.0.0.0" }',
      'host: expected a loopback address',
    ],
  ])('with %s names the field', async (_name, text, problem) => {
    await withConfig(text, async (folder) => {
      await expect(loadSettings(folder, {})).rejects.toMatchObject({
        code: 'config.invalid',
        details: {
          source: 'tth.config.mjs',
          problems: expect.arrayContaining([expect.stringContaining(problem)]),
        },
      });
    });
  });

  it('that cannot be read says where', async () => {
    await withConfig('export default {{', async (folder) => {
      await expect(loadSettings(folder, {})).rejects.toMatchObject({
        code: 'config.invalid',
        details: { file: 'tth.config.mjs' },
      });
    });
  });

  it('that routes to an adapter that is not installed names both', async () => {
    const settings = await loadSettings(
      server.url.replace(/.*/, tmpdir()),
      {},
      { port: 0, routes: { llm: ['gpt'] } },
    );

    await expect(
      createServer(settings, log, [scriptedPlugin([scriptedTts().definition])]),
    ).rejects.toMatchObject({ code: 'config.invalid', details: { field: 'routes.llm', adapter: 'gpt' } });
  });

  it('with a busy port says so and leaves nothing running', async () => {
    const settings = await loadSettings(tmpdir(), {}, { port: server.port });

    await expect(createServer(settings, log, [])).rejects.toMatchObject({
      code: 'config.port_in_use',
      details: { port: server.port },
    });
    await expectAlive();
  });

  it('with a plugin that throws at load, or is not installed, runs on without it and reports it', async () => {
    const settings = await loadSettings(tmpdir(), {}, { port: 0, plugins: ['@tth/plugin-missing'] });
    const missing = await createServer(settings, log);
    const broken = await createServer(settings, log, [
      { name: 'broken', load: () => Promise.reject(new Error('boom')) },
      scriptedPlugin([scriptedTts().definition]),
    ]);

    expect(missing.engine.failures).toMatchObject([
      { plugin: '@tth/plugin-missing', error: { code: 'plugin.invalid' } },
    ]);
    expect(broken.engine.failures).toMatchObject([{ plugin: 'broken', error: { code: 'plugin.error' } }]);
    const health = (await (await fetch(`${broken.url}/v1/health`)).json()) as {
      status: string;
      failures: unknown[];
    };
    expect(health).toMatchObject({ status: 'degraded', failures: [{ plugin: 'broken' }] });
    expect(JSON.stringify(health)).not.toContain('boom');
    await Promise.all([missing.close(), broken.close()]);
  });
});
