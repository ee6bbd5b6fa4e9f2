import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';

const root = path.resolve(import.meta.dirname, '..');

const scripted = 'test/e2e/faults.e2e.test.ts';
const recovery = 'test/e2e/fault-recovery.e2e.test.ts';
const vendors = 'test/e2e/fault-table.e2e.test.ts';
const refusals = 'test/e2e/fault-refusals.e2e.test.ts';
const interrupts = 'test/e2e/fault-interrupts.e2e.test.ts';
const alignment = 'test/e2e/fault-alignment.e2e.test.ts';
const slowReader = 'test/e2e/slow-reader.e2e.test.ts';
const interruptUnits = 'packages/core/src/runtime/interrupt.test.ts';
const inEveryState = 'stops a turn that is $state ($scripts) in the same tick';

type Place = readonly [file: string, title: string];

/** Faults of providers, races of interrupts and slow clients, each with the tests that show it: a file, and a part of a title in it. */
const rows: Readonly<Record<string, readonly Place[]>> = {
  A1: [
    [scripted, 'A1: a model that refuses'],
    [vendors, 'A1: that refuses connections costs one announced change'],
  ],
  A2: [
    [scripted, 'A2: a model that never answers'],
    [vendors, 'A2: that never answers'],
  ],
  A3: [
    [scripted, 'A3: a model that drips'],
    [recovery, 'A3: a model that answers slowly loses its place'],
  ],
  A4: [[vendors, 'A4: is left although bytes of its event keep coming']],
  A5: [
    [scripted, 'A5: a model that dies in the middle'],
    [vendors, 'A5: is reset'],
  ],
  A6: [
    [scripted, 'A6: a voice that dies in the middle of a sentence'],
    [vendors, 'A6: and closes in the middle is replaced at the next word'],
  ],
  A7: [[scripted, 'A7: a face that $row']],
  A8: [
    [scripted, 'A8: no nonsense of a provider leaves it'],
    [vendors, 'A8: that sends one event that cannot be read loses it'],
    [vendors, 'A8: ends with half a sample'],
  ],
  A9: [[vendors, 'A9: and whose sound is made at %i Hz']],
  A10: [[vendors, 'A10: that is far faster than real time']],
  A11: [[alignment, 'A11: a voice at 0.7 of real time']],
  A12: [
    [alignment, 'A12: pictures that stall for a moment are held'],
    [alignment, 'A12: pictures that stall for good are announced as lost'],
  ],
  A13: [
    [alignment, 'A13: a face at 0.8 of real time loses pictures'],
    [alignment, 'A13: a face that cannot keep up with fewer pictures either'],
  ],
  A14: [[vendors, 'A14: and whose times $what']],
  A15: [
    [scripted, 'A15: a model that ends twice'],
    [vendors, 'A15: that goes on after its end'],
  ],
  A16: [[vendors, 'A16: whose event has 50 MB']],
  A17: [
    [recovery, 'A17: a model that wants to be left alone'],
    [refusals, 'A17: a model that says $said when to come back'],
  ],
  A18: [
    [recovery, 'A18: a model that refuses our key is asked once'],
    [refusals, 'A18: a key that is refused is used once'],
  ],
  A19: [
    [recovery, 'A19: what $who says when it fails stays here'],
    [vendors, 'A19: whose error page holds secrets'],
  ],
  A20: [
    [recovery, 'A20: with every model down'],
    [refusals, 'A20: with every model gone'],
  ],
  A21: [[recovery, 'A21: a model that comes and goes']],
  A22: [
    [refusals, 'A22: a certificate that has ended or is of another host'],
    [refusals, 'A22: a vendor whose name leads nowhere'],
  ],
  A23: [[vendors, 'A23: that closes an idle connection as a call comes']],
  A24: [[scripted, 'A24: are reported truly before the first sound']],
  I1: [[interruptUnits, 'is answered and changes nothing when no turn runs']],
  I2: [[interruptUnits, inEveryState]],
  I3: [[interruptUnits, inEveryState]],
  I4: [[interruptUnits, inEveryState]],
  I5: [[interruptUnits, inEveryState]],
  I6: [[interruptUnits, inEveryState]],
  I7: [[interruptUnits, inEveryState]],
  I8: [[interruptUnits, 'in the very tick of the end of a turn finds it ended']],
  I9: [[interruptUnits, 'stops one turn once, however often it comes']],
  I10: [[interruptUnits, 'for an older turn leaves the running one alone']],
  I11: [
    [interrupts, 'I11: while another voice takes over'],
    [interrupts, 'I11: while another model takes over'],
  ],
  I12: [
    [interrupts, 'I12: during a probe says nothing of the provider'],
    [interrupts, 'I12: after the first words of a probe'],
  ],
  I13: [[interruptUnits, 'followed at once by a new question stops the old turn before the new one begins']],
  I17: [
    [interruptUnits, 'I17: that meets the error of $who'],
    [interruptUnits, 'I17: in the tick in which a provider fails'],
  ],
  I18: [[interruptUnits, 'loses to the closing of the session']],
  I19: [[interrupts, 'I19: nothing of a face that goes on after it was told to stop']],
  I20: [['packages/core/src/runtime/turn-laws.test.ts', 'ends each accepted turn once']],
  N1: [
    [slowReader, 'N1: a client that never reads'],
    [alignment, 'N1: a client with flow control that says nothing'],
    [alignment, 'N1: a client that speaks again in time'],
  ],
  N12: [[alignment, 'N12: a client without flow control']],
};

/** Of the faults between server and client, those that are slowness and silence. */
const slowness = ['N1', 'N12'];

/** Rows that need a session to go on in another process. */
const afterResume = ['I14', 'I15', 'I16'];

const numbered = (letter: string, count: number): string[] =>
  Array.from({ length: count }, (_, index) => `${letter}${index + 1}`);

describe('the fault table', () => {
  it('has a test for every provider fault, every interrupt race and every slow client', () => {
    const known = [...Object.keys(rows), ...afterResume];

    expect(known.toSorted()).toEqual([...numbered('A', 24), ...numbered('I', 20), ...slowness].toSorted());
  });

  it.each(Object.entries(rows))('%s has its tests where it says', (_row, places) => {
    const missing = places.filter(
      ([file, title]) => !readFileSync(path.join(root, file), 'utf8').includes(title),
    );

    expect(missing).toEqual([]);
  });
});
