import { vendorHandle, startAdapter } from '@tth/testkit';
import { ttsConformance } from '@tth/testkit/conformance';
import { afterAll } from 'vitest';
import plugin from '../src/index.ts';
import { startVendor } from './fake-vendor.ts';

const vendor = await startVendor();
afterAll(() => vendor.close());

ttsConformance(
  'acme-plugin',
  () => startAdapter(plugin, 'tts', 'acme-plugin', { options: { baseUrl: vendor.url } }),
  { vendor: vendorHandle(vendor) },
);
