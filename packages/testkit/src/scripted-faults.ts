import { dieAfter, endAfter, hangAfter, pace, recut } from './vendor-faults.ts';
import type { VendorFault, VendorHandle } from './vendor-handle.ts';
import type { VendorScript, VendorSimulator } from './vendor-simulator.ts';

const page = '<!doctype html><title>Sign in</title><p>Please sign in to use this network.</p>';
const noise = Uint8Array.from({ length: 1_001 }, (_, index) => (index * 151 + 7) & 255);

/** A fault as a script of the simulated vendor, where every piece is an item. */
export const scriptOf = (fault: VendorFault): VendorScript => {
  switch (fault.kind) {
    case 'refuse': {
      const { status, retryAfterS } = fault;
      const headers = retryAfterS === undefined ? {} : { 'retry-after': String(retryAfterS) };
      return { refusal: { status, headers } };
    }
    case 'silent_end':
      return { faults: [endAfter(0)] };
    case 'cut':
      return { faults: [dieAfter(1, fault.how)] };
    case 'hang':
      if (fault.at === 'before_headers') return { isMute: true };
      return { faults: [hangAfter(fault.at === 'after_headers' ? 0 : 1)] };
    case 'drip':
      return { faults: [pace(fault.everyMs)] };
    case 'garbage':
      if (fault.as === 'noise') return { faults: [() => [{ kind: 'piece', bytes: noise }]] };
      return { refusal: { status: 200, headers: { 'content-type': 'text/html' }, body: page } };
    default:
      return { faults: [recut(fault.byteLength)] };
  }
};

/** The simulated vendor of this package, for the conformance kit. */
export const vendorHandle = (vendor: VendorSimulator): VendorHandle => ({
  play: (fault) => vendor.play(fault === undefined ? {} : scriptOf(fault)),
  requests: () => vendor.requests.length,
  openCalls: () => vendor.openRequests,
  openSockets: () => vendor.openSockets,
  pieces: () => vendor.requests.reduce((sum, { sentPieces }) => sum + sentPieces, 0),
});
