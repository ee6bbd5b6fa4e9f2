import {
  scriptedAvatar,
  scriptedLlm,
  scriptedPlugin,
  scriptedTts,
  startVirtualEngine,
} from '@tth/testkit';
import { describe, expect, it } from 'vitest';
import { type LimitedListener, type LimitedListenerOptions, connectLimited } from '../../test/limited-listener.ts';
import type { LooseControls } from '../domain/controls.ts';

/** Two seconds of speech; 48 kB a second. */
const sentence = 'It goes on and on, as stories do at times.';
const pictureBytesPerS = 100_000;

const tell = async (
  sentences: number,
  options: LimitedListenerOptions,
  controls?: LooseControls,
  keyEvery = 50,
) => {
  const reply = Array.from({ length: sentences }, () => sentence).join(' ');
  const face = scriptedAvatar({
    id: 'face',
    delivery: ['h264', 'pose'],
    keyEvery,
    pictureBytes: ({ widthPx, heightPx, fps, bitrateShare = 1, codec }) =>
      codec === 'pose' ? 40 : (pictureBytesPerS * widthPx * heightPx * bitrateShare) / (512 * 512 * fps),
  });
  const virtual = await startVirtualEngine({
    plugins: [scriptedPlugin([scriptedLlm({ reply }), scriptedTts(), face])],
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
  sound(listener).every(({ item }, n, all) => n === 0 || item.ptsUs === all[n - 1]!.item.ptsUs + all[n - 1]!.item.durationUs);
const metrics = ({ events }: LimitedListener) =>
  events.flatMap((event) => (event.type === 'metrics' ? [event.values] : []));

const sizeDown = 'face > reduced_size: link';
const fpsDown = 'reduced_size > reduced_fps: link';
const stillDown = 'face > still_image: link';

describe('a link that carries so many bytes a second', () => {
  it.each([
    { bytesPerS: 400_000, steps: [] },
    { bytesPerS: 115_000, steps: [sizeDown] },
    { bytesPerS: 75_000, steps: [sizeDown, fpsDown] },
    { bytesPerS: 52_000, steps: [sizeDown, fpsDown, stillDown] },
  ])('is asked for no more of the picture than it carries beside the sound: $bytesPerS', async ({ bytesPerS, steps }) => {
    const { clock, listener } = await tell(14, { bytesPerS });

    await clock.advance(60_000);

    expect(changes(listener).slice(0, steps.length)).toEqual(steps);
    expect(isWhole(listener)).toBe(true);
    expect(listener.events.filter(({ type }) => type === 'turn_completed')).toHaveLength(1);
    expect(dryMs(listener)).toBeLessThan(1_000);
    expect(metrics(listener)[0]!['linkSteps'] ?? 0).toBeGreaterThanOrEqual(steps.length);
    expect(clock.pendingTimers).toBe(0);
  });
});
