import {
  type ScriptSource,
  type ScriptedAvatarOptions,
  scriptedAvatar,
  scriptedLlm,
  scriptedPlugin,
  scriptedTts,
  startVirtualEngine,
} from '@tth/testkit';
import { describe, expect, it } from 'vitest';
import {
  type LimitedListener,
  type LimitedListenerOptions,
  connectLimited,
} from '../../test/limited-listener.ts';
import type { LooseControls } from '../domain/controls.ts';
import { defaultPolicies } from '../domain/policies.ts';

/** Two seconds of speech; 48 kB a second. */
const sentence = 'It goes on and on, as stories do at times.';
const pictureBytesPerS = 100_000;

type Face = Pick<ScriptedAvatarOptions, 'keyEvery' | 'script'>;

const faceOf = (id: string, { keyEvery = 50, script = {} }: Face) =>
  scriptedAvatar({
    id,
    delivery: ['h264', 'pose'],
    keyEvery,
    script,
    pictureBytes: ({ widthPx, heightPx, fps, bitrateShare = 1, codec }) =>
      codec === 'pose' ? 40 : (pictureBytesPerS * widthPx * heightPx * bitrateShare) / (512 * 512 * fps),
  });

const tell = async (
  sentences: number,
  options: LimitedListenerOptions,
  controls?: LooseControls,
  { standby = false, text = sentence, ...given }: Face & { standby?: boolean; text?: string } = {},
) => {
  const reply = Array.from({ length: sentences }, () => text).join(' ');
  const face = faceOf('face', given);
  const others = standby ? [faceOf('standby', {})] : [];
  const virtual = await startVirtualEngine({
    plugins: [scriptedPlugin([scriptedLlm({ reply }), scriptedTts(), face, ...others])],
  });
  const listener = connectLimited(virtual, options);
  listener.ask('Tell me a story', controls);
  return { clock: virtual.clock, listener, face };
};

const changes = ({ events }: LimitedListener): string[] =>
  events.flatMap((event) =>
    event.type === 'degraded_mode' ? [`${event.from} > ${event.to}: ${event.reason}`] : [],
  );
const dryMs = ({ gaps }: LimitedListener): number => gaps.reduce((sum, { forMs }) => sum + forMs, 0);
const sound = ({ arrived }: LimitedListener) => arrived.filter(({ item }) => item.kind === 'audio');
const isWhole = (listener: LimitedListener): boolean =>
  sound(listener).every(
    ({ item }, n, all) => n === 0 || item.ptsUs === all[n - 1]!.item.ptsUs + all[n - 1]!.item.durationUs,
  );
const metrics = ({ events }: LimitedListener) =>
  events.flatMap((event) => (event.type === 'metrics' ? [event.values] : []));

const sizeDown = 'face > reduced_size: link';
const fpsDown = 'reduced_size > reduced_fps: link';
const stillDown = 'face > still_image: link';

const pictures = ({ arrived }: LimitedListener) => arrived.filter(({ item }) => item.kind === 'video');
const timesOf = ({ events }: LimitedListener, to: string): number[] =>
  events.flatMap((event) => (event.type === 'degraded_mode' && event.to === to ? [event.ts] : []));

