import type { HttpVendor, HttpVendorScript } from './http-vendor.ts';
import type { Refusal } from './refusal.ts';
import { dieAfter, endAfter, hangAfter, pace, recut } from './vendor-faults.ts';
import type { VendorFault, VendorHandle } from './vendor-handle.ts';

const page = '<!doctype html><title>Sign in</title><p>Please sign in to use this network.</p>';
const noise = Uint8Array.from({ length: 1_001 }, (_, index) => (index * 151 + 7) & 255);

/** The answer of a vendor who refuses. */
export const refusalOf = (
  { status, retryAfterS }: VendorFault & { readonly kind: 'refuse' },
  body?: unknown,
): Refusal => ({
  status,
  headers: retryAfterS === undefined ? {} : { 'retry-after': String(retryAfterS) },
  body,
});

/** A page in place of an answer. */
export const signInPage: Refusal = { status: 200, headers: { 'content-type': 'text/html' }, body: page };

/** A fault as the script of a vendor over HTTP, where the first `firstItem` pieces make an item. */
export const faultScript = (fault: VendorFault, firstItem = 1): HttpVendorScript => {
  switch (fault.kind) {
    case 'refuse':
      return { refusal: refusalOf(fault) };
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
      return { refusal: signInPage };
    default:
      return { faults: [recut(fault.byteLength), pace(0)] };
  }
};

/**
 * A vendor over HTTP in the hand of the conformance kit. `firstItem`: how many pieces of an answer it takes until its
 * adapter has something to give.
 */
export const vendorHandle = (
  vendor: HttpVendor,
  { firstItem }: { readonly firstItem?: number } = {},
): VendorHandle => ({
  play: (fault) => vendor.play(fault === undefined ? {} : faultScript(fault, firstItem)),
  requests: () => vendor.requests.length,
  openCalls: () => vendor.openRequests,
  openSockets: () => vendor.openSockets,
  pieces: () => vendor.requests.reduce((sum, { pieces }) => sum + pieces, 0),
});
