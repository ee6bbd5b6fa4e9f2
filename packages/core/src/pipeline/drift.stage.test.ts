import { createVirtualClock } from '@tth/testkit';
import { describe, expect, it } from 'vitest';
import { p99, simulate } from '../../test/simulated-hour.ts';
import { createQosMonitor } from '../alignment/qos.ts';
import { type TurnAlignment, neutralControls } from '../domain/controls.ts';
import type { MediaItem } from '../domain/media.ts';
import { defaultPolicies } from '../domain/policies.ts';
import { createDriftStage } from './drift.stage.ts';

const picture = (ptsMs: number, more: Partial<MediaItem> = {}): MediaItem => ({
  kind: 'video',
  codec: 'h264',
  turn: 1,
  epoch: 1,
  sentence: 0,
  ptsUs: ptsMs * 1000,
  durationUs: 40_000,
  key: true,
  sentenceEnd: false,
  data: new Uint8Array(0),
  ...more,
});

const start = (alignment: Partial<TurnAlignment> = {}) => {
  const clock = createVirtualClock();
  const qos = createQosMonitor();
  const drifts: [number, string][] = [];
  const faces: string[] = [];
  const stage = createDriftStage({
    clock,
    policy: defaultPolicies.drift,
    alignment: { ...neutralControls.alignment, ...alignment },
    qos,
    onDrift: (skewMs, kind) => drifts.push([Math.round(skewMs), kind]),
    onFace: (level) => faces.push(level),
  });
  let ms = 0;
  /** Pictures for so many seconds, each with the listener's skew reported four times a second. */
  const play = async (
    seconds: number,
    skewMs: (ms: number) => number | undefined,
    more: Partial<MediaItem> & { atGap?: boolean; isShort?: boolean } = {},
  ): Promise<MediaItem[]> => {
    const sent: MediaItem[] = [];
    const { atGap = false, isShort = false, ...item } = more;
    for (const endMs = ms + seconds * 1000; ms < endMs; ms += 40) {
      const skew = skewMs(ms);
      if (skew !== undefined && ms % 240 === 0) stage.report(ms * 1000, skew, isShort);
      const placed = stage.send(picture(ms, item), { heardUs: ms * 1000, atGap });
      if (placed !== undefined) sent.push(placed);
      await clock.advance(40);
    }
    return sent;
  };
  return { stage, clock, qos, drifts, faces, play };
};

/** How far the last of them was moved, in milliseconds. */
const movedMs = (sent: readonly MediaItem[], endMs: number): number =>
  sent.at(-1)!.ptsUs / 1000 - (endMs - 40);

