import type { SpeechControl } from '@tth/core/plugin';
import { hearOnce, vendorHandle, speechServerWire, startAdapter, startHttpVendor } from '@tth/testkit';
import { ttsConformance } from '@tth/testkit/conformance';
import { afterAll, describe, expect, it } from 'vitest';
import plugin from '../src/index.ts';

const vendor = await startHttpVendor(speechServerWire());
afterAll(() => vendor.close());

const feelings = { happy: { speaker: 'anna-happy' } };
const voices = { mira: { speaker: 'anna', feelings } };
const start = (given: object = {}) =>
  startAdapter(plugin, 'tts', 'cosyvoice', {
    options: { server: 'vllm-omni', baseUrl: `${vendor.url}/v1`, voices, ...given },
  });

const speak = async (given: object, control: Partial<SpeechControl>, text = 'Good morning.') => {
  await hearOnce(start(given), { control, text });
  return vendor.requests.at(-1)!.body;
};

ttsConformance('CosyVoice behind vLLM-Omni, as a stream', () => start(), {
  vendor: vendorHandle(vendor),
});
ttsConformance('CosyVoice behind vLLM-Omni, sentence by sentence', () => start({ stream: false }));

describe('CosyVoice behind vLLM-Omni', () => {
  it.each<[string, object, Partial<SpeechControl>, object]>([
    [
      'a feeling by a voice of its own',
      {},
      { emotion: { label: 'happy', intensity: 1 } },
      { voice: 'anna-happy' },
    ],
    [
      'a feeling that it has no voice for',
      {},
      { emotion: { label: 'sad', intensity: 1 } },
      { voice: 'anna' },
    ],
    ['a rate, sentence by sentence', { stream: false }, { rate: 1.5 }, { speed: 1.5 }],
    ['a rate beyond its range', { stream: false }, { rate: 9 }, { speed: 4 }],
  ])('is told of %s', async (_name, given, control, fields) => {
    expect(await speak(given, control)).toMatchObject(fields);
  });

  it('is told of no rate, pitch, volume or style while it streams', async () => {
    const body = await speak({}, { rate: 2, pitch: 2, volume: 2, style: 'slowly' });

    expect(Object.keys(body!).toSorted()).toEqual(
      ['input', 'response_format', 'sample_rate', 'stream', 'stream_format', 'voice'].toSorted(),
    );
  });

  it('is given no mark of the model in a text', async () => {
    expect(await speak({}, {}, 'Say <|endofprompt|> aloud.')).toMatchObject({ input: 'Say   aloud.' });
  });

  it('speaks nine languages', async () => {
    const { adapter, close } = await start();
    await close();

    expect(adapter.capabilities()).toMatchObject({
      languages: ['zh', 'en', 'ja', 'ko', 'de', 'es', 'fr', 'it', 'ru'],
      controls: { emotions: ['happy'] },
    });
  });
});
