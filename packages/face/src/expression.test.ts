import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { addExpression, createExpressionTrack, emotionLabels, isEmotionLabel } from './expression.ts';
import { channelIndex, neutralPose } from './pose.ts';

const ms = 1_000;
const anyLabel = fc.constantFrom(...emotionLabels);

describe('expression', () => {
  it('knows fifteen emotions', () => {
    expect(emotionLabels).toHaveLength(15);
    expect(isEmotionLabel('happy')).toBe(true);
    expect(isEmotionLabel('hangry')).toBe(false);
  });

  it('leaves a neutral face as it is', () => {
    const pose = neutralPose();

    addExpression('neutral', 1, pose);

    expect([...pose]).toEqual([...neutralPose()]);
  });

  it('moves the face in its own way for every other emotion', () => {
    const faces = emotionLabels.map((label) => {
      const pose = neutralPose();
      addExpression(label, 1, pose);
      return pose.join();
    });

    expect(new Set(faces).size).toBe(emotionLabels.length);
  });

  it('grows with intensity and stays within 0 and 1', () => {
    fc.assert(
      fc.property(
        anyLabel,
        fc.double({ min: 0, max: 1, noNaN: true }),
        fc.double({ min: 0, max: 1, noNaN: true }),
        (label, a, b) => {
          const weak = neutralPose();
          const strong = neutralPose();
          addExpression(label, Math.min(a, b), weak);
          addExpression(label, Math.max(a, b), strong);

          for (const [i, value] of strong.entries()) {
            expect(value).toBeGreaterThanOrEqual(weak[i] ?? NaN);
            expect(value).toBeLessThanOrEqual(1);
          }
        },
      ),
    );
  });

  it.each(['PP', 'FF', 'oh', 'ou'] as const)(
    'gives a smile 0.4 of its strength while %s holds the lips',
    (viseme) => {
      const pose = neutralPose();
      pose[channelIndex[viseme]] = 0.8;

      addExpression('happy', 1, pose);

      expect(pose[channelIndex.mouthSmile]).toBeCloseTo(0.6 * 0.4, 5);
      expect(pose[channelIndex.cheekSquint]).toBeCloseTo(0.35, 5);
    },
  );

  it('keeps the whole smile on an open vowel', () => {
    const pose = neutralPose();
    pose[channelIndex.aa] = 1;

    addExpression('happy', 1, pose);

    expect(pose[channelIndex.mouthSmile]).toBeCloseTo(0.6, 5);
  });
});

describe('expression track', () => {
  const smileAt = (track: ReturnType<typeof createExpressionTrack>, atMs: number): number => {
    const pose = neutralPose();
    track.sample(atMs * ms, pose);
    return pose[channelIndex.mouthSmile] ?? NaN;
  };

  it('is neutral until something is set', () => {
    expect(smileAt(createExpressionTrack(), 5_000)).toBe(0);
  });

  it('eases to an emotion over 400 ms', () => {
    const track = createExpressionTrack();

    track.set('happy', 0.5, 1_000 * ms);

    expect(smileAt(track, 1_000)).toBe(0);
    expect(smileAt(track, 1_200)).toBeCloseTo(0.15, 5);
    expect(smileAt(track, 1_400)).toBeCloseTo(0.3, 5);
    expect(smileAt(track, 9_000)).toBeCloseTo(0.3, 5);
  });

  it('turns from where the face is when an emotion changes half way', () => {
    const track = createExpressionTrack();
    track.set('happy', 1, 0);

    track.set('sad', 1, 200 * ms);

    expect(smileAt(track, 200)).toBeCloseTo(0.3, 5);
    expect(smileAt(track, 201)).toBeLessThan(0.3);
    expect(smileAt(track, 600)).toBe(0);
  });

  it('can be sampled for the past and gives the same face every time', () => {
    const track = createExpressionTrack();
    track.set('happy', 1, 0);
    track.set('angry', 1, 2_000 * ms);

    expect(smileAt(track, 3_000)).toBe(0);
    expect(smileAt(track, 1_000)).toBeCloseTo(0.6, 5);
    expect(smileAt(track, 1_000)).toBe(smileAt(track, 1_000));
  });
});
