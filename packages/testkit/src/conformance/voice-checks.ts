import assert from 'node:assert/strict';
import {
  type Range,
  type SpeechControl,
  type SpeechOutput,
  type TtsCapabilities,
  loudness,
} from '@tth/core/plugin';
import { follow, shown } from './calls.ts';
import type { Check } from './check.ts';
import { type TtsSubject, samplesOf } from './tts-subject.ts';

/** What is said only to see that it is said. */
const briefly = 'Yes.';

/** How many of a long list are tried: its ends and some in between. */
const tried = 3;

const sampleOf = <T>(list: readonly T[]): readonly T[] =>
  list.length <= tried
    ? list
    : Array.from({ length: tried }, (_, at) => list[Math.round((at * (list.length - 1)) / (tried - 1))]!);

const controlsOf = ({ started }: TtsSubject): TtsCapabilities['controls'] =>
  started.adapter.capabilities().controls;

/** Speaks with these controls, which the voice claims to take. */
const speak = async (
  subject: TtsSubject,
  words: string,
  control: Partial<SpeechControl>,
): Promise<readonly SpeechOutput[]> => {
  const { items, error } = await follow(subject, subject.with(words, control));
  const what = JSON.stringify(control);
  assert(error === undefined, `It refuses ${what}, which it claims to take: ${shown(error)}`);
  assert(
    items.some(({ pcm }) => pcm.length > 0),
    `It says nothing with ${what}.`,
  );
  return items;
};

const loudest = (items: readonly SpeechOutput[]): number =>
  Math.max(...items.map(({ pcm }) => loudness(pcm)));

/** The ends of a range, and `undefined` where it does not reach to both sides of 1. */
const around = (range: Range | undefined): Range | undefined =>
  range !== undefined && range.min < 0.95 && range.max > 1.05 ? range : undefined;

/** A voice can do what it says that it can. */
export const voiceChecks: readonly Check<TtsSubject>[] = [
  {
    id: 'claims.languages',
    sentence: 'speaks the languages that it lists',
    severity: 'must',
    notFor: ({ started }) =>
      started.adapter.capabilities().languages.length === 0 ? 'it lists no languages' : undefined,
    run: async (subject) => {
      for (const language of sampleOf(subject.started.adapter.capabilities().languages)) {
        await speak(subject, briefly, { language });
      }
    },
  },
  {
    id: 'claims.voices',
    sentence: 'has the voices that it lists',
    severity: 'must',
    notFor: ({ started }) =>
      started.adapter.capabilities().voices.length === 0 ? 'it lists no voices' : undefined,
    run: async (subject) => {
      for (const voice of sampleOf(subject.started.adapter.capabilities().voices)) {
        await speak(subject, briefly, { voice });
      }
    },
  },
  {
    id: 'claims.emotions',
    sentence: 'takes the feelings that it lists, at their strongest',
    severity: 'must',
    notFor: (subject) => (controlsOf(subject).emotions.length === 0 ? 'it lists no feelings' : undefined),
    run: async (subject) => {
      for (const label of controlsOf(subject).emotions) {
        await speak(subject, briefly, { emotion: { label, intensity: 1 } });
      }
    },
  },
  {
    id: 'claims.ranges',
    sentence: 'takes rate, pitch and volume at both ends of the ranges that it claims',
    severity: 'must',
    notFor: (subject) => {
      const { rate, pitch, volume } = controlsOf(subject);
      return (rate ?? pitch ?? volume) ? undefined : 'it claims no rate, pitch or volume';
    },
    run: async (subject) => {
      const controls = controlsOf(subject);
      for (const control of ['rate', 'pitch', 'volume'] as const) {
        const range = controls[control];
        for (const value of range === undefined ? [] : [range.min, range.max]) {
          await speak(subject, briefly, { [control]: value });
        }
      }
    },
  },
  {
    id: 'claims.rate',
    sentence: 'is shorter when it is told to speak faster, and longer when slower',
    severity: 'must',
    notFor: (subject) => (around(controlsOf(subject).rate) ? undefined : 'it claims no such rate'),
    run: async (subject) => {
      const { min, max } = controlsOf(subject).rate!;
      const at = async (rate: number): Promise<number> =>
        samplesOf(await speak(subject, subject.words.long, { rate }));

      const [slow, plain, fast] = [await at(Math.max(0.5, min)), await at(1), await at(Math.min(2, max))];

      assert(fast < plain * 0.97, `${fast} samples at the fastest rate, ${plain} at the plain one.`);
      assert(slow > plain * 1.03, `${slow} samples at the slowest rate, ${plain} at the plain one.`);
    },
  },
  {
    id: 'claims.volume',
    sentence: 'is louder when it is told to be',
    severity: 'should',
    notFor: (subject) => (around(controlsOf(subject).volume) ? undefined : 'it claims no such volume'),
    run: async (subject) => {
      const { min, max } = controlsOf(subject).volume!;
      const at = async (volume: number): Promise<number> =>
        loudest(await speak(subject, subject.words.short, { volume }));

      const [quiet, loud] = [await at(min), await at(max)];

      assert(
        loud > quiet * 1.1,
        `A loudness of ${loud.toFixed(3)} when loud, ${quiet.toFixed(3)} when quiet.`,
      );
    },
  },
];
