import { request } from 'node:http';
import { createConnection } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { modelRow, sessionCreatedResponse } from '@tth/protocol';
import { firstSoundMs, hasFfmpeg, noFfmpeg, spans } from '../support/ffprobe.ts';
import { type TestServer, startTth } from '../support/start-tth.ts';

let server: TestServer;
beforeAll(async () => {
  server = await startTth({ policies: { resumeWindowMs: 60_000 } });
  await server.warm;
});
afterAll(() => server.close());

const post = (path: string, body: unknown): Promise<Response> =>
  fetch(`${server.url}${path}`, { method: 'POST', body: JSON.stringify(body) });

/** `fetch` refuses to send some of a browser's headers. */
const rawStatus = (address: string, headers: Record<string, string>): Promise<number | undefined> =>
  new Promise((resolve, reject) => {
    request(address, { headers }, (response) => {
      response.resume();
      resolve(response.statusCode);
    })
      .on('error', reject)
      .end();
  });

describe('HTTP', () => {
  it('says that it lives and that it is ready', async () => {
    expect((await fetch(`${server.url}/livez`)).status).toBe(200);
    expect((await fetch(`${server.url}/readyz`)).status).toBe(200);
    expect(await (await fetch(`${server.url}/v1/health`)).json()).toMatchObject({
      status: 'ok',
      providers: { 'local-llm': { status: 'ok' }, espeak: { status: 'ok' }, puppet: { status: 'ok' } },
      routing: [
        { stage: 'llm', provider: 'local-llm', circuit: 'closed' },
        { stage: 'tts', provider: 'espeak', circuit: 'closed' },
        { stage: 'avatar', provider: 'puppet', circuit: 'closed' },
      ],
      failures: [],
    });
  });

  it('lists adapters with stage and capabilities in the shape of a model list', async () => {
    const list = (await (await fetch(`${server.url}/v1/models`)).json()) as {
      object: string;
      data: unknown[];
    };

    expect(list.object).toBe('list');
    const rows = list.data.map((row) => modelRow.parse(row));
    expect(rows.map(({ id, stage }) => `${stage}:${id}`)).toEqual([
      'llm:local-llm',
      'tts:espeak',
      'avatar:puppet',
    ]);
  });

  it('makes a session that its token opens, over HTTP and over the socket', async () => {
    const made = await post('/v1/sessions', { accepts: { video: ['pose'] }, persona: 'otto' });
    const { sessionId, token, persona } = sessionCreatedResponse.parse(await made.json());
    const authorized = { headers: { authorization: `Bearer ${token}` } };
    const address = `${server.url}/v1/sessions/${sessionId}`;

    expect(made.status).toBe(201);
    expect(persona.name).toBe('Otto');
    expect(await (await fetch(address, authorized)).json()).toMatchObject({ sessionId, state: 'idle' });
    expect((await fetch(address)).status).toBe(404);
    expect((await fetch(address, { headers: { authorization: 'Bearer guess' } })).status).toBe(404);

    const client = await server.connect({ hello: { resume: { sessionId, token } } });
    const created = await client.next('session_created');
    expect(created).toMatchObject({ sessionId, video: 'pose', persona: { id: 'otto' } });

    expect((await fetch(address, { ...authorized, method: 'DELETE' })).status).toBe(204);
    expect(await client.closed).toBe(4511);
    expect((await fetch(address, authorized)).status).toBe(404);
  });

  it('streams a generated wav whose sound is as long as its speech', async () => {
    const response = await post('/v1/generate', { text: 'Hello from a file.', format: 'wav' });
    const bytes = Buffer.from(await response.arrayBuffer());

    expect(response.headers.get('content-type')).toBe('audio/wav');
    expect(bytes.subarray(0, 4).toString()).toBe('RIFF');
    expect(bytes.readUInt32LE(24)).toBe(24_000);
    const seconds = (bytes.byteLength - 44) / 48_000;
    expect(seconds).toBeGreaterThan(0.8);
    expect(seconds).toBeLessThan(4);
  });

  it('makes no file where the controls are strict and cannot be honoured', async () => {
    const controls = { strict: true, character: { rate: '400%' } };

    const response = await post('/v1/generate', { text: 'Hello.', format: 'wav', controls });

    expect(response.status).toBe(422);
    expect(await response.json()).toMatchObject({
      error: {
        code: 'protocol.controls_refused',
        details: { outcomes: [{ field: 'character.rate', requested: 4, used: 2.5, result: 'clamped' }] },
      },
    });
  });

  it('counts what became of controls', async () => {
    const controls = { character: { rate: '400%', pitch: 'purple' } };
    await (await post('/v1/generate', { text: 'Hello.', format: 'wav', controls })).arrayBuffer();

    const health = (await (await fetch(`${server.url}/v1/health`)).json()) as { controls: unknown[] };

    expect(health.controls).toEqual(
      expect.arrayContaining([
        { stage: 'engine', provider: 'tth', field: 'character.pitch', result: 'dropped', count: 1 },
        expect.objectContaining({ provider: 'espeak', field: 'character.rate', result: 'clamped' }),
      ]),
    );
  });

  it('streams a generated mp4', async () => {
    const response = await post('/v1/generate', { text: 'Hello.', format: 'mp4' });
    const bytes = Buffer.from(await response.arrayBuffer());

    expect(response.headers.get('content-type')).toBe('video/mp4');
    expect(bytes.subarray(4, 8).toString()).toBe('ftyp');
    expect(bytes.includes('moof')).toBe(true);
    expect(bytes.includes('avc1')).toBe(true);
    expect(bytes.includes('mp4a')).toBe(true);
  });

  it('streams a generated webm', async () => {
    const response = await post('/v1/generate', { text: 'Hello.', format: 'webm' });
    const bytes = Buffer.from(await response.arrayBuffer());

    expect(response.headers.get('content-type')).toBe('video/webm');
    expect(bytes.readUInt32BE(0)).toBe(0x1a45dfa3);
    expect(bytes.includes('V_VP8')).toBe(true);
    expect(bytes.includes('A_OPUS')).toBe(true);
  });

  it.skipIf(!hasFfmpeg)(
    `streams files whose sound is as long as their picture${hasFfmpeg ? '' : ` (skipped: ${noFfmpeg})`}`,
    async () => {
      for (const format of ['mp4', 'webm'] as const) {
        const response = await post('/v1/generate', { text: 'Hello from a stream of pieces.', format });
        const bytes = new Uint8Array(await response.arrayBuffer());

        const [picture, sound] = spans(bytes);

        // Picture ends with its last frame, sound in the middle of a packet: the most they may be apart is a frame.
        expect(picture!.startMs).toBeCloseTo(0, 0);
        expect(Math.abs(firstSoundMs(bytes))).toBeLessThanOrEqual(1);
        expect(picture!.endMs).toBeGreaterThan(1_000);
        expect(Math.abs(picture!.endMs - sound!.endMs)).toBeLessThanOrEqual(40);
      }
    },
  );

  it('makes a file for the src of a video, and from the beginning only', async () => {
    const address = `${server.url}/v1/generate?format=wav&text=${encodeURIComponent('Grüße & more?')}`;

    const whole = await fetch(address, { headers: { range: 'bytes=0-' } });
    const bytes = Buffer.from(await whole.arrayBuffer());
    const part = await fetch(address, { headers: { range: 'bytes=500-' } });

    expect(whole.status).toBe(200);
    expect(whole.headers.get('accept-ranges')).toBe('none');
    expect(bytes.subarray(0, 4).toString()).toBe('RIFF');
    expect(bytes.byteLength).toBeGreaterThan(20_000);
    expect(part.status).toBe(416);
  });

  it('makes no file for a page of another site', async () => {
    const address = `${server.url}/v1/generate?format=wav&text=hello`;

    for (const headers of [{ 'sec-fetch-site': 'cross-site' }, { origin: 'http://evil.test' }]) {
      expect(await rawStatus(address, headers)).toBe(403);
    }
    expect(server.engine.sessions()).toEqual([]);
  });

  it('ends the turn of a reader that goes away', async () => {
    const abort = new AbortController();
    const response = await fetch(`${server.url}/v1/generate`, {
      method: 'POST',
      body: JSON.stringify({ text: 'On and on. '.repeat(200), format: 'mp4' }),
      signal: abort.signal,
    });
    await response.body!.getReader().read();
    const [session] = server.engine.sessions();

    abort.abort();
    await session!.closed;

    expect(server.engine.sessions()).toEqual([]);
  });

  it.each([
    ['POST', '/v1/generate', { text: '' }, 400],
    ['POST', '/v1/generate', { text: 'x', format: 'gif' }, 400],
    ['POST', '/v1/sessions', { persona: 'nobody' }, 400],
    ['POST', '/v1/sessions', { surprise: true }, 400],
    ['PUT', '/v1/generate', undefined, 405],
    ['GET', '/v1/generate', undefined, 400],
    ['GET', '/v1/generate?text=x&format=gif', undefined, 400],
    ['GET', '/nowhere', undefined, 404],
    ['GET', '/assets/../../package.json', undefined, 404],
    ['GET', '/%2e%2e/package.json', undefined, 404],
    ['DELETE', '/v1/sessions/s_0', undefined, 404],
  ])('answers %s %s %j with %i and a code', async (method, path, body, status) => {
    const response = await fetch(`${server.url}${path}`, {
      method,
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });

    expect(response.status).toBe(status);
    expect(await response.json()).toMatchObject({
      error: { code: expect.stringMatching(/^[a-z]+\.[a-z_]+$/) },
    });
  });

  it('refuses a body above 64 KiB', async () => {
    expect((await post('/v1/generate', { text: 'x'.repeat(100_000) })).status).toBe(413);
  });

  it('serves its pages with a policy that allows nothing from elsewhere', async () => {
    for (const page of ['/', '/inspector']) {
      const response = await fetch(`${server.url}${page}`);
      expect(response.status).toBe(200);
      expect(response.headers.get('content-security-policy')).toContain("default-src 'none'");
      expect(await response.text()).not.toMatch(/https?:\/\//);
    }
  });

  it('survives clients that hang up in the middle of every route', async () => {
    for (const route of [
      'GET /',
      'GET /v1/models',
      'GET /v1/health',
      'POST /v1/sessions',
      'POST /v1/generate',
      'GET /none',
    ]) {
      const [method, path] = route.split(' ');
      await new Promise<void>((resolve) => {
        const socket = createConnection(server.port, '127.0.0.1', () => {
          socket.write(
            `${method} ${path} HTTP/1.1\r\nHost: 127.0.0.1:${server.port}\r\nContent-Length: 10\r\n\r\n{`,
          );
          socket.destroy();
        });
        socket.on('close', () => resolve());
      });
    }

    expect((await fetch(`${server.url}/livez`)).status).toBe(200);
  });
});