describe('pictures between face and listener', () => {
  it('are sent as they are while the listener sees them in time, jitter or not', async () => {
    const { play, drifts } = start();

    const sent = await play(20, (ms) => ((ms / 240) % 2 === 0 ? 25 : -25));

    expect(sent.map(({ ptsUs }) => ptsUs)).toEqual(sent.map((_, n) => n * 40_000));
    expect(drifts).toEqual([]);
  });

  it('are moved against a listener that shows them early, and then stay there', async () => {
    const { play, drifts } = start();

    const sent = await play(10, () => 100);

    expect(movedMs(sent, 10_000)).toBeGreaterThan(85);
    expect(movedMs(sent, 10_000)).toBeLessThanOrEqual(115);
    expect(drifts).toEqual([
      [100, 'hold'],
      [expect.any(Number), 'none'],
    ]);
  });

  it('are never moved by more than a fifth of their own pace, and never back in time', async () => {
    const { play } = start();

    const sent = await play(20, (ms) => (ms < 8_000 ? 170 : -80));

    for (const [n, { ptsUs }] of sent.entries()) {
      if (n === 0) continue;
      const stepUs = ptsUs - sent[n - 1]!.ptsUs;
      expect(stepUs).toBeGreaterThanOrEqual(32_000);
      expect(stepUs).toBeLessThanOrEqual(48_000);
    }
  });

  it('are left out, one in five, where each can be drawn alone and they are late', async () => {
    const { play, qos } = start();

    const sent = await play(10, () => -85, { codec: 'jpeg' });

    const missing = 250 - sent.length;
    expect(missing).toBeGreaterThanOrEqual(1);
    expect(qos.values()['picturesDropped']).toBe(missing);
    expect(movedMs(sent, 10_000)).toBeLessThanOrEqual(-55);
  });

  it('jump to their place where a sentence begins when the error is beyond all tolerance', async () => {
    const { play, drifts } = start();
    await play(2, () => 600);
    const before = drifts.length;

    const [first] = await play(0.04, () => 600, { atGap: true });

    expect(first!.ptsUs / 1000 - 2_000).toBe(600);
    expect(drifts).toHaveLength(before);
  });

  it('are left alone when the listener lacks them: what was not sent cannot be shown', async () => {
    const { play, drifts, qos } = start();

    const sent = await play(10, () => -300, { isShort: true });

    expect(movedMs(sent, 10_000)).toBe(0);
    expect(drifts).toEqual([]);
    expect(qos.values()['skewNotableShare']).toBe(1);
  });

  it('are left alone when the turn asks for no correction', async () => {
    const { play, drifts } = start({ driftPolicy: 'none' });

    const sent = await play(10, () => 100);

    expect(movedMs(sent, 10_000)).toBe(0);
    expect(drifts).toEqual([]);
  });

  it('run ahead of the sound by the lead that the turn asks for, once there is time for it', async () => {
    const { play } = start({ leadMs: 80 });

    const sent = await play(4, () => undefined);

    expect(sent).toHaveLength(100);
    expect(movedMs(sent, 4_000)).toBe(-80);
  });

  it('of a source whose picture clock is 1 % fast are brought back to its sound', async () => {
    const { stage, clock, play } = start();
    let sent: MediaItem[] = [];
    for (let s = 0; s < 60; s += 1) {
      stage.observeSource(s * 1_000_000, s * 1_010_000 + ((s % 3) - 1) * 20_000);
      sent = await play(1, () => undefined);
    }

    expect(movedMs(sent, 60_000)).toBeLessThan(-550);
    expect(movedMs(sent, 60_000)).toBeGreaterThan(-650);
    expect(clock.pendingTimers).toBe(0);
  });
});

describe('a simulated hour: clocks 1 % apart, jitter of 200 ms, 2 % late pictures', () => {
  const turns = (kinds: readonly { atMs: number; skewMs: number; kind: string }[]): number[] =>
    kinds.flatMap(({ atMs, kind, skewMs }, n) => {
      const before = kinds.slice(0, n).findLast((each) => each.kind !== 'none');
      const turned =
        kind !== 'none' && before !== undefined && Math.sign(before.skewMs) !== Math.sign(skewMs);
      return turned ? [atMs - before.atMs] : [];
    });

  it.each([1.01, 0.99])(
    'stays within 40 ms, 99 looks of 100, with a screen at %f of its pace',
    (pictureClock) => {
      const hour = simulate({ seconds: 3_600, pictureClock, corrects: true });

      expect(p99(hour.skewsMs)).toBeLessThanOrEqual(40);
      expect(hour.underruns).toBe(0);
      expect(hour.metrics['corrections']).toBeGreaterThan(0);
      expect(hour.metrics['corrections']).toBeLessThan(60);
      for (const apartMs of turns(hour.corrections)) expect(apartMs).toBeGreaterThan(2_000);
    },
  );

  it.each([1.01, 0.99])(
    'is out of bounds without correction, with a screen at %f of its pace',
    (pictureClock) => {
      const hour = simulate({ seconds: 3_600, pictureClock, corrects: false });

      expect(p99(hour.skewsMs)).toBeGreaterThan(185);
      expect(hour.corrections).toEqual([]);
    },
  );
});
