import assert from 'node:assert/strict';
import { type SpeechOutput, samplesToUs } from '@tth/core/plugin';
import { collect } from './calls.ts';
import type { Check } from './check.ts';
import { type TtsSubject, samplesOf } from './tts-subject.ts';

interface Timing {
  readonly startUs: number;
  readonly durationUs: number;
}

const promiseOf = ({ started }: TtsSubject) => started.adapter.capabilities().timings;

const speak = (subject: TtsSubject): Promise<readonly SpeechOutput[]> =>
  collect(subject, subject.say(subject.words.long));

const soundUs = (items: readonly SpeechOutput[]): number => samplesToUs(samplesOf(items));

/** Letters and digits alone: what stays the same when a text is read out word by word. */
const lettersOf = (text: string): string => text.toLowerCase().replaceAll(/[^\p{L}\p{N}]/gu, '');

const assertInside = (timings: readonly Timing[], endUs: number): void => {
  let fromUs = 0;
  for (const { startUs, durationUs } of timings) {
    assert(startUs >= fromUs, `A time of ${startUs} us comes after one of ${fromUs} us.`);
    assert(durationUs >= 0, `Something lasts ${durationUs} us.`);
    assert(
      startUs + durationUs <= endUs + 1,
      `A time ends ${startUs + durationUs - endUs} us after the sound.`,
    );
    fromUs = startUs;
  }
};

/** Times decide what counts as heard and move the lips: they have to be what they claim to be. */
export const timingChecks: readonly Check<TtsSubject>[] = [
  {
    id: 'timing.none',
    sentence: 'gives no times where it promises none',
    severity: 'must',
    runsLive: true,
    run: async (subject) => {
      const promise = promiseOf(subject);
      const items = await speak(subject);

      for (const kind of ['words', 'phonemes'] as const) {
        const given = items.flatMap((item) => item[kind] as readonly Timing[]).length;
        if (promise[kind] === 'none') assert.equal(given, 0, `It gives times of ${kind}.`);
      }
    },
  },
  {
    id: 'timing.words-complete',
    sentence: 'names every word of the text, in order',
    severity: 'must',
    runsLive: true,
    notFor: (subject) => (promiseOf(subject).words === 'none' ? 'it promises no times of words' : undefined),
    run: async (subject) => {
      const named = (await speak(subject)).flatMap(({ words }) => words.map(({ text }) => text));

      assert.equal(lettersOf(named.join('')), lettersOf(subject.words.long), 'It names other words.');
    },
  },
  {
    id: 'timing.words-inside',
    sentence: 'places words one after the other and within the sound',
    severity: 'must',
    runsLive: true,
    notFor: (subject) => (promiseOf(subject).words === 'none' ? 'it promises no times of words' : undefined),
    run: async (subject) => {
      const items = await speak(subject);

      assertInside(
        items.flatMap(({ words }) => words),
        soundUs(items),
      );
    },
  },
  {
    id: 'timing.phonemes',
    sentence: 'gives at least one phoneme per word, one after the other and within the sound',
    severity: 'must',
    runsLive: true,
    notFor: (subject) =>
      promiseOf(subject).phonemes === 'none' ? 'it promises no times of phonemes' : undefined,
    run: async (subject) => {
      const items = await speak(subject);
      const phonemes = items.flatMap((item) => item.phonemes);

      assert(phonemes.length >= subject.words.long.split(' ').length, `${phonemes.length} phonemes.`);
      assertInside(phonemes, soundUs(items));
    },
  },
  {
    id: 'timing.source',
    sentence: 'says of its times what its capabilities say: measured, or estimated',
    severity: 'must',
    runsLive: true,
    notFor: (subject) => (promiseOf(subject).words === 'none' ? 'it promises no times of words' : undefined),
    run: async (subject) => {
      const sources = new Set((await speak(subject)).map(({ timing }) => timing));

      assert.deepEqual([...sources], [promiseOf(subject).words]);
    },
  },
  {
    id: 'timing.not-late',
    sentence: 'tells of a word no later than with its own sound',
    severity: 'should',
    runsLive: true,
    notFor: (subject) => (promiseOf(subject).words === 'none' ? 'it promises no times of words' : undefined),
    run: async (subject) => {
      let fromUs = 0;
      for (const { pcm, words } of await speak(subject)) {
        for (const { startUs } of words) {
          assert(startUs >= fromUs - 1_000, `A word at ${startUs} us came with sound of ${fromUs} us.`);
        }
        fromUs += samplesToUs(pcm.length);
      }
    },
  },
];
