import { mkdtemp, readFile, readdir, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { connectWire } from '../support/wire-client.ts';
import { type Running, serve, type } from './machine.ts';
import { edit, fillIn, sentence, startParrot } from './parrot.ts';

const packed = path.resolve(import.meta.dirname, '../../out/packages');

describe('somebody who has nothing but Node.js and the packages', () => {
  let home = '';
  let app = '';
  let parrot: Awaited<ReturnType<typeof startParrot>>;
  const file = (name: string): Promise<string> => readFile(path.join(app, name), 'utf8');
  const succeeds = async (command: string, folder = app, input?: string): Promise<string> => {
    const { code, output } = await type(folder, command, input);
    if (code !== 0) throw new Error(`"${command}" ended with ${code}:\n${output}`);
    return output;
  };
  beforeAll(async () => {
    home = await mkdtemp(path.join(tmpdir(), 'tth-stranger-'));
    app = path.join(home, 'my-avatar');
    parrot = await startParrot();
  });
  afterAll(async () => {
    await parrot.close();
    await rm(home, { recursive: true, force: true });
  });

  it('makes an application and installs it', async () => {
    const creator = (await readdir(packed)).find((name) => name.startsWith('create-tth-'));

    await succeeds(
      `npm exec --yes --package=${packed}/${creator} -- create-tth my-avatar --packages ${packed}`,
      home,
    );
    await succeeds('npm install');

    expect((await readdir(app)).toSorted()).toEqual(
      expect.arrayContaining(['.env.example', '.gitignore', 'README.md', 'package.json', 'tth.config.ts']),
    );
  });

  it('is told that everything works, and what is under the GPL', async () => {
    const output = await succeeds('npm run doctor');

    for (const adapter of ['local-llm', 'espeak', 'puppet']) expect(output).toContain(adapter);
    expect(output).toContain('@tth/plugin-espeak, @tth/plugin-codecs: under the GPL');
    expect(output).toContain('Everything works.');
  });

  it('makes a video', async () => {
    await succeeds('npx tth say "Hello from far away." --out hello.mp4');

    expect((await stat(path.join(app, 'hello.mp4'))).size).toBeGreaterThan(20_000);
  });

  it('makes a plugin, fills it in, and its tests are green', async () => {
    await succeeds('npx tth plugin new parrot --stage llm');
    const folder = path.join(app, 'parrot');
    await succeeds('npm install', folder);

    await fillIn(folder);

    await succeeds('npm run check', folder);
    const output = await succeeds('npx tth plugin test', folder);
    expect(output).toMatch(/Conformance: \d+ passed, 0 failed.*Conforms\./);
  });

  it('adds it, and is told which key it wants', async () => {
    const before = await file('tth.config.ts');

    const { code, output } = await type(app, 'npx tth plugin add ./parrot --use');

    expect({ code, output }).toMatchObject({
      code: 1,
      output: expect.stringContaining('tth config set PARROT_KEY'),
    });
    const after = await file('tth.config.ts');
    expect(after).toContain("'parrot',\n  ],");
    expect(after).toContain("routes: { llm: ['parrot', 'local-llm'] }");
    expect(after).toContain(before.slice(before.indexOf('  // Who is asked'), before.indexOf('});')));
    expect(await file('.env.example')).toContain('PARROT_KEY=');
  });

  it('gives it the key and its address, and everything works', async () => {
    await succeeds('npx tth config set PARROT_KEY', app, 'cracker-1\n');
    await edit(path.join(app, 'tth.config.ts'), [
      '});',
      `  adapters: { parrot: { baseUrl: '${parrot.url}' } },\n});`,
    ]);

    expect(await succeeds('npm run doctor')).toMatch(/✓ +parrot +0\.1\.0 +llm +parrot +ok in \d+ ms/);
    expect(await succeeds('npx tth plugin info parrot')).toMatch(/apiKey +secret +default PARROT_KEY/);
    expect(JSON.parse(await succeeds('npx tth plugin list --json 2>/dev/null'))).toMatchObject({
      adapters: expect.arrayContaining([expect.objectContaining({ id: 'parrot' })]),
    });
  });

  describe('serves with it', () => {
    let server: Running;
    beforeAll(async () => {
      server = await serve(app, 'npm start -- --port 0');
    });
    afterAll(() => server.stop());

    it('and finds the studio and the inspector', async () => {
      for (const page of ['/', '/inspector', '/tth-client.js']) {
        expect(await fetch(`${server.url}${page}`)).toMatchObject({ status: 200 });
      }
    });

    it('and hears and sees it over a WebSocket, in Opus and H.264', async () => {
      const client = await connectWire(server.url, {
        hello: { accepts: { audio: ['opus', 'pcm_s16le'], video: ['h264'] } },
      });
      client.send({ type: 'user_text', clientMsgId: 'm1', text: 'What do you want?' });

      const done = await client.next('turn_completed');
      client.close();

      const mine = client.events.filter(({ turnId }) => turnId === done.turnId);
      const text = mine.map((event) => (event.type === 'text_delta' ? event.text : '')).join('');
      expect(text).toBe(sentence);
      expect(new Set(client.media.map(({ codec }) => codec))).toEqual(new Set(['opus', 'h264']));
      expect(parrot.keys.at(-1)).toBe('Bearer cracker-1');
    });
  });

  it('removes it, and everything works as before', async () => {
    const output = await succeeds('npx tth plugin remove parrot');

    expect(output).toContain('tth config unset PARROT_KEY');
    expect(await file('tth.config.ts')).not.toContain("'parrot'");
    expect(await succeeds('npm run doctor')).toContain('Everything works.');
  });
});
