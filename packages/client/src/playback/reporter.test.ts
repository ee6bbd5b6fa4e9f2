import type { ClientMessageInput } from '@tth/protocol';
import { describe, expect, it } from 'vitest';
import { SimulatedClock } from 'xstate';
import { type PlaybackState, createReporter } from './reporter.ts';

const startReporter = () => {
  const clock = new SimulatedClock();
  const sent: ClientMessageInput[] = [];
  const reporter = createReporter(clock, (message) => sent.push(message));
  return {
    sent,
    at: (ms: number, state: Partial<PlaybackState> = {}): void => {
      clock.set(ms);
      reporter.observe({
        turnId: 't1',
        mediaMs: ms,
        ended: false,
        skewMs: 0,
        underruns: 0,
        bufferedMs: 0,
        ...state,
      });
    },
  };
};

describe('playback reports', () => {
  it('go out every 250 ms', () => {
    const { sent, at } = startReporter();

    for (let ms = 0; ms <= 1_000; ms += 40) at(ms);

    expect(sent.map((message) => 'mediaMs' in message && message.mediaMs)).toEqual([0, 280, 560, 840]);
  });

  it('say once, and at once, that a turn ran out', () => {
    const { sent, at } = startReporter();
    at(0);

    for (const ms of [100, 140, 500]) at(ms, { mediaMs: 90, ended: true });

    expect(sent.slice(1)).toEqual([expect.objectContaining({ mediaMs: 90, ended: true })]);
  });

  it('say it again when more came and ran out too', () => {
    const { sent, at } = startReporter();

    at(0, { mediaMs: 90, ended: true });
    at(400, { mediaMs: 190, ended: true });

    expect(sent).toHaveLength(2);
  });
});
