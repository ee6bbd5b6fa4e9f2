import { describe, expect, it } from 'vitest';
import { SimulatedClock } from 'xstate';
import type { AudioBlocked } from './audio-output.ts';
import { keepSounding } from './sound-keeper.ts';

/** A context whose device does what the test says, in a page that can go away and return. */
const createContext = () => {
  const clock = new SimulatedClock();
  const events = new EventTarget();
  const returns = new Set<() => void>();
  const audible: boolean[] = [];
  const blocked: AudioBlocked[] = [];
  let asked = 0;
  const context = {
    state: 'suspended',
    resume: () => {
      asked += 1;
      return Promise.resolve();
    },
    addEventListener: events.addEventListener.bind(events),
    removeEventListener: events.removeEventListener.bind(events),
  };
  const stop = keepSounding(
    context,
    {
      onReturn: (listener) => {
        returns.add(listener);
        return () => returns.delete(listener);
      },
    },
    clock,
    { onAudible: (is) => audible.push(is), onBlocked: (why) => blocked.push(why) },
  );
  return {
    clock,
    audible,
    blocked,
    stop,
    asked: () => asked,
    become: (state: string): void => {
      context.state = state;
      events.dispatchEvent(new Event('statechange'));
    },
    comeBack: (): void => returns.forEach((listener) => listener()),
  };
};

describe('sound', () => {
  it('waits for its first click without asking by itself', () => {
    const { comeBack, clock, asked, blocked } = createContext();

    comeBack();
    clock.increment(5_000);

    expect(asked()).toBe(0);
    expect(blocked).toEqual([]);
  });

  it.each(['interrupted', 'suspended'])('is asked for again at once when it becomes %s', (state) => {
    const { become, clock, asked, audible, blocked } = createContext();
    become('running');

    become(state);
    expect(asked()).toBe(1);
    become('running');
    clock.increment(5_000);

    expect(audible).toEqual([true, false, true]);
    expect(blocked).toEqual([]);
  });

  it('says that it was taken away when it does not come back by itself', () => {
    const { become, clock, blocked } = createContext();
    become('running');

    become('interrupted');
    clock.increment(5_000);

    expect(blocked.map(({ reason }) => reason)).toEqual(['interrupted']);
  });

  it('is asked for again when the page or a loudspeaker returns', () => {
    const { become, clock, comeBack, asked, audible } = createContext();
    become('running');
    become('interrupted');
    clock.increment(60_000);

    comeBack();
    become('running');

    expect(asked()).toBe(2);
    expect(audible.at(-1)).toBe(true);
  });

  it('is left alone while it runs, and once it is over', () => {
    const { become, comeBack, stop, asked } = createContext();
    become('running');
    comeBack();
    become('closed');
    stop();
    become('suspended');
    comeBack();

    expect(asked()).toBe(0);
  });
});
