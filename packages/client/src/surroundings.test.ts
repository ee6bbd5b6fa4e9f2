import { describe, expect, it } from 'vitest';
import { SimulatedClock } from 'xstate';
import { watchForSleep } from './surroundings.ts';

const startWatch = ({ isHidden = false } = {}) => {
  const clock = new SimulatedClock();
  let sleptMs = 0;
  let wakes = 0;
  const stop = watchForSleep(
    clock,
    () => clock.now() + sleptMs,
    () => isHidden,
    () => (wakes += 1),
  );
  return {
    pass: (ms: number): void => {
      for (let passed = 0; passed < ms; passed += 1_000) clock.increment(1_000);
    },
    /** The wall clock goes on and the page's own clock stands still. */
    sleep: (ms: number): void => {
      sleptMs += ms;
    },
    stop,
    wakes: () => wakes,
  };
};

describe('a sleep', () => {
  it('is noticed once, although the clock of the page stood still', () => {
    const { pass, sleep, wakes } = startWatch();
    pass(20_000);
    expect(wakes()).toBe(0);

    sleep(600_000);
    pass(30_000);

    expect(wakes()).toBe(1);
  });

  it('is no timer that a hidden page gets once a minute', () => {
    const { pass, sleep, wakes } = startWatch({ isHidden: true });

    sleep(60_000);
    pass(10_000);
    expect(wakes()).toBe(0);
    sleep(600_000);
    pass(10_000);

    expect(wakes()).toBe(1);
  });

  it('is not looked for any more after the end of the watch', () => {
    const { pass, sleep, stop, wakes } = startWatch();

    stop();
    sleep(600_000);
    pass(20_000);

    expect(wakes()).toBe(0);
  });
});
