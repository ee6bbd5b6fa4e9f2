import { createVirtualClock } from '@tth/testkit';
import { describe, expect, it } from 'vitest';
import { defaultPolicies } from '../domain/policies.ts';
import { type LinkReport, createLinkWatch } from './link-watch.ts';

const { link: policy } = defaultPolicies;

const start = () => {
  const clock = createVirtualClock();
  const watch = createLinkWatch(clock, policy);
  const levels: string[] = [];
  const unsent = { bytes: 0 };
  watch.connect(() => unsent.bytes);
  watch.follow((level) => levels.push(level));
  /** The same for a time, every 100 ms. */
  const keep = async (forMs: number, look: () => void): Promise<void> => {
    for (let ms = 0; ms < forMs; ms += 100) {
      await clock.advance(100);
      look();
    }
  };
  return { clock, watch, levels, unsent, keep };
};

const well: LinkReport = { inHandMs: 300, underWayMs: 20, ranDry: false };

describe('the link of a client', () => {
  it.each<{ what: string; report: LinkReport; level: string }>([
    { what: 'has its sound in hand', report: well, level: 'full' },
    {
      what: 'has little in hand while more is under way',
      report: { inHandMs: 40, underWayMs: 300, ranDry: false },
      level: 'reduced_size',
    },
    {
      what: 'has little in hand because there is no more',
      report: { inHandMs: 40, underWayMs: 0, ranDry: false },
      level: 'full',
    },
    {
      what: 'ran dry because there was no more',
      report: { inHandMs: 0, underWayMs: 0, ranDry: true },
      level: 'full',
    },
  ])('whose client $what is asked for $level', async ({ report, level }) => {
    const { watch, keep } = start();

    await keep(1_000, () => watch.heard(report));

    expect(watch.level).toBe(level);
  });

  it('is asked for less at once when the client ran dry and more was under way', () => {
    const { watch, levels } = start();

    watch.heard({ inHandMs: 0, underWayMs: 400, ranDry: true });

    expect(levels).toEqual(['reduced_size']);
  });

  it('is asked for less while more waits in our own memory than is stated', async () => {
    const { watch, levels, unsent, keep } = start();

    unsent.bytes = policy.unsentBytes;
    await keep(2_000, () => watch.look(false));
    const before = [...levels];
    unsent.bytes += 1;
    await keep(700, () => watch.look(false));

    expect([before, levels]).toEqual([[], ['reduced_size']]);
  });

  it('carries the sound first: pictures wait while that is thin, and go on when it is not or nobody says so any more', async () => {
    const { clock, watch } = start();
    const thin = (): void => watch.heard({ inHandMs: 40, underWayMs: 300, ranDry: false });
    const held: boolean[] = [watch.holdsPictures];

    thin();
    held.push(watch.holdsPictures);
    watch.heard(well);
    held.push(watch.holdsPictures);
    thin();
    await clock.advance(1_000);
    held.push(watch.holdsPictures);

    expect(held).toEqual([false, true, false, false]);
  });

  it('keeps its level from turn to turn and for a client that comes back; a still image is tried with pictures', async () => {
    const { watch, keep } = start();
    await keep(5_000, () => watch.late());
    const pressed = watch.level;

    watch.rest();
    const next = watch.level;
    watch.connect(() => 0);

    expect([pressed, next, watch.level]).toEqual(['still_image', 'reduced_fps', 'reduced_fps']);
  });

  it('is left alone while nobody can do anything about it', async () => {
    const { watch, keep, unsent } = start();
    watch.rest();
    unsent.bytes = 10 * policy.unsentBytes;

    await keep(5_000, () => watch.late());

    expect([watch.level, watch.holdsPictures]).toEqual(['full', false]);
  });
});
