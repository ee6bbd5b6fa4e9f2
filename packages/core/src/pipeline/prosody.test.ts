import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type EmotionControl, emotionLabels } from '../domain/controls.ts';
import { defaultPolicies } from '../domain/policies.ts';
import { blendEmotion, contourOf, emphasisOf, pauseAfter, planSpeech } from './prosody.ts';

const { prosody } = defaultPolicies;
const happy = (intensity: number): EmotionControl => ({ label: 'happy', intensity });
const sad = (intensity: number): EmotionControl => ({ label: 'sad', intensity });
const neutral: EmotionControl = { label: 'neutral', intensity: 0 };

describe('the contour of a sentence', () => {
  it.each([
    ['It is here.', 'statement'],
    ['Is it here?', 'question'],
    ['“Is it?”', 'question'],
    ['You did what?!', 'question'],
    ['你好吗？', 'question'],
    ['كيف حالك؟', 'question'],
    ['Here!', 'exclamation'],
    ['太好了！', 'exclamation'],
    ['Well…', 'unfinished'],
    ['Well...', 'unfinished'],
    ['When the sun had gone,', 'unfinished'],
    ['A title', 'statement'],
    ['', 'statement'],
  ])('of %j is that of a %s', (text, contour) => {
    expect(contourOf(text)).toBe(contour);
  });
});

describe('what a text stresses', () => {
  it.each([
    ['This is *very* good.', ['very']],
    ['**Never ever** do __that__.', ['Never', 'ever', 'that']],
    ['A snake_case name and 2 * 3 * 4.', []],
    ['* a list item', []],
    ['It is plain.', []],
  ])('%s', (written, words) => {
    expect(emphasisOf(written)).toEqual(words);
  });
});

describe('the pause before the next sentence', () => {
  it.each([
    ['Yes.', 'sentence', prosody.sentencePauseMs],
    ['Yes?', 'sentence', prosody.questionPauseMs],
    ['Yes!', 'sentence', prosody.exclamationPauseMs],
    ['Yes…', 'sentence', prosody.ellipsisPauseMs],
    ['If so,', 'sentence', prosody.clausePauseMs],
    ['cut between two words', 'sentence', 0],
    ['A title', 'line', prosody.linePauseMs],
    ['Yes…', 'line', prosody.ellipsisPauseMs],
    ['A title', 'paragraph', prosody.paragraphPauseMs],
  ] as const)('after %j and a %s is %d ms', (text, opens, pauseMs) => {
    expect(pauseAfter(text, opens, prosody)).toBe(pauseMs);
  });

  it('is none at the beginning of a turn and shorter for who speaks faster', () => {
    const next = { text: 'So.', written: 'So.', opens: 'paragraph', emotion: neutral } as const;
    const previous = { text: 'Yes.', emotion: neutral };

    expect(planSpeech(undefined, { ...next, rate: 1 }, prosody).pauseBeforeMs).toBe(0);
    expect(planSpeech(previous, { ...next, rate: 2 }, prosody).pauseBeforeMs).toBe(
      prosody.paragraphPauseMs / 2,
    );
  });
});

describe('a feeling', () => {
  it.each([
    ['begins as it is wanted', undefined, happy(1), happy(1)],
    ['begins as it is wanted after calm', neutral, happy(1), happy(1)],
    ['grows by a step', happy(0.2), happy(1), happy(0.6)],
    ['fades by a step', happy(1), happy(0.2), happy(0.6)],
    ['gives way to another one, which sets in gently', happy(0.8), sad(1), sad(0.6)],
    ['gives way to calm by a step', happy(1), neutral, happy(0.6)],
    ['gives way to calm at once when there is little of it', happy(0.5), neutral, neutral],
  ])('%s', (_, used, wanted, blended) => {
    const { label, intensity } = blendEmotion(used, wanted, prosody);

    expect({ label, intensity: Math.round(intensity * 100) / 100 }).toEqual(blended);
  });

  const feeling = fc.record({
    label: fc.constantFrom(...emotionLabels),
    intensity: fc.double({ min: 0, max: 1, noNaN: true }),
  });

  it('that is wanted throughout is spoken throughout', () => {
    fc.assert(
      fc.property(feeling, (wanted) => {
        expect(blendEmotion(wanted, wanted, prosody)).toEqual(wanted);
      }),
    );
  });

  it('is reached within a few sentences, and never more intense than what was or is wanted', () => {
    fc.assert(
      fc.property(feeling, feeling, (before, wanted) => {
        let used = before;
        for (let sentence = 0; sentence < 6; sentence++) {
          used = blendEmotion(used, wanted, prosody);
          expect(used.intensity).toBeLessThanOrEqual(Math.max(before.intensity, wanted.intensity));
          expect(used.intensity).toBeGreaterThanOrEqual(0);
        }
        expect(used).toEqual(wanted);
      }),
    );
  });
});
