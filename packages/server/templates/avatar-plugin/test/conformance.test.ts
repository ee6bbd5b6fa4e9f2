import { vendorHandle, startAdapter } from '@tth/testkit';
import { avatarConformance } from '@tth/testkit/conformance';
import { afterAll } from 'vitest';
import plugin from '../src/index.ts';
import { startVendor } from './fake-vendor.ts';

const vendor = await startVendor();
afterAll(() => vendor.close());

avatarConformance(
  'acme-plugin',
  () => startAdapter(plugin, 'avatar', 'acme-plugin', { options: { baseUrl: vendor.url } }),
  ['pose'],
  { vendor: vendorHandle(vendor) },
);
