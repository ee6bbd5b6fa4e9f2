import assert from 'node:assert/strict';
import { getEventListeners } from 'node:events';
import { type AnyAdapter, type SessionId, systemClock } from '@tth/core/plugin';
import { collect, contextFor, leave, openBefore, until, untilClosed, within } from './calls.ts';
import type { Check, Subject } from './check.ts';

/** Many calls are as many as fit in this time, but a fifth of them at least. */
const enoughMs = 500;

/** So many calls with one signal, every fifth of them left after its first item. */
const callAgainAndAgain = async (subject: Subject, times: number, signal: AbortSignal): Promise<void> => {
  const call = subject.say('Yes.');
  const endMs = performance.now() + enoughMs;
  for (let nth = 0; nth < times && (nth < times / 5 || performance.now() < endMs); nth++) {
    if (nth % 5 === 4) await leave(subject, call, signal);
    else await collect(subject, call, signal);
  }
};

type Session = Pick<AnyAdapter, 'inferStream'> & { close?(): Promise<void> };

const openSession = ({ started, limitMs }: Subject): Promise<Session> => {
  const { signal } = new AbortController();
  const context = { sessionId: 's_test' as SessionId, signal, clock: systemClock, log: started.log };
  const opening = started.adapter.openSession!(context) as Promise<Session>;
  return within(limitMs, 'Opening a session', opening);
};

const withoutSessions = ({ started }: Subject): string | undefined =>
  started.adapter.openSession === undefined ? 'it opens no sessions' : undefined;

/** A pool of idle connections may grow by so many before it is worth a word. */
const spareSockets = 4;

const untilFew = async ({ vendor, limitMs }: Subject, before: number): Promise<void> => {
  if (vendor === undefined) return;
  const few = (): boolean => vendor.openSockets() <= before + spareSockets;
  await until(limitMs / 5, `Connections are about as many as before, which was ${before}`, few);
};

/** Begins, ends, and everything that must not be left behind. */
export const lifecycleChecks: readonly Check[] = [
  {
    id: 'lifecycle.close-twice',
    sentence: 'can be closed twice, and closing it harms no other one',
    severity: 'must',
    run: async (subject) => {
      const other = await subject.make();

      for (const nth of ['first', 'second']) {
        await within(subject.limitMs, `The ${nth} close`, other.adapter.close());
      }
      await other.close();

      assert((await collect(subject, subject.say(subject.words.short))).length > 0);
    },
  },
  {
    id: 'lifecycle.no-leak',
    sentence: 'leaves no call and no connection behind after many calls',
    severity: 'must',
    needsVendor: true,
    run: async (subject) => {
      const vendor = subject.vendor!;
      const { signal } = new AbortController();
      await callAgainAndAgain(subject, 5, signal);
      const calls = await openBefore(subject);
      const sockets = vendor.openSockets();

      await callAgainAndAgain(subject, subject.manyCalls, signal);

      await untilClosed(subject, calls);
      await untilFew(subject, sockets);
    },
  },
  {
    id: 'lifecycle.listeners',
    sentence: 'leaves no listener behind on the signals of its calls',
    severity: 'should',
    run: async (subject) => {
      const { signal } = new AbortController();

      await callAgainAndAgain(subject, 10, signal);

      const left = (): number => getEventListeners(signal, 'abort').length;
      await until(subject.limitMs / 5, 'Listeners are gone', () => left() === 0).catch(() => {});
      assert.equal(left(), 0, `${left()} listeners are left on a signal after ten calls at most.`);
    },
  },
  {
    id: 'lifecycle.session',
    sentence:
      'serves the calls of a session, and frees what it held when that is closed, twice as well as once',
    severity: 'must',
    notFor: withoutSessions,
    run: async (subject) => {
      const { say, words, vendor, limitMs } = subject;
      const whole = await collect(subject, say(words.short));
      const use = async (calls: number): Promise<void> => {
        const session = await openSession(subject);
        for (let nth = 0; nth < calls; nth++) {
          subject.assertAlike(await collect(subject, say(words.short, session)), whole);
        }
        for (const _ of ['once', 'twice']) {
          await within(limitMs, 'Closing a session', Promise.resolve(session.close?.()));
        }
      };
      await use(2);
      const sockets = vendor?.openSockets() ?? 0;

      for (let nth = 0; nth <= spareSockets; nth++) await use(1);

      await untilFew(subject, sockets);
    },
  },
  {
    id: 'lifecycle.session-abort',
    sentence: 'serves the next call of a session after one that was aborted',
    severity: 'must',
    notFor: withoutSessions,
    run: async (subject) => {
      const { say, words, limitMs } = subject;
      const whole = await collect(subject, say(words.short));
      const abort = new AbortController();
      const session = await openSession(subject);
      const read = async (): Promise<void> => {
        const call = say(words.long, session);
        for await (const _ of call(contextFor(subject, abort.signal))) abort.abort();
      };

      await within(limitMs, 'The aborted call', read());

      subject.assertAlike(await collect(subject, say(words.short, session)), whole);
      await session.close?.();
    },
  },
];
