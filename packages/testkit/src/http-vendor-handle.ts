import type { HttpVendor } from './http-vendor.ts';
import { scriptOf } from './scripted-faults.ts';
import type { VendorHandle } from './vendor-handle.ts';

/** A vendor of any wire over HTTP, for the conformance kit. Every piece of its answers has to be an item. */
export const httpVendorHandle = (vendor: HttpVendor): VendorHandle => ({
  play: (fault) => {
    const { refusal, isMute, faults } = fault === undefined ? {} : scriptOf(fault);
    vendor.play({
      ...(refusal !== undefined && { refusal }),
      ...(isMute !== undefined && { isMute }),
      ...(faults !== undefined && { faults }),
    });
  },
  requests: () => vendor.requests.length,
  openCalls: () => vendor.requests.filter(({ state }) => state === 'open').length,
  openSockets: () => vendor.openSockets,
  pieces: () => vendor.requests.reduce((sum, { pieces }) => sum + pieces, 0),
});
