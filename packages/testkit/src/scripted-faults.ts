import type { HttpVendor } from './http-vendor.ts';
import { type Fault, dieAfter, endAfter, hangAfter, pace, recut } from './vendor-faults.ts';
import type { VendorFault, VendorHandle } from './vendor-handle.ts';
import type { VendorSimulator } from './vendor-simulator.ts';

/** What the simulators of this package are told of a fault. */
interface FaultScript {
  readonly refusal?: {
    readonly status: number;
    readonly headers?: Readonly<Record<string, string>>;
    readonly body?: string;
  };
  readonly isMute?: boolean;
  readonly faults?: readonly Fault[];
}

const page = '<!doctype html><title>Sign in</title><p>Please sign in to use this network.</p>';
const noise = Uint8Array.from({ length: 1_001 }, (_, index) => (index * 151 + 7) & 255);

/** A fault as a script, where every piece is an item. */
const scriptOf = (fault: VendorFault): FaultScript => {
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
      return { faults: [recut(fault.byteLength), pace(0)] };
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

/** A vendor of any wire over HTTP whose every piece is an item, for the conformance kit. */
export const httpVendorHandle = (vendor: HttpVendor): VendorHandle => ({
  play: (fault) => vendor.play(fault === undefined ? {} : scriptOf(fault)),
  requests: () => vendor.requests.length,
  openCalls: () => vendor.requests.filter(({ state }) => state === 'open').length,
  openSockets: () => vendor.openSockets,
  pieces: () => vendor.requests.reduce((sum, { pieces }) => sum + pieces, 0),
});
