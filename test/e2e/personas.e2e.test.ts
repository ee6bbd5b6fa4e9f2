import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { Log } from '@tth/core';
import { type Server, createServer, loadSettings } from '@tth/server';
import { scriptedPlugin, scriptedTts } from '@tth/testkit';
import { afterEach, describe, expect, it } from 'vitest';
import { root } from '../support/start-tth.ts';
import { until } from '../support/until.ts';
import { connectWire } from '../support/wire-client.ts';

const nora = (name: string, more = ''): string =>
  `name: ${name}\nsystemPrompt: Hello.\nlanguage: en-GB\nidentity: mira\n${more}`;

/** Opens a session with Nora. */
const meet = async (server: Server) => {
  const client = await connectWire(server.url, { hello: { persona: 'nora' } });
  const session = client.events.find((event) => event.type === 'session_created')!;
  return { client, session };
};

describe('personas that are edited while the server runs', () => {
  let server: Server | undefined;
  let folder = '';
  afterEach(async () => {
    await server?.close();
    await rm(folder, { recursive: true, force: true });
  });

  it('are new to new sessions, leave running ones alone, and stay as they were after a bad edit', async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'tth-personas-'));
    await mkdir(path.join(folder, 'personas'));
    const edit = (text: string) => writeFile(path.join(folder, 'personas', 'nora.yaml'), text);
    await edit(nora('Nora'));
    const failures: object[] = [];
    const log: Log = {
      debug: () => {},
      info: () => {},
      warn: () => {},
      error: (fields) => failures.push(fields),
    };
    const settings = await loadSettings(root, {}, { port: 0, routes: {} });
    const running = await createServer({ ...settings, root: folder }, log, [scriptedPlugin([scriptedTts()])]);
    server = running;
    const nameOf = (): string | undefined => running.engine.personas.find(({ id }) => id === 'nora')?.name;
    const old = await meet(running);

    await edit(nora('Nora the Second'));
    await until(() => nameOf() === 'Nora the Second');
    const young = await meet(running);
    await edit(nora('Nora the Third', 'controls: { character: { rate: quick } }\n'));
    await until(() => failures.length > 0);

    expect([old, young].map(({ session }) => session.persona.name)).toEqual(['Nora', 'Nora the Second']);
    expect(running.engine.session(old.session.sessionId)?.persona.name).toBe('Nora');
    expect(nameOf()).toBe('Nora the Second');
    expect(failures[0]).toMatchObject({
      problems: [
        expect.stringMatching(/^personas\/nora\.yaml: controls\.character\.rate: Expected a factor/),
      ],
    });
    old.client.close();
    young.client.close();
  });
});
