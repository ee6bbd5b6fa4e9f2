import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type DemandKind, type Grant, createDemand, roomUs } from './demand.ts';

const createRecorded = () => {
  const grants: Grant[] = [];
  return { demand: createDemand((grant) => grants.push(grant)), grants };
};

describe('demand', () => {
  it('grants the whole room when a connection opens, less what is still buffered from the last one', () => {
    const { demand, grants } = createRecorded();

    demand.open({ audio: 0, video: 0 });
    demand.close();
    demand.consumed('audio', 300_000);
    demand.open({ audio: 150_000, video: 500_000 });

    expect(grants).toEqual([
      { audioMs: 400, videoMs: 400 },
      { audioMs: 250, videoMs: 0 },
    ]);
  });

  it('grants again what was consumed, in batches of 100 ms', () => {
    const { demand, grants } = createRecorded();
    demand.open({ audio: 0, video: 0 });

    for (let n = 0; n < 5; n += 1) demand.consumed('audio', 40_000);
    demand.consumed('video', 40_000);

    expect(grants.slice(1)).toEqual([{ audioMs: 120, videoMs: 0 }]);
  });

  it('grants the rest, however little, when nothing is left to play', () => {
    const { demand, grants } = createRecorded();
    demand.open({ audio: 0, video: 0 });
    demand.consumed('audio', 7_000);
    demand.consumed('video', 40_000);

    demand.settle();
    demand.settle();

    expect(grants.slice(1)).toEqual([{ audioMs: 7, videoMs: 40 }]);
  });

  it('keeps grants back while it is held and makes up for them afterwards', () => {
    const { demand, grants } = createRecorded();
    demand.open({ audio: 0, video: 0 });

    demand.hold(true);
    demand.consumed('audio', 400_000);
    expect(grants).toHaveLength(1);
    demand.hold(false);

    expect(grants[1]).toEqual({ audioMs: 400, videoMs: 0 });
  });

  it('never lets a server that keeps to its grants have more than 400 ms of a kind outstanding', () => {
    const kinds = fc.constantFrom<DemandKind>('audio', 'video');
    const steps = fc.oneof(
      fc.record({ do: fc.constant('send'), kind: kinds, us: fc.integer({ min: 1, max: 200_000 }) }),
      fc.record({ do: fc.constant('consume'), kind: kinds, us: fc.integer({ min: 1, max: 200_000 }) }),
      fc.record({
        do: fc.constantFrom('settle', 'hold', 'release', 'reconnect'),
        kind: kinds,
        us: fc.constant(0),
      }),
    );
    fc.assert(
      fc.property(fc.array(steps, { maxLength: 200 }), (script) => {
        const room = { audio: 0, video: 0 };
        const buffered = { audio: 0, video: 0 };
        const demand = createDemand(({ audioMs, videoMs }) => {
          room.audio += Math.round(audioMs * 1000);
          room.video += Math.round(videoMs * 1000);
        });
        demand.open(buffered);
        for (const { do: action, kind, us } of script) {
          if (action === 'send' && room[kind] >= us) {
            room[kind] -= us;
            buffered[kind] += us;
          } else if (action === 'consume') {
            const taken = Math.min(us, buffered[kind]);
            buffered[kind] -= taken;
            demand.consumed(kind, taken);
          } else if (action === 'settle') demand.settle();
          else if (action === 'hold' || action === 'release') demand.hold(action === 'hold');
          else if (action === 'reconnect') {
            room.audio = 0;
            room.video = 0;
            demand.open(buffered);
          }
          for (const each of ['audio', 'video'] as const) {
            expect(room[each] + buffered[each]).toBeLessThanOrEqual(roomUs);
          }
        }
        demand.hold(false);
        demand.settle();
        for (const each of ['audio', 'video'] as const) expect(room[each] + buffered[each]).toBe(roomUs);
      }),
    );
  });
});
