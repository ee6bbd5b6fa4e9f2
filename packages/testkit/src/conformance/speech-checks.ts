import assert from 'node:assert/strict';
import { loudness, samplesToUs } from '@tth/core/plugin';
import { collect } from './calls.ts';
import type { Check } from './check.ts';
import { type TtsSubject, samplesOf } from './tts-subject.ts';

/** The sound of a voice. */
export const speechChecks: readonly Check<TtsSubject>[] = [
  {
    id: 'speech.audible',
    sentence: 'gives sound that can be heard, as signed 16-bit samples',
    severity: 'must',
    runsLive: true,
    run: async (subject) => {
      const items = await collect(subject, subject.say(subject.words.long));

      assert(
        items.every(({ pcm }) => pcm instanceof Int16Array),
        'The sound is no Int16Array.',
      );
      assert(samplesToUs(samplesOf(items)) > 1_500_000, 'A sentence of 16 words is shorter than 1.5 s.');
      const peak = Math.max(...items.map(({ pcm }) => loudness(pcm)));
      assert(peak > 0.01, `The loudest run has a loudness of ${peak.toFixed(4)}.`);
    },
  },
  {
    id: 'speech.pieces',
    sentence: 'gives its sound in more than one run, none of them empty or longer than a second',
    severity: 'must',
    runsLive: true,
    run: async (subject) => {
      const items = await collect(subject, subject.say(subject.words.long));

      assert(items.length > 1, `The sound came in ${items.length} run.`);
      for (const { pcm, words, phonemes } of items) {
        assert(samplesToUs(pcm.length) <= 1_000_000, `A run has ${pcm.length} samples.`);
        assert(pcm.length + words.length + phonemes.length > 0, 'A run has neither sound nor times.');
      }
    },
  },
  {
    id: 'speech.declared-length',
    sentence: 'gives runs as long as its vendor says they are, where it passes that on',
    severity: 'must',
    runsLive: true,
    run: async (subject) => {
      for (const { pcm, declaredUs } of await collect(subject, subject.say(subject.words.long))) {
        if (declaredUs === undefined) continue;
        const lengthUs = samplesToUs(pcm.length);
        const difference = Math.abs(lengthUs - declaredUs);
        assert(
          difference <= 5_000 + declaredUs / 10,
          `A run of ${lengthUs} us is declared as ${declaredUs} us.`,
        );
      }
    },
  },
  {
    id: 'speech.longer-text',
    sentence: 'speaks longer for a longer text',
    severity: 'must',
    run: async (subject) => {
      const { say, words } = subject;

      const [long, short] = [
        await collect(subject, say(words.long)),
        await collect(subject, say(words.short)),
      ];

      assert(samplesOf(long) > samplesOf(short) * 1.5, 'Sixteen words take hardly longer than four.');
    },
  },
];
