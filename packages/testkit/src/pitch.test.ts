import { sampleRateHz } from '@tth/core/plugin';
import { describe, expect, it } from 'vitest';
import { medianPitchHz } from './pitch.ts';

describe('the pitch of a voice', () => {
  it.each([110, 200, 320])('is found in a voice of %i Hz with overtones and pauses', (hz) => {
    const pcm = Int16Array.from({ length: 2 * sampleRateHz }, (_, i) => {
      const phase = (2 * Math.PI * hz * i) / sampleRateHz;
      const isPause = i % sampleRateHz > 0.7 * sampleRateHz;
      return isPause ? 0 : Math.round(6_000 * (Math.sin(phase) + 0.5 * Math.sin(2 * phase)));
    });

    expect(Math.abs(medianPitchHz(pcm) / hz - 1)).toBeLessThan(0.02);
  });
});
