import { describe, expect, it } from 'vitest';
import { heardContextTimeS, soundObstacle } from './web-audio-output.ts';

const context = (fields: object) =>
  ({ currentTime: 10, baseLatency: 0.01, outputLatency: 0.04, ...fields }) as AudioContext;
const stamp = (contextTime: number, performanceTime: number) => ({
  getOutputTimestamp: () => ({ contextTime, performanceTime }),
});

describe('heard time', () => {
  it('follows the output timestamp, which knows the way to the ear', () => {
    expect(heardContextTimeS(context(stamp(9.9, 5_000)), 5_030)).toBeCloseTo(9.93);
  });

  it.each([
    ['has not begun', stamp(0, 0)],
    ['is seconds old', stamp(3, 5_000)],
    ['runs ahead', stamp(12, 5_000)],
    ['is missing', {}],
  ])('is the current time less the latency when the timestamp %s', (_what, fields) => {
    expect(heardContextTimeS(context(fields), 5_000)).toBeCloseTo(9.96);
  });

  it('does without a latency that the browser does not tell', () => {
    expect(heardContextTimeS(context({ outputLatency: undefined, baseLatency: undefined }), 0)).toBe(10);
  });
});

describe('sound', () => {
  it('says in words why a page can have none', () => {
    expect(soundObstacle({ AudioWorkletNode: () => {} })).toBeUndefined();
    expect(soundObstacle({ AudioWorkletNode: () => {}, isSecureContext: false })).toMatchObject({
      reason: 'insecure_context',
      message: expect.stringContaining('https') as string,
    });
    expect(soundObstacle({ isSecureContext: true })).toMatchObject({ reason: 'unsupported' });
  });
});
