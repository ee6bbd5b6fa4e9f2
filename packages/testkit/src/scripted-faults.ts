import type { HttpVendor, HttpVendorScript } from './http-vendor.ts';
import { dieAfter, endAfter, hangAfter, pace, recut } from './vendor-faults.ts';
import type { VendorFault, VendorHandle } from './vendor-handle.ts';

const page = '<!doctype html><title>Sign in</title><p>Please sign in to use this network.</p>';
const noise = Uint8Array.from({ length: 1_001 }, (_, index) => (index * 151 + 7) & 255);

/** A fault as a script, where the first `firstItem` pieces make an item. */
const scriptOf = (fault: VendorFault, firstItem: number): HttpVendorScript => {
  switch (fault.kind) {
    case 'refuse': {
      const { status, retryAfterS } = fault;
      const headers = retryAfterS === undefined ? {} : { 'retry-after': String(retryAfterS) };
      return { refusal: { status, headers } };
    }
    case 'silent_end':
      return { faults: [endAfter(0)] };
    case 'cut':
      return { faults: [dieAfter(firstItem, fault.how)] };
    case 'hang':
      if (fault.at === 'before_headers') return { isMute: true };
      return { faults: [hangAfter(fault.at === 'after_headers' ? 0 : firstItem)] };
    case 'drip':
      return { faults: [pace(fault.everyMs)] };
    case 'garbage':
      if (fault.as === 'noise') return { faults: [() => [{ kind: 'piece', bytes: noise }]] };
      return { refusal: { status: 200, headers: { 'content-type': 'text/html' }, body: page } };
    default:
      return { faults: [recut(fault.byteLength), pace(0)] };
  }
};

/**
 * A vendor over HTTP in the hand of the conformance kit. `firstItem`: how many pieces of an answer it takes until its
 * adapter has something to give.
 */
export const vendorHandle = (vendor: HttpVendor, { firstItem = 1 } = {}): VendorHandle => ({
  play: (fault) => vendor.play(fault === undefined ? {} : scriptOf(fault, firstItem)),
  requests: () => vendor.requests.length,
  openCalls: () => vendor.openRequests,
  openSockets: () => vendor.openSockets,
  pieces: () => vendor.requests.reduce((sum, { pieces }) => sum + pieces, 0),
});
