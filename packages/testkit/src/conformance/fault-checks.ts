import assert from 'node:assert/strict';
import { type ErrorCode, errorTable, isTthError } from '@tth/core/plugin';
import { type VendorFault, vendorFaults } from '../vendor-handle.ts';
import { collect, follow, openBefore, shown, untilClosed } from './calls.ts';
import type { Check, Subject } from './check.ts';

const ending: ReadonlySet<VendorFault['kind']> = new Set(['refuse', 'silent_end', 'cut', 'garbage']);

/** Faults after which there is nothing to be saved: the call fails. */
export const endingFaults: readonly VendorFault[] = vendorFaults.filter(({ kind }) => ending.has(kind));

const nameOf = (fault: VendorFault): string => Object.values(fault).join(' ');

/** What a call throws while the vendor plays this; `undefined`: it ended as if all were well. */
const errorAt = async (subject: Subject, fault: VendorFault): Promise<unknown> => {
  subject.vendor!.play(fault);
  const { error } = await follow(subject, subject.say(subject.words.long));
  subject.vendor!.play();
  return error;
};

const codeAt = async (subject: Subject, fault: VendorFault): Promise<ErrorCode> => {
  const error = await errorAt(subject, fault);
  assert(error !== undefined, 'The call ended as if all were well.');
  assert(isTthError(error), `It threw no TthError but ${shown(error)}`);
  return error.code;
};

const failsWith =
  (fault: VendorFault, expected: ErrorCode): Check['run'] =>
  async (subject) => {
    const code = await codeAt(subject, fault);
    assert.equal(code, expected, `${code} instead of ${expected}`);
  };

const failsAsProvider =
  (fault: VendorFault): Check['run'] =>
  async (subject) => {
    const code = await codeAt(subject, fault);
    assert(code.startsWith('provider.'), `It threw ${code}, which blames somebody else.`);
  };

const isUnharmed =
  (fault: VendorFault): Check['run'] =>
  async (subject) => {
    const { say, words, vendor } = subject;
    const whole = subject.contentOf(await collect(subject, say(words.short)));
    vendor!.play(fault);

    const content = subject.contentOf(await collect(subject, say(words.short)));

    assert(content === whole, 'The answer is another one than that of a vendor who is well.');
  };

/** A check that only a vendor who can be told to do wrong makes possible. */
const atFault = (id: string, sentence: string, run: Check['run']): Check => ({
  id,
  sentence,
  severity: 'must',
  needsVendor: true,
  run,
});

/** What a vendor may do wrong, and what the router has to learn of it. */
export const faultChecks: readonly Check[] = [
  atFault(
    'faults.key-refused',
    'fails with provider.misconfigured when the vendor refuses its key',
    failsWith({ kind: 'refuse', status: 401 }, 'provider.misconfigured'),
  ),
  atFault(
    'faults.rate-limited',
    'fails with provider.rate_limited and passes on how long the vendor asks to wait',
    async (subject) => {
      const error = await errorAt(subject, { kind: 'refuse', status: 429, retryAfterS: 7 });

      assert(isTthError(error), `It threw no TthError but ${shown(error)}`);
      assert.equal(error.code, 'provider.rate_limited');
      assert.equal(
        error.retryAfterMs,
        7_000,
        `retryAfterMs is ${String(error.retryAfterMs)} instead of 7000.`,
      );
    },
  ),
  atFault(
    'faults.server-error',
    'fails with provider.unavailable when the vendor breaks',
    failsWith({ kind: 'refuse', status: 500 }, 'provider.unavailable'),
  ),
  atFault(
    'faults.silent-end',
    'takes an answer that ends without a word for a failure',
    failsAsProvider({ kind: 'silent_end' }),
  ),
  atFault(
    'faults.closed',
    'takes an answer that breaks off for a failure',
    failsAsProvider({ kind: 'cut', how: 'fin' }),
  ),
  atFault(
    'faults.reset',
    'takes a connection that is reset in the middle for a failure',
    failsAsProvider({ kind: 'cut', how: 'rst' }),
  ),
  atFault(
    'faults.page',
    'takes a page in place of the answer for a failure',
    failsAsProvider({ kind: 'garbage', as: 'html' }),
  ),
  atFault(
    'faults.noise',
    'takes bytes that are nothing for a failure',
    failsAsProvider({ kind: 'garbage', as: 'noise' }),
  ),
  atFault(
    'faults.drip',
    'gives the whole answer of a vendor who is slow',
    isUnharmed({ kind: 'drip', everyMs: 5 }),
  ),
  atFault('faults.odd-sizes', 'gives the same answer however its bytes are cut', async (subject) => {
    await isUnharmed({ kind: 'recut', byteLength: subject.stage === 'llm' ? 7 : 481 })(subject);
  }),
  atFault('faults.known-codes', 'throws codes of the error table and nothing else', async (subject) => {
    for (const fault of endingFaults) {
      const error = await errorAt(subject, fault);
      if (error === undefined) continue;
      assert(isTthError(error), `At "${nameOf(fault)}" it threw no TthError but ${shown(error)}`);
      assert(Object.hasOwn(errorTable, error.code), `At "${nameOf(fault)}" it threw "${error.code}".`);
    }
  }),
  atFault(
    'faults.asked-once',
    'asks the vendor once per call, whatever comes of it: trying again is for the router',
    async (subject) => {
      for (const fault of endingFaults) {
        const before = subject.vendor!.requests();
        await errorAt(subject, fault);
        const asked = subject.vendor!.requests() - before;
        assert.equal(asked, 1, `At "${nameOf(fault)}" it asked ${asked} times.`);
      }
    },
  ),
  atFault(
    'faults.recovers',
    'is as good as before after each failure, with no call left open',
    async (subject) => {
      const { say, words } = subject;
      const open = await openBefore(subject);
      const whole = await collect(subject, say(words.short));
      for (const fault of endingFaults) {
        await errorAt(subject, fault);
        subject.assertAlike(await collect(subject, say(words.short)), whole);
      }
      await untilClosed(subject, open);
    },
  ),
];
