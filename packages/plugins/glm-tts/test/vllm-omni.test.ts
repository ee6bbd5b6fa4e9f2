import { hearOnce, vendorHandle, speechServerWire, startAdapter, startHttpVendor } from '@tth/testkit';
import { ttsConformance } from '@tth/testkit/conformance';
import { afterAll, describe, expect, it } from 'vitest';
import plugin from '../src/index.ts';

const vendor = await startHttpVendor(speechServerWire());
afterAll(() => vendor.close());

const voices = { mira: { speaker: 'anna' } };
const start = (given: object = {}) =>
  startAdapter(plugin, 'tts', 'glm-tts', {
    options: { server: 'vllm-omni', baseUrl: `${vendor.url}/v1`, voices, ...given },
  });

ttsConformance('GLM-TTS behind vLLM-Omni', () => start(), { vendor: vendorHandle(vendor) });

describe('GLM-TTS behind vLLM-Omni', () => {
  it('asks for the voice that its name stands for', async () => {
    await hearOnce(start({ model: 'zai-org/GLM-TTS' }), { text: 'Good morning.' });

    expect(vendor.requests.at(-1)?.body).toMatchObject({
      input: 'Good morning.',
      model: 'zai-org/GLM-TTS',
      voice: 'anna',
    });
  });

  it('speaks Chinese and English', async () => {
    const { adapter, close } = await start();
    await close();

    expect(adapter.capabilities()).toMatchObject({ languages: ['zh', 'en'], voices: ['mira'] });
  });

  it('needs to be told of a voice', async () => {
    await expect(start({ voices: {} })).rejects.toMatchObject({ code: 'config.invalid' });
    await expect(start({ defaultVoice: 'zed' })).rejects.toMatchObject({ code: 'config.invalid' });
  });
});
