import { vendorHandle, startAdapter } from '@tth/testkit';
import { llmConformance } from '@tth/testkit/conformance';
import { afterAll } from 'vitest';
import plugin from '../src/index.ts';
import { startVendor } from './fake-vendor.ts';

const vendor = await startVendor();
afterAll(() => vendor.close());

llmConformance(
  'acme-plugin',
  () => startAdapter(plugin, 'llm', 'acme-plugin', { options: { baseUrl: vendor.url } }),
  { vendor: vendorHandle(vendor) },
);
