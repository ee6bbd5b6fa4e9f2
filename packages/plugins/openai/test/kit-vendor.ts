import {
  type VendorFault,
  type VendorHandle,
  dieAfter,
  endAfter,
  hangAfter,
  pace,
  recut,
} from '@tth/testkit';
import type { FakeOpenai, FakeScript } from './fake-openai.ts';

const page = '<!doctype html><title>Sign in</title><p>Please sign in to use this network.</p>';
const noise = Uint8Array.from({ length: 1_001 }, (_, index) => (index * 151 + 7) & 255);

/** `firstItem`: events up to the first word. */
const scriptOf = (fault: VendorFault, firstItem: number): FakeScript => {
  switch (fault.kind) {
    case 'refuse': {
      const { status, retryAfterS } = fault;
      const headers = retryAfterS === undefined ? {} : { 'retry-after': String(retryAfterS) };
      return { refusal: { status, headers, body: { error: { message: 'No.' } } } };
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
      return { refusal: { status: 200, body: page } };
    default:
      return { faults: [recut(fault.byteLength)] };
  }
};

/** The simulated vendor in the hand of the conformance kit, for one of its APIs. */
export const kitVendor = (vendor: FakeOpenai, api: 'chat' | 'responses'): VendorHandle => ({
  play: (fault) => vendor.play(fault === undefined ? {} : scriptOf(fault, api === 'chat' ? 2 : 5)),
  requests: () => vendor.requests.length,
  openCalls: () => vendor.requests.filter(({ state }) => state === 'open').length,
  openSockets: () => vendor.openSockets,
  pieces: () => vendor.requests.reduce((sum, { written }) => sum + written, 0),
});
