import { createVirtualClock } from '@tth/testkit';
import { describe, expect, it } from 'vitest';
import { createListenerWatch } from './listener-watch.ts';

const start = () => {
  const clock = createVirtualClock();
  const notes: string[] = [];
  const watch = createListenerWatch({
    clock,
    silentMs: 2_000,
    lostMs: 10_000,
    onChange: (isSilent) => notes.push(isSilent ? 'silent' : 'speaks'),
    onLost: () => notes.push('lost'),
  });
  return { clock, notes, watch };
};

describe('a listener that should play', () => {
  it('is silent after two seconds without a word and lost after ten, once', async () => {
    const { clock, notes, watch } = start();
    watch.expect();

    await clock.advance(1_999);
    expect(notes).toEqual([]);
    await clock.advance(1);
    expect(notes).toEqual(['silent']);
    await clock.advance(7_999);
    expect(notes).toEqual(['silent']);
    await clock.advance(1);
    watch.expect();
    await clock.advance(60_000);

    expect(notes).toEqual(['silent', 'lost']);
    expect(clock.pendingTimers).toBe(0);
  });

  it('has two seconds more with every word', async () => {
    const { clock, notes, watch } = start();
    watch.expect();
    for (let n = 0; n < 20; n += 1) {
      await clock.advance(1_900);
      watch.spoke();
      watch.expect();
    }

    expect(notes).toEqual([]);
  });

  it('is itself again with a word', async () => {
    const { clock, notes, watch } = start();
    watch.expect();
    await clock.advance(3_000);

    watch.spoke();
    await clock.advance(60_000);

    expect(notes).toEqual(['silent', 'speaks']);
    expect(watch.isSilent).toBe(false);
  });

  it('owes nothing while there is nothing to play', async () => {
    const { clock, notes, watch } = start();
    watch.expect();
    await clock.advance(1_500);

    watch.rest();
    await clock.advance(60_000);

    expect(notes).toEqual([]);
    expect(clock.pendingTimers).toBe(0);
  });
});
