import { startAdapter } from '@tth/testkit';
import { ttsConformance } from '@tth/testkit/conformance';
import { afterAll } from 'vitest';
import plugin from '../src/index.ts';
import { startRealtime } from './fake-realtime.ts';
import { realtimeHandle } from './realtime-kit.ts';

const vendor = await startRealtime();
afterAll(() => vendor.close());

ttsConformance(
  'openai-realtime',
  () =>
    startAdapter(plugin, 'tts', 'openai-realtime', {
      options: { baseUrl: vendor.url, apiKey: 'REALTIME_KEY' },
    }),
  { vendor: realtimeHandle(vendor) },
);
