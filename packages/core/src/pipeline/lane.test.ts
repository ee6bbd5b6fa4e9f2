import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { demandOf } from './demand.ts';
import { Lane } from './lane.ts';

const never = new AbortController().signal;
const laneOf = (capMs: number) => new Lane<number>({ capMs, durationMs: (item) => item });
const turn = (): Promise<void> => new Promise(setImmediate);

describe('lane', () => {
  it('keeps order, loses nothing, and holds one item more than its cap at most', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.integer({ min: 1, max: 50 }), { maxLength: 600 }),
        fc.integer({ min: 1, max: 300 }),
        fc.array(fc.nat(4), { minLength: 1 }),
        async (items, capMs, bursts) => {
          const lane = laneOf(capMs);
          let most = 0;
          const produce = async (): Promise<void> => {
            for (const item of items) {
              await lane.room(never);
              lane.push(item);
              most = Math.max(most, lane.loadMs);
            }
            lane.close();
          };
          const taken: number[] = [];
          const consume = async (): Promise<void> => {
            let at = 0;
            for await (const item of lane) {
              taken.push(item);
              if (at++ % (bursts[at % bursts.length]! + 1) === 0) await turn();
            }
          };
          await Promise.all([produce(), consume()]);

          expect(taken).toEqual(items);
          expect(most).toBeLessThan(capMs + 50);
          expect(lane.loadMs).toBe(0);
          expect(lane.ended).toBe(true);
        },
      ),
      { numRuns: 40 },
    );
  });

  it('has room at once, or when enough was taken, when it is closed or when nobody wants it any more', async () => {
    const ways: [string, (lane: Lane<number>, abort: AbortController) => void][] = [
      ['taken', (lane) => lane.shift()],
      ['closed', (lane) => lane.close()],
      ['cleared', (lane) => lane.clear()],
      ['aborted', (_, abort) => abort.abort()],
    ];
    for (const [, makeRoom] of ways) {
      const lane = laneOf(10);
      const abort = new AbortController();
      expect(lane.room(abort.signal)).toBeUndefined();
      lane.push(10);
      expect(lane.isFull).toBe(true);
      let hasRoom = false;
      void lane.room(abort.signal)?.then(() => (hasRoom = true));
      await turn();
      expect(hasRoom).toBe(false);

      makeRoom(lane, abort);
      await turn();

      expect(hasRoom).toBe(true);
    }
  });

  it('takes nothing once it is closed, and gives what is inside', () => {
    const lane = laneOf(10);
    lane.push(1);
    lane.close();

    expect(lane.push(2)).toBe(false);
    expect(lane.ended).toBe(false);
    expect([lane.peek(), lane.shift(), lane.shift()]).toEqual([1, 1, undefined]);
    expect(lane.ended).toBe(true);
  });

  it('ends its reader when it is cleared', async () => {
    const lane = laneOf(10);
    const taken: number[] = [];
    const reading = (async () => {
      for await (const item of lane) taken.push(item);
    })();
    lane.push(1);
    await turn();

    lane.push(2);
    lane.clear();
    await reading;

    expect(taken).toEqual([1]);
  });
});

describe('demand', () => {
  it('waits for every lane that is full', async () => {
    const lanes = [laneOf(1), laneOf(1), laneOf(1)] as const;
    const demand = demandOf(lanes);
    expect(demand(never)).toBeUndefined();
    lanes[0].push(5);
    lanes[2].push(5);
    let wanted = false;
    void demand(never)?.then(() => (wanted = true));

    lanes[0].shift();
    await turn();
    expect(wanted).toBe(false);
    lanes[2].shift();
    await turn();

    expect(wanted).toBe(true);
  });
});

describe('a lane that is revised', () => {
  it('holds what became of each item, weighs it anew and calls its producer back', async () => {
    const lane = laneOf(10);
    for (const item of [1, 5, 6, 7]) lane.push(item);
    lane.shift();
    let called = false;
    void lane.room(never)?.then(() => (called = true));

    lane.revise((item) => (item > 5 ? undefined : item - 1));
    await turn();

    expect([lane.loadMs, called, lane.shift(), lane.shift()]).toEqual([4, true, 4, undefined]);
  });
});
