import assert from 'node:assert/strict';
import { inspect } from 'node:util';
import { follow, within } from './calls.ts';
import type { Check, Subject } from './check.ts';
import { endingFaults } from './fault-checks.ts';

/** A word that no provider says of itself. */
const marker = 'quinquagesima';

/** Everything that a reader of logs could see of a value, causes and hidden fields included. */
const written = (value: unknown): string =>
  inspect(value, { depth: 20, showHidden: true, maxStringLength: null, maxArrayLength: null });

/** Calls, asks after the health and meets every failure. Resolves with all that was logged and thrown. */
const traceOf = async (subject: Subject): Promise<string> => {
  const { started, vendor, limitMs } = subject;
  const from = started.log.lines.length;
  const call = subject.say(`The word of the day is ${marker}.`);
  const errors: unknown[] = [];
  const health = async (): Promise<unknown> => started.adapter.health(new AbortController().signal);
  errors.push((await follow(subject, call)).error);
  errors.push(await within(limitMs, 'The health check', health()).catch((error: unknown) => error));
  for (const fault of vendor === undefined ? [] : endingFaults) {
    vendor!.play(fault);
    errors.push((await follow(subject, call)).error);
  }
  vendor?.play();
  return written([errors, started.log.lines.slice(from)]);
};

/** A secret as it is, and as headers and addresses carry it. */
const formsOf = (secret: string): string[] => [
  secret,
  encodeURIComponent(secret),
  Buffer.from(secret).toString('base64').replace(/=+$/, ''),
];

/** What may be in no log and in no error. */
export const privacyChecks: readonly Check[] = [
  {
    id: 'privacy.secrets',
    sentence: 'keeps its secrets out of logs and errors',
    severity: 'must',
    runsLive: true,
    notFor: ({ started }) => (started.revealed.size === 0 ? 'it asks for no secret' : undefined),
    run: async (subject) => {
      const trace = await traceOf(subject);

      for (const secret of subject.started.revealed) {
        assert(
          !formsOf(secret).some((form) => trace.includes(form)),
          'A secret is in a log line or an error.',
        );
      }
    },
  },
  {
    id: 'privacy.words',
    sentence: 'keeps what people say out of logs and errors',
    severity: 'must',
    runsLive: true,
    run: async (subject) => {
      assert(!(await traceOf(subject)).includes(marker), 'Words of a call are in a log line or an error.');
    },
  },
];
