import { startAdapter, vendorHandle } from '@tth/testkit';
import { ttsConformance } from '@tth/testkit/conformance';
import { afterAll } from 'vitest';
import plugin from '../src/index.ts';
import { startSpeechServer } from './fake-openai-speech.ts';

const server = await startSpeechServer();
/** Whatever the form, a header and a run of sound are enough for an item. */
const vendor = vendorHandle(server, { firstItem: 2 });
afterAll(() => server.close());

const transports = [
  { flavour: 'vllm-omni', form: 'sse' },
  { flavour: 'generic', form: 'raw' },
  { flavour: 'kokoro', form: 'captions' },
  { flavour: 'orpheus', form: 'whole' },
] as const;

for (const options of transports) {
  ttsConformance(
    `openai-speech as ${options.form}`,
    () =>
      startAdapter(plugin, 'tts', 'openai-speech', {
        options: { baseUrl: `${server.url}/v1`, apiKey: 'VOICE_KEY', ...options },
      }),
    { vendor },
  );
}
