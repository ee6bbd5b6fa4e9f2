import { type VendorFault, type VendorHandle, refusalOf, signInPage } from '@tth/testkit';
import { type FakeRealtime, type RealtimeScript, message } from './fake-realtime.ts';

/** The place of the first run of sound in a response, plus one. */
const firstSound = 5;

/** The script that plays a fault of the conformance kit. */
const scriptOf = (fault: VendorFault): RealtimeScript => {
  if (fault.kind === 'refuse') {
    return { refusal: refusalOf(fault, { error: { message: 'no', code: null } }) };
  }
  if (fault.kind === 'silent_end') return { change: () => [{ kind: 'close', code: 1000 }, { kind: 'hang' }] };
  if (fault.kind === 'cut') {
    return {
      change: (steps) => [...steps.slice(0, firstSound), { kind: 'die', how: fault.how }, { kind: 'hang' }],
    };
  }
  if (fault.kind === 'drip') {
    const wait = { kind: 'wait', ms: fault.everyMs } as const;
    return { change: (steps) => steps.flatMap((step) => [step, wait]) };
  }
  if (fault.kind === 'garbage') {
    return fault.as === 'html'
      ? { refusal: signInPage }
      : { change: () => [message('noise'), message('more noise'), { kind: 'hang' }] };
  }
  if (fault.kind === 'recut') return {};
  if (fault.at === 'before_headers') return { isMute: true };
  return {
    change: (steps) => [...steps.slice(0, fault.at === 'after_headers' ? 0 : firstSound), { kind: 'hang' }],
  };
};

/** The vendor in the hand of the conformance kit; a socket is a request. */
export const realtimeHandle = (vendor: FakeRealtime): VendorHandle => ({
  play: (fault) => vendor.play(fault === undefined ? {} : scriptOf(fault)),
  requests: () => vendor.upgrades(),
  openCalls: () => vendor.waiting() + vendor.sockets.filter(({ isOpen }) => isOpen).length,
  openSockets: () => vendor.openSockets(),
  pieces: () => vendor.sent(),
});
