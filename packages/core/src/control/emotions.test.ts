import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type EmotionLabel, emotionLabels } from '../domain/controls.ts';
import { emotionDistance, nearestEmotion, neighbourDistance, readEmotion } from './emotions.ts';

const seven = ['neutral', 'happy', 'sad', 'angry', 'fearful', 'surprised', 'disgusted'] as const;

describe('the nearest feeling', () => {
  it.each<[EmotionLabel, EmotionLabel]>([
    ['warm', 'happy'],
    ['excited', 'happy'],
    ['playful', 'happy'],
    ['empathetic', 'sad'],
    ['serious', 'neutral'],
    ['professional', 'neutral'],
    ['frustrated', 'angry'],
    ['contemptuous', 'disgusted'],
    ['surprised', 'surprised'],
  ])('to %s, of the seven that most providers know, is %s', (label, nearest) => {
    expect(nearestEmotion(label, seven)).toBe(nearest);
  });

  it('is never a wrong one: fear is not shown as anger, nor sadness as joy', () => {
    expect(nearestEmotion('fearful', ['happy', 'sad', 'angry'])).toBeUndefined();
    expect(nearestEmotion('sad', ['happy'])).toBeUndefined();
  });

  it('is one of those on offer or neutral, near enough, and nobody on offer is nearer', () => {
    fc.assert(
      fc.property(fc.constantFrom(...emotionLabels), fc.subarray([...emotionLabels]), (label, offered) => {
        const nearest = nearestEmotion(label, offered);

        if (nearest === undefined) {
          for (const other of offered)
            expect(emotionDistance(label, other)).toBeGreaterThan(neighbourDistance);
          return;
        }
        expect(['neutral', ...offered]).toContain(nearest);
        for (const other of offered) {
          expect(emotionDistance(label, nearest)).toBeLessThanOrEqual(emotionDistance(label, other));
        }
      }),
    );
  });
});

describe('words for feelings', () => {
  it('mean the label that providers and models mean by them', () => {
    const words = [
      'Joyful',
      'anger',
      'happiness',
      'sadness',
      'fear',
      'surprise',
      'disgust',
      'contempt',
      'friendly',
    ];

    expect(words.map(readEmotion)).toEqual([
      'happy',
      'angry',
      'happy',
      'sad',
      'fearful',
      'surprised',
      'disgusted',
      'contemptuous',
      'warm',
    ]);
    expect(readEmotion('purple')).toBeUndefined();
    expect(readEmotion('constructor')).toBeUndefined();
  });
});
