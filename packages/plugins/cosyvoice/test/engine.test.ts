import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { EngineOptions, LooseControls } from '@tth/core';
import {
  type RecordedSession,
  dieAfter,
  keptSoundMs,
  scriptedLlm,
  scriptedPlugin,
  startVirtualEngine,
  toneAt,
  wavFile,
} from '@tth/testkit';
import { afterAll, afterEach, describe, expect, it } from 'vitest';
import plugin from '../src/index.ts';
import { startFakeDashscope } from './fake-dashscope.ts';
import { startFakeFastapi } from './fake-fastapi.ts';

const [own, cloud] = [await startFakeFastapi(), await startFakeDashscope()];
const folder = await mkdtemp(path.join(tmpdir(), 'tth-cosyvoice-engine-'));
const clip = path.join(folder, 'mira.wav');
await writeFile(clip, wavFile(toneAt(0, 24_000)));
afterEach(() => {
  own.play({});
  cloud.play({});
});
afterAll(async () => {
  await Promise.all([own.close(), cloud.close()]);
  await rm(folder, { recursive: true });
});

const near = {
  adapter: 'cosyvoice',
  server: 'fastapi',
  baseUrl: own.url,
  voices: { mira: { promptWav: clip, promptText: 'I am Mira.' } },
};
const far = {
  adapter: 'cosyvoice',
  server: 'hosted',
  url: cloud.url,
  voices: { mira: { speaker: 'longanyang' } },
};
/** Time stands still while the vendors answer: nothing is ever late. */
const forever = { firstItemMs: 1e9, idleMs: 1e9 };

/** One turn of a conversation, spoken by these voices in turn. The vendors are real, time is not. */
const talk = async (
  voices: Readonly<Record<string, object>>,
  controls: LooseControls = {},
): Promise<RecordedSession> => {
  const options: EngineOptions = {
    plugins: [
      { name: plugin.name, load: () => Promise.resolve(plugin) },
      scriptedPlugin([scriptedLlm({ reply: 'The sea is deep.' })]),
    ],
    adapterOptions: voices,
    routes: { tts: Object.keys(voices) },
    secrets: { reveal: ({ secret }) => `secret-${secret}` },
    policies: { turnBudgetMs: 1e9, tts: forever },
  };
  const { engine, clock, connect } = await startVirtualEngine(options);
  const session = connect({ accepts: { audio: ['pcm_s16le'], video: [] } });
  session.ask('Tell me something about the sea.', { controls });
  while (session.ends.length === 0) {
    await clock.advance(50);
    await new Promise(setImmediate);
  }
  await engine.close();
  return session;
};

const outcomesOf = (session: RecordedSession) =>
  Object.fromEntries(
    session
      .of('control_report')
      .flatMap(({ outcomes }) => outcomes)
      .filter(({ stage }) => stage === 'tts')
      .map(({ field, result, used }) => [field, [result, used]]),
  );

describe('CosyVoice in the engine', () => {
  it('speaks the sentence that the model wrote, to its end', async () => {
    const session = await talk({ near });

    expect(session.ends).toMatchObject([{ type: 'turn_completed' }]);
    expect(own.requests.at(-1)).toMatchObject({
      path: '/inference_zero_shot',
      body: { tts_text: 'The sea is deep.' },
    });
    expect(keptSoundMs(session)).toEqual([16 * 50]);
  });

  it('takes one instruction per call, and the listener is told what became of every wish', async () => {
    const session = await talk(
      { near },
      {
        emotion: { label: 'happy', intensity: 1 },
        character: { rate: 1.7, volume: 0.5, pitch: 1.2 },
      },
    );

    expect(own.requests.at(-1)?.path).toBe('/inference_instruct2');
    expect(outcomesOf(session)).toEqual({
      'emotion.label': ['applied', 'happy'],
      'emotion.intensity': ['applied', 1],
      'character.rate': ['dropped', 1],
      'character.volume': ['emulated', 0.5],
      'character.pitch': ['dropped', 1],
    });
  });

  it('brings a rate to the nearest of its three, and drops a feeling that it has no words for', async () => {
    const session = await talk(
      { near },
      { emotion: { label: 'fearful', intensity: 1 }, character: { rate: 1.5 } },
    );

    expect(own.requests.at(-1)?.body).toMatchObject({
      instruct_text: 'You are a helpful assistant. 请用尽可能快地语速说一句话。<|endofprompt|>',
    });
    expect(outcomesOf(session)).toMatchObject({
      'emotion.label': ['dropped', 'neutral'],
      'character.rate': ['substituted', 1.7],
    });
  });

  it('is replaced by the hosted one where its server dies in the middle', async () => {
    own.play({ faults: [dieAfter(0, 'rst')] });

    const session = await talk({ near, far });

    expect(session.of('degraded_mode')).toContainEqual(
      expect.objectContaining({ from: 'near', to: 'far', reason: 'provider.unavailable' }),
    );
    expect(cloud.tasks.at(-1)).toMatchObject({ text: 'The sea is deep.', state: 'ended' });
    // The persona is a little warm, which a voice without feelings is told by its rate.
    const rate = Number(cloud.tasks.at(-1)?.parameters['rate']);
    expect(keptSoundMs(session)).toEqual([expect.closeTo((16 * 50) / rate, -1)]);
  });
});
