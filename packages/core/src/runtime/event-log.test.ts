import { createVirtualClock } from '@tth/testkit';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { LogId } from '../domain/ids.ts';
import { EventHistory } from './event-log.ts';

const logOf = (events: number, limit: number): EventHistory => {
  const log = new EventHistory('l_1' as LogId, createVirtualClock(), limit);
  for (let i = 0; i < events; i++) log.append({ type: 'pong', t: i });
  return log;
};

describe('event log', () => {
  it('gives all that came after a number, or nothing when a part of it is gone', () => {
    fc.assert(
      fc.property(fc.nat(60), fc.integer({ min: 1, max: 10 }), fc.nat(70), (events, limit, after) => {
        const missed = logOf(events, limit).after('l_1', after);

        if (missed === undefined) {
          expect(after > events || events - after > limit).toBe(true);
        } else {
          expect(missed.map(({ seq }) => seq)).toEqual(
            Array.from({ length: events - after }, (_, i) => after + 1 + i),
          );
        }
        if (after <= events && events - after <= limit) expect(missed).toBeDefined();
      }),
    );
  });

  it('knows nothing of another log', () => {
    expect(logOf(3, 10).after('l_2', 1)).toBeUndefined();
  });

  it('does not grow for ever', () => {
    const log = logOf(10_000, 100);

    expect(log.after('l_1', 9_900)).toHaveLength(100);
    expect(log.after('l_1', 9_000)).toBeUndefined();
    expect(log.lastSeq).toBe(10_000);
  });
});
