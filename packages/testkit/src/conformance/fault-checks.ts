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

/** What a vendor may do wrong, and what the router has to learn of it. */
export const faultChecks: readonly Check[] = [
  {
    id: 'faults.key-refused',
    sentence: 'fails with provider.misconfigured when the vendor refuses its key',
    severity: 'must',
    needsVendor: true,
    run: failsWith({ kind: 'refuse', status: 401 }, 'provider.misconfigured'),
  },
  {
    id: 'faults.rate-limited',
    sentence: 'fails with provider.rate_limited and passes on how long the vendor asks to wait',
    severity: 'must',
    needsVendor: true,
    run: async (subject) => {
      const error = await errorAt(subject, { kind: 'refuse', status: 429, retryAfterS: 7 });

      assert(isTthError(error), `It threw no TthError but ${shown(error)}`);
      assert.equal(error.code, 'provider.rate_limited');
      assert.equal(
        error.retryAfterMs,
        7_000,
        `retryAfterMs is ${String(error.retryAfterMs)} instead of 7000.`,
      );
    },
  },
  {
    id: 'faults.server-error',
    sentence: 'fails with provider.unavailable when the vendor breaks',
    severity: 'must',
    needsVendor: true,
    run: failsWith({ kind: 'refuse', status: 500 }, 'provider.unavailable'),
  },
  {
    id: 'faults.silent-end',
    sentence: 'takes an answer that ends without a word for a failure',
    severity: 'must',
    needsVendor: true,
    run: failsAsProvider({ kind: 'silent_end' }),
  },
  {
    id: 'faults.closed',
    sentence: 'takes an answer that breaks off for a failure',
    severity: 'must',
    needsVendor: true,
    run: failsAsProvider({ kind: 'cut', how: 'fin' }),
  },
  {
    id: 'faults.reset',
    sentence: 'takes a connection that is reset in the middle for a failure',
    severity: 'must',
    needsVendor: true,
    run: failsAsProvider({ kind: 'cut', how: 'rst' }),
  },
  {
    id: 'faults.page',
    sentence: 'takes a page in place of the answer for a failure',
    severity: 'must',
    needsVendor: true,
    run: failsAsProvider({ kind: 'garbage', as: 'html' }),
  },
  {
    id: 'faults.noise',
    sentence: 'takes bytes that are nothing for a failure',
    severity: 'must',
    needsVendor: true,
    run: failsAsProvider({ kind: 'garbage', as: 'noise' }),
  },
  {
    id: 'faults.drip',
    sentence: 'gives the whole answer of a vendor who is slow',
    severity: 'must',
    needsVendor: true,
    run: isUnharmed({ kind: 'drip', everyMs: 5 }),
  },
  {
    id: 'faults.odd-sizes',
    sentence: 'gives the same answer however its bytes are cut',
    severity: 'must',
    needsVendor: true,
    run: async (subject) => {
      await isUnharmed({ kind: 'recut', byteLength: subject.stage === 'llm' ? 7 : 481 })(subject);
    },
  },
  {
    id: 'faults.known-codes',
    sentence: 'throws codes of the error table and nothing else',
    severity: 'must',
    needsVendor: true,
    run: async (subject) => {
      for (const fault of endingFaults) {
        const error = await errorAt(subject, fault);
        if (error === undefined) continue;
        assert(isTthError(error), `At "${nameOf(fault)}" it threw no TthError but ${shown(error)}`);
        assert(Object.hasOwn(errorTable, error.code), `At "${nameOf(fault)}" it threw "${error.code}".`);
      }
    },
  },
  {
    id: 'faults.asked-once',
    sentence: 'asks the vendor once per call, whatever comes of it: trying again is for the router',
    severity: 'must',
    needsVendor: true,
    run: async (subject) => {
      for (const fault of endingFaults) {
        const before = subject.vendor!.requests();
        await errorAt(subject, fault);
        const asked = subject.vendor!.requests() - before;
        assert.equal(asked, 1, `At "${nameOf(fault)}" it asked ${asked} times.`);
      }
    },
  },
  {
    id: 'faults.recovers',
    sentence: 'is as good as before after each failure, with no call left open',
    severity: 'must',
    needsVendor: true,
    run: async (subject) => {
      const { say, words } = subject;
      const open = await openBefore(subject);
      const whole = await collect(subject, say(words.short));
      for (const fault of endingFaults) {
        await errorAt(subject, fault);
        subject.assertAlike(await collect(subject, say(words.short)), whole);
      }
      await untilClosed(subject, open);
    },
  },
];
