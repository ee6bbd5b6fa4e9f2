import type { PluginSource } from '@tth/core';
import elevenLabs from '@tth/plugin-elevenlabs';
import glmTts from '@tth/plugin-glm-tts';
import openai from '@tth/plugin-openai';
import { type HttpVendor, dieAfter } from '@tth/testkit';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import {
  type FakeElevenLabs,
  fakeKey,
  startFakeElevenLabs,
} from '../../packages/plugins/elevenlabs/test/fake-elevenlabs.ts';
import { type BigmodelScript, startFakeBigmodel } from '../../packages/plugins/glm-tts/test/fake-bigmodel.ts';
import {
  type SpeechServer,
  startSpeechServer,
} from '../../packages/plugins/openai/test/fake-openai-speech.ts';
import type { FakeReply } from '../../packages/plugins/openai/test/chat-wire.ts';
import { type FakeOpenai, startFakeOpenai } from '../../packages/plugins/openai/test/fake-openai.ts';
import { type TestServer, startTth } from '../support/start-tth.ts';
import { type WireClient, afterTheEnd } from '../support/wire-client.ts';

const reply = 'The sea is deep. Nobody has seen all of it. That is why people dream of it.';
const spaced = (text: string): string => text.replace(/\s+/g, ' ').trim();

/** What a model says next: an answer that was begun is gone on with. */
const goOn = (body: Readonly<Record<string, unknown>>): FakeReply => {
  const last = (body['messages'] as { role: string; content: string }[]).at(-1)!;
  return { text: last.role === 'assistant' ? reply.slice(last.content.length) : reply };
};

let cloud: FakeOpenai;
let box: FakeOpenai;
let eleven: FakeElevenLabs;
let glm: HttpVendor<BigmodelScript>;
let kokoro: SpeechServer;
let tth: TestServer;

const sources: PluginSource[] = [openai, elevenLabs, glmTts].map((plugin) => ({
  name: plugin.name,
  load: () => Promise.resolve(plugin),
}));

beforeEach(async () => {
  vi.stubEnv('CLOUD_KEY', 'sk-cloud');
  vi.stubEnv('ELEVENLABS_API_KEY', fakeKey);
  vi.stubEnv('BIGMODEL_API_KEY', 'glm-key');
  [cloud, box] = await Promise.all([startFakeOpenai(), startFakeOpenai()]);
  [eleven, glm, kokoro] = await Promise.all([
    startFakeElevenLabs(),
    startFakeBigmodel(),
    startSpeechServer(),
  ]);
  for (const model of [cloud, box]) model.play({ reply: goOn });
  tth = await startTth({
    plugins: sources,
    adapters: {
      cloud: { adapter: 'openai', baseUrl: cloud.url, apiKey: 'CLOUD_KEY', model: 'gpt-6-mini' },
      box: { adapter: 'openai', flavour: 'vllm', baseUrl: box.url, model: 'Qwen/Qwen3-8B' },
      eleven: { adapter: 'elevenlabs', baseUrl: eleven.url },
      glm: { adapter: 'glm-tts', server: 'hosted', baseUrl: `${glm.url}/api/paas/v4` },
      kokoro: { adapter: 'openai-speech', flavour: 'kokoro', baseUrl: `${kokoro.url}/v1` },
    },
    routes: {
      llm: [
        { id: 'cloud', tags: ['hosted', 'chinese'] },
        { id: 'box', tags: ['own'] },
      ],
      tts: [
        { id: 'eleven', tags: ['hosted'] },
        { id: 'glm', tags: ['hosted', 'chinese'] },
        { id: 'kokoro', tags: ['own'] },
      ],
    },
  });
});

afterEach(async () => {
  await tth.close();
  await Promise.all([cloud, box, eleven, glm, kokoro].map((vendor) => vendor.close()));
  vi.unstubAllEnvs();
});

const connect = (...tags: string[]): Promise<WireClient> =>
  tth.connect({ listensInstantly: true, hello: { tags } });

const ask = async (client: WireClient): Promise<string> => {
  client.send({ type: 'user_text', clientMsgId: `q${client.events.length}`, text: 'Tell me of the sea.' });
  const { turnId } = await client.next('turn_completed');
  return turnId!;
};

const spoken = (client: WireClient, turnId: string): string =>
  spaced(
    client.events
      .flatMap((event) => (event.type === 'sentence' && event.turnId === turnId ? [event.text] : []))
      .join(' '),
  );

const changes = (client: WireClient): string[] =>
  client.events.flatMap((event) =>
    event.type === 'degraded_mode' ? [`${event.stage}: ${event.from} > ${event.to}`] : [],
  );

describe('one process with two models and three voices of vendors', () => {
  it('talks to three clients at once, each by the providers that it asks for', async () => {
    const clients = await Promise.all([connect('hosted'), connect('own'), connect('chinese')]);

    const turns = await Promise.all(clients.map(ask));

    for (const [at, client] of clients.entries()) {
      expect(spoken(client, turns[at]!)).toBe(reply);
      expect(client.media.length).toBeGreaterThan(0);
      expect(afterTheEnd(client, turns[at]!)).toEqual({ terminals: 1, late: 0 });
      expect(changes(client)).toEqual([]);
    }
    expect([cloud.requests.length, box.requests.length]).toEqual([2, 1]);
    expect(eleven.requests.flatMap(({ sentences }) => sentences)).toHaveLength(3);
    expect(kokoro.requests).toHaveLength(3);
    expect(glm.requests).toHaveLength(3);
  });

  it('says the answer once while its first model dies in the middle and each voice after the other', async () => {
    cloud.play({ reply: { text: reply }, faults: [dieAfter(6, 'rst')] });
    eleven.play({ after: 1, instead: 'rst' });
    glm.play({
      refusal: {
        status: 429,
        headers: { 'retry-after': '30' },
        body: { error: { code: '1302', message: 'slow down' } },
      },
    });
    const client = await connect();

    const turn = await ask(client);

    expect(changes(client)).toEqual(
      expect.arrayContaining(['llm: cloud > box', 'tts: eleven > glm', 'tts: glm > kokoro']),
    );
    expect(spoken(client, turn)).toBe(reply);
    expect(afterTheEnd(client, turn)).toEqual({ terminals: 1, late: 0 });
    const heard = kokoro.requests.map(({ body }) => String(body?.['input'])).join(' ');
    expect(spaced(heard)).toMatch(/That is why people dream of it\.$/);
  });

  it('tells no vendor the key of another', async () => {
    cloud.play({ reply: { text: reply }, faults: [dieAfter(6, 'rst')] });
    eleven.play({ refusal: { status: 401, body: {} } });
    await ask(await connect());

    const told = (requests: readonly { readonly headers: object }[]): string =>
      JSON.stringify(requests.map(({ headers }) => headers));
    expect(told(cloud.requests)).toContain('sk-cloud');
    expect(told(box.requests)).not.toMatch(/sk-cloud|glm-key|sk_0123/);
    expect(told(eleven.requests)).not.toMatch(/sk-cloud|glm-key/);
    expect(told(glm.requests)).not.toMatch(/sk-cloud|sk_0123/);
  });
});
