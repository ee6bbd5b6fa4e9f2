import { startAdapter } from '@tth/testkit';
import { ttsConformance } from '@tth/testkit/conformance';
import { afterAll } from 'vitest';
import plugin from '../src/index.ts';
import { fakeKey, startFakeElevenLabs } from './fake-elevenlabs.ts';

const fake = await startFakeElevenLabs();
afterAll(() => fake.close());
const secrets = { reveal: () => fakeKey };

const transports = [
  { name: 'contexts on one socket', options: { model: 'eleven_multilingual_v2' } },
  { name: 'dialogue sockets', options: { model: 'eleven_v4_turbo' } },
  { name: 'lines over HTTP', options: { model: 'eleven_flash_v2_5', transport: 'http' } },
] as const;

for (const { name, options } of transports) {
  ttsConformance(
    `ElevenLabs, ${name}`,
    () => startAdapter(plugin, 'tts', 'elevenlabs', { options: { baseUrl: fake.url, ...options }, secrets }),
    {
      vendor: fake.handle,
      live: {
        secrets: ['ELEVENLABS_API_KEY'],
        make: (given) => startAdapter(plugin, 'tts', 'elevenlabs', { options, secrets: given }),
      },
    },
  );
}
