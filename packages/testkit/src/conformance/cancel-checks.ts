import assert from 'node:assert/strict';
import type { VendorFault } from '../vendor-handle.ts';
import { collect, contextFor, follow, leave, openBefore, until, untilClosed, within } from './calls.ts';
import type { Check, Subject } from './check.ts';

/** Follows a call and aborts it once it has given `after` items. Resolves with the items that came later. */
const itemsAfterAbort = async (subject: Subject, after: number): Promise<number> => {
  const abort = new AbortController();
  let items = 0;
  let late = 0;
  const read = async (): Promise<void> => {
    for await (const _ of subject.say(subject.words.long)(contextFor(subject, abort.signal))) {
      if (abort.signal.aborted) late += 1;
      items += 1;
      if (items === after) abort.abort();
    }
  };
  await within(subject.limitMs, `The call that was aborted after item ${after}`, read());
  assert(items >= after, `The call gave ${items} items of itself; the checks need ${after}.`);
  return late;
};

const isOfUse = async (subject: Subject): Promise<void> => {
  const items = await collect(subject, subject.say(subject.words.short));
  assert(items.length > 0, 'The next call gave nothing.');
};

/** Begins a call of a vendor that hangs, aborts it there, and sees the connection closed. */
const abortsWhileVendorHangs = async (subject: Subject, fault: VendorFault): Promise<void> => {
  const vendor = subject.vendor!;
  const open = await openBefore(subject);
  const [requests, pieces] = [vendor.requests(), vendor.pieces()];
  const hasItem = fault.kind === 'hang' && fault.at === 'after_first_item';
  vendor.play(fault);
  const abort = new AbortController();

  const ending = follow(subject, subject.say(subject.words.long), abort.signal);
  ending.catch(() => {});
  await until(subject.limitMs, 'The vendor is asked', () => vendor.requests() > requests);
  if (hasItem) await until(subject.limitMs, 'The first item is sent', () => vendor.pieces() > pieces);
  const sent = vendor.pieces();
  abort.abort();

  const { error } = await ending;
  assert.equal(error, undefined, 'The aborted call threw something.');
  await untilClosed(subject, open);
  assert.equal(vendor.requests(), requests + 1, 'The vendor was asked again.');
  assert(vendor.pieces() <= sent + 1, 'The vendor could go on after the abort.');
};

/** An abort ends a call, at once and without a trace, whenever it comes. */
export const cancelChecks: readonly Check[] = [
  {
    id: 'cancel.before-start',
    sentence: 'gives nothing to a call that is aborted already, and asks no vendor for it',
    severity: 'must',
    run: async (subject) => {
      const before = subject.vendor?.requests();

      const { items, error } = await follow(subject, subject.say(subject.words.long), AbortSignal.abort());

      assert.equal(error, undefined, 'It threw something.');
      assert.equal(items.length, 0, 'It gave an item.');
      assert.equal(subject.vendor?.requests(), before, 'It asked the vendor.');
    },
  },
  {
    id: 'cancel.before-first-item',
    sentence: 'ends at an abort that comes while it has not answered yet',
    severity: 'must',
    run: async (subject) => {
      const abort = new AbortController();

      const ending = follow(subject, subject.say(subject.words.long), abort.signal);
      abort.abort();

      const { items, error } = await ending;
      assert.equal(error, undefined, 'It threw something.');
      assert(items.length <= 1, `It gave ${items.length} items.`);
      await isOfUse(subject);
    },
  },
  {
    id: 'cancel.after-item',
    sentence: 'ends within one item of an abort and stays of use',
    severity: 'must',
    runsLive: true,
    run: async (subject) => {
      for (const after of [1, 2]) {
        const late = await itemsAfterAbort(subject, after);
        assert(late <= 1, `${late} items came after the abort.`);
      }
      await isOfUse(subject);
    },
  },
  {
    id: 'cancel.after-end',
    sentence: 'does not mind an abort after the end, nor a reader who leaves',
    severity: 'must',
    run: async (subject) => {
      const { say, words } = subject;
      const abort = new AbortController();
      await collect(subject, say(words.short), abort.signal);

      abort.abort();
      await leave(subject, say(words.long));

      await isOfUse(subject);
    },
  },
  {
    id: 'cancel.while-connecting',
    sentence: 'closes the connection at an abort while the vendor has not even accepted',
    severity: 'must',
    needsVendor: true,
    run: (subject) => abortsWhileVendorHangs(subject, { kind: 'hang', at: 'before_headers' }),
  },
  {
    id: 'cancel.while-waiting',
    sentence: 'closes the connection at an abort while the vendor has accepted and says nothing',
    severity: 'must',
    needsVendor: true,
    run: (subject) => abortsWhileVendorHangs(subject, { kind: 'hang', at: 'after_headers' }),
  },
  {
    id: 'cancel.while-stalled',
    sentence: 'closes the connection at an abort while the vendor stalls in the middle',
    severity: 'must',
    needsVendor: true,
    run: (subject) => abortsWhileVendorHangs(subject, { kind: 'hang', at: 'after_first_item' }),
  },
  {
    id: 'cancel.within-one-piece',
    sentence: 'closes the connection before the vendor has sent a second piece after an abort',
    severity: 'must',
    needsVendor: true,
    run: async (subject) => {
      const vendor = subject.vendor!;
      const open = await openBefore(subject);
      vendor.play({ kind: 'drip', everyMs: 60 });
      const abort = new AbortController();
      let sent = 0;
      const read = async (): Promise<void> => {
        for await (const _ of subject.say(subject.words.long)(contextFor(subject, abort.signal))) {
          if (!abort.signal.aborted) sent = vendor.pieces();
          abort.abort();
        }
      };

      await within(subject.limitMs, 'The aborted call', read());
      await untilClosed(subject, open);

      const late = vendor.pieces() - sent;
      assert(late <= 1, `The vendor sent ${late} more pieces.`);
    },
  },
  {
    id: 'cancel.reader-leaves',
    sentence: 'closes the connection when its reader leaves',
    severity: 'must',
    needsVendor: true,
    run: async (subject) => {
      const open = await openBefore(subject);
      subject.vendor!.play({ kind: 'hang', at: 'after_first_item' });

      await leave(subject, subject.say(subject.words.long));

      await untilClosed(subject, open);
    },
  },
];