describe('a link that carries so many bytes a second', () => {
  it.each<{ bytesPerS: number; steps: string[]; dry: number }>([
    { bytesPerS: 400_000, steps: [], dry: 0 },
    { bytesPerS: 115_000, steps: [sizeDown], dry: 500 },
    { bytesPerS: 75_000, steps: [sizeDown, fpsDown], dry: 1_500 },
    { bytesPerS: 55_000, steps: [sizeDown, fpsDown, stillDown], dry: 2_500 },
  ])(
    'is asked for what it carries beside the sound, all of which arrives: $bytesPerS',
    async ({ bytesPerS, steps, dry }) => {
      const { clock, listener } = await tell(14, { bytesPerS });

      await clock.advance(60_000);

      expect(changes(listener).slice(0, steps.length)).toEqual(steps);
      expect(metrics(listener)[0]!['linkSteps'] ?? 0).toBeGreaterThanOrEqual(steps.length);
      expect(isWhole(listener)).toBe(true);
      expect(dryMs(listener)).toBeLessThanOrEqual(dry);
      expect(listener.events.filter(({ type }) => type === 'turn_completed')).toHaveLength(1);
      expect(clock.pendingTimers).toBe(0);
    },
  );

  it('makes the sound stumble all the way where nothing may be done about it', async () => {
    const { clock, listener } = await tell(14, { bytesPerS: 75_000 }, { alignment: { driftPolicy: 'none' } });

    await clock.advance(90_000);

    expect(changes(listener)).toEqual([]);
    expect(dryMs(listener)).toBeGreaterThan(5_000);
  });

  it('gets the next picture size from a key frame on, where the pictures that were sent end', async () => {
    const { clock, listener } = await tell(14, { bytesPerS: 115_000 });

    await clock.advance(10_000);

    const all = pictures(listener).map(({ item }) => item);
    const first = all.findIndex(({ data }, n) => n > 0 && data.length < all[n - 1]!.data.length);
    expect(all[first]!.key).toBe(true);
    const endUs = all[first - 1]!.ptsUs + all[first - 1]!.durationUs;
    expect(Math.abs(all[first]!.ptsUs - endUs)).toBeLessThanOrEqual(100_000);
    expect(
      listener.events.flatMap((event) => (event.type === 'video_format' ? [event.format.widthPx] : [])),
    ).toEqual([512, 384]);
  });

  it('is asked for everything again, step by step, once it carries it', async () => {
    const { clock, listener } = await tell(40, { bytesPerS: 75_000 });
    await clock.advance(6_000);

    listener.setRate(1_000_000);
    await clock.advance(90_000);

    expect(changes(listener)).toEqual([
      sizeDown,
      fpsDown,
      'reduced_fps > reduced_size: recovered',
      'reduced_size > face: recovered',
    ]);
    const [size, full] = [timesOf(listener, 'reduced_size')[1]!, timesOf(listener, 'face')[0]!];
    expect(full - size).toBeGreaterThanOrEqual(defaultPolicies.link.calmMs);
    expect(pictures(listener).at(-1)!.item.data).toHaveLength(4_000);
  });

  it('does not go up and down all the time where it lies between two steps', async () => {
    const { clock, listener } = await tell(100, { bytesPerS: 115_000 });

    await clock.advance(200_000);

    const ups = timesOf(listener, 'face');
    expect(ups.length).toBeGreaterThan(1);
    expect(ups.length).toBeLessThanOrEqual(5);
    for (const [n, atMs] of ups.slice(1).entries()) {
      expect(atMs - ups[n]!).toBeGreaterThan(defaultPolicies.link.calmMs * 2 ** (n + 1));
    }
  });

  it('keeps the last picture while it carries the sound alone, and is tried with pictures after a rest', async () => {
    const { clock, listener } = await tell(30, { bytesPerS: 55_000 });
    await clock.advance(8_000);
    listener.setRate(1_000_000);
    await clock.advance(70_000);

    const all = changes(listener);
    expect(all.slice(2)).toEqual([
      stillDown,
      'still_image > reduced_fps: returned',
      'reduced_fps > reduced_size: recovered',
      'reduced_size > face: recovered',
    ]);
    const [still] = timesOf(listener, 'still_image');
    const back = timesOf(listener, 'reduced_fps')[1];
    const sinceMs = listener.events[0]!.ts;
    const during = pictures(listener).filter(
      ({ atMs }) => atMs > still! - sinceMs + 1_000 && atMs < back! - sinceMs,
    );
    expect(during).toEqual([]);
    expect(isWhole(listener)).toBe(true);
  });

  it('begins the next turn with what it carried in the last, which is told before any of it', async () => {
    const { clock, listener } = await tell(4, { bytesPerS: 115_000 });
    await clock.advance(20_000);

    listener.ask('Go on');
    await clock.advance(6_000);

    const [, second] = listener.events.flatMap((event) => (event.type === 'turn_started' ? [event] : []));
    const ofSecond = listener.events.filter((event) => 'turnId' in event && event.turnId === second!.turnId);
    const told = ofSecond.findIndex(({ type }) => type === 'degraded_mode');
    expect(ofSecond[told]).toMatchObject({ from: 'face', to: 'reduced_size', reason: 'link' });
    expect(told).toBeLessThan(ofSecond.findIndex(({ type }) => type === 'video_format'));
    expect(pictures(listener).filter(({ item }) => item.turn === 2)[0]!.item.data.length).toBeLessThan(2_000);
  });

  it('is judged by what waits for it where its client says nothing', async () => {
    const { clock, listener } = await tell(14, { bytesPerS: 75_000, hasFlowControl: false });

    await clock.advance(60_000);

    expect(changes(listener).slice(0, 2)).toEqual([sizeDown, fpsDown]);
    expect(listener.mostUnsentBytes).toBeLessThan(128 * 1024);
    expect(isWhole(listener)).toBe(true);
  });

  it.each<{ when: string; bytesPerS: number; script: ScriptSource; told: string[] }>([
    {
      when: 'as it carries the sound alone',
      bytesPerS: 40_000,
      script: (call) => ({ failAt: call === 0 ? 60 : 0 }),
      told: ['face > still_image: provider.unavailable'],
    },
    {
      when: 'after a step down, before it recovers',
      bytesPerS: 115_000,
      script: (call) => (call === 0 ? {} : { failAt: call === 1 ? 30 : 0 }),
      told: [sizeDown, 'face > still_image: provider.unavailable'],
    },
  ])('is told of no more steps once the face is lost for good $when', async ({ bytesPerS, script, told }) => {
    const { clock, listener } = await tell(14, { bytesPerS }, undefined, { script });
    await clock.advance(8_000);

    listener.setRate(1_000_000);
    await clock.advance(60_000);

    expect(changes(listener)).toEqual(told);
    expect(isWhole(listener)).toBe(true);
  });

  it('brings back the standby of a face that was lost before it came to carry the sound alone', async () => {
    const { clock, listener, face } = await tell(14, { bytesPerS: 75_000 }, undefined, {
      standby: true,
      text: `It goes on ${'and on '.repeat(20)}, as stories do.`,
      script: (call) => (call === 2 ? { failAt: 20 } : {}),
    });
    await clock.advance(3_000);
    listener.setRate(20_000);
    await clock.advance(6_000);

    listener.setRate(1_000_000);
    await clock.advance(60_000);

    expect(changes(listener).slice(0, 4)).toEqual([
      sizeDown,
      fpsDown,
      'face > still_image: provider.unavailable',
      'still_image > reduced_fps: returned',
    ]);
    expect(changes(listener).at(-1)).toBe('reduced_size > standby: recovered');
    expect(face.log.calls).toHaveLength(3);
  });

  it('is not relieved by fewer poses: they go on as they are', async () => {
    const { clock, listener } = await tell(8, { bytesPerS: 45_000, video: 'pose' });

    await clock.advance(60_000);

    expect(changes(listener)).toEqual([]);
  });
});
