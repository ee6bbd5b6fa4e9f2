import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { type SpeechControl, type SpeechOutput, type TtsAdapter, pcmBytes } from '@tth/core/plugin';
import { neutralSpeech } from '../hear.ts';
import type { Call, Opened, Subject } from './check.ts';

export interface TtsSubject extends Subject<TtsAdapter, SpeechOutput> {
  /** Speaks with other controls than neutral ones. */
  with(words: string, control: Partial<SpeechControl>): Call<SpeechOutput>;
}

const inputOf = (text: string) => ({ text, previousText: '', nextText: '' });

/** How much sound these runs are, in samples. */
export const samplesOf = (items: readonly SpeechOutput[]): number =>
  items.reduce((sum, { pcm }) => sum + pcm.length, 0);

const spokenWords = (items: readonly SpeechOutput[]): string[] =>
  items.flatMap(({ words }) => words.map(({ text }) => text));

/** The sound of the same words may differ by this share of its length. */
const chance = 0.05;

/** A voice as the checks see it. */
export const ttsSubject = (given: Opened<TtsAdapter>): TtsSubject => ({
  ...given,
  stage: 'tts',
  say: (words, from = given.started.adapter) => {
    const input = inputOf(words);
    return (context) => from.inferStream(input, neutralSpeech, context);
  },
  with: (words, control) => {
    const input = inputOf(words);
    return (context) => given.started.adapter.inferStream(input, { ...neutralSpeech, ...control }, context);
  },
  words: {
    long: 'The quick brown fox jumps over the lazy dog, and then it goes home again to sleep.',
    short: 'Good morning to you.',
  },
  batch: (words, context) => given.started.adapter.inferBatch(inputOf(words), neutralSpeech, context),
  contentOf: (items) => {
    const sound = createHash('sha256');
    for (const { pcm } of items) sound.update(pcmBytes(pcm));
    return JSON.stringify([samplesOf(items), sound.digest('hex'), items.flatMap(({ words }) => words)]);
  },
  assertAlike: (one, other) => {
    const [here, there] = [samplesOf(one), samplesOf(other)];
    assert(here > 0, 'There is no sound.');
    assert(Math.abs(here - there) <= there * chance, `The same words are ${here} and ${there} samples long.`);
    assert.deepEqual(spokenWords(one), spokenWords(other), 'The same words are named in another way.');
  },
});
