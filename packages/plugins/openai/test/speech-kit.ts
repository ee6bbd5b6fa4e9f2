import type { VendorFault, VendorHandle } from '@tth/testkit';
import { type SpeechScript, type SpeechServer, after, recut } from './fake-openai-speech.ts';
import { piece } from './speech-answers.ts';

const retryAfter = (seconds: number | undefined): Readonly<Record<string, string>> =>
  seconds === undefined ? {} : { 'retry-after': String(seconds) };

/** Enough pieces for an item, whatever the form: a header and a run of sound. */
const firstPieces = 2;

/** The script that plays a fault of the conformance kit. */
const scriptOf = (fault: VendorFault): SpeechScript => {
  if (fault.kind === 'refuse') {
    const error = { message: 'no', type: 'x', param: null, code: null };
    return { refusal: { status: fault.status, headers: retryAfter(fault.retryAfterS), body: { error } } };
  }
  if (fault.kind === 'silent_end') return { change: () => [] };
  if (fault.kind === 'cut') return { change: after(firstPieces, { kind: 'die', how: fault.how }) };
  if (fault.kind === 'recut') return { change: recut(fault.byteLength) };
  if (fault.kind === 'drip') {
    const wait = { kind: 'wait', ms: fault.everyMs } as const;
    return { change: (steps) => steps.flatMap((step) => [step, wait]) };
  }
  if (fault.kind === 'garbage') {
    const page = piece('<html><body>Bad gateway</body></html>');
    // An odd number of bytes is no sound in any form.
    const noise = [piece('{{{'), piece('\n\n{{{{\n\n')];
    return fault.as === 'html' ? { contentType: 'text/html', change: () => [page] } : { change: () => noise };
  }
  if (fault.at === 'before_headers') return { isMute: true };
  return { change: after(fault.at === 'after_headers' ? 0 : firstPieces, { kind: 'hang' }) };
};

/** The server in the hand of the conformance kit. */
export const speechHandle = (server: SpeechServer): VendorHandle => ({
  play: (fault) => server.play(fault === undefined ? {} : scriptOf(fault)),
  requests: () => server.calls.length,
  openCalls: () => server.calls.filter(({ state }) => state === 'open').length,
  openSockets: () => server.openSockets(),
  pieces: () => server.calls.reduce((sum, { pieces }) => sum + pieces, 0),
});
