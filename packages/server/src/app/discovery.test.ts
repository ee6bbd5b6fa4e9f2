import { once } from 'node:events';
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { discover, knownKeys, localServers } from './discovery.ts';

const started: http.Server[] = [];
afterEach(async () => {
  for (const server of started.splice(0)) {
    const closed = once(server, 'close');
    server.close();
    server.closeAllConnections();
    await closed;
  }
});

const startServer = async (answer: (response: http.ServerResponse) => void) => {
  const asked: (string | undefined)[] = [];
  const server = http.createServer((request, response) => {
    asked.push(`${request.method} ${request.url} ${Object.keys(request.headers).includes('authorization')}`);
    answer(response);
  });
  started.push(server);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return { asked, port: (server.address() as AddressInfo).port };
};

const ollama = localServers.find(({ name }) => name === 'Ollama')!;

describe('discovery', () => {
  it('offers a key by the name of its variable and never by its value', async () => {
    const environment = { OPENAI_API_KEY: 'sk-secret', ELEVENLABS_API_KEY: '' };

    const offers = await discover({ environment, plugins: [], servers: [] });

    expect(offers).toHaveLength(1);
    expect(offers[0]).toMatch(/OPENAI_API_KEY.*tth plugin add @tth\/plugin-openai/);
    expect(offers.join()).not.toContain('sk-secret');
  });

  it('offers a local server that answers, with what to configure, having asked it nothing but its health', async () => {
    const { asked, port } = await startServer((response) => response.end('{}'));

    const offers = await discover({ environment: {}, plugins: [], servers: [{ ...ollama, port }] });

    expect(offers).toEqual([expect.stringMatching(new RegExp(`Ollama answers on port ${port}: .*ollama`))]);
    expect(asked).toEqual([`GET ${ollama.path} false`]);
  });

  it.each<[what: string, answer: (response: http.ServerResponse) => void]>([
    ['is somebody else', (response) => response.writeHead(404).end()],
    ['sends its guests elsewhere', (response) => response.writeHead(302, { location: '/x' }).end()],
    ['hangs up', (response) => response.socket?.destroy()],
    ['takes too long', () => {}],
  ])('offers nothing where the server %s', async (_, answer) => {
    const { port } = await startServer(answer);

    expect(await discover({ environment: {}, plugins: [], servers: [{ ...ollama, port }] })).toEqual([]);
  });

  it('says nothing of what the configuration has', async () => {
    const { port } = await startServer((response) => response.end('{}'));
    const environment = Object.fromEntries(knownKeys.map(({ variable }) => [variable, 'x']));
    const plugins = [...knownKeys, ...localServers].map(({ plugin }) => plugin);

    expect(await discover({ environment, plugins, servers: [{ ...ollama, port }] })).toEqual([]);
  });
});
