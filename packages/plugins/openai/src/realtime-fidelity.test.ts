import { describe, expect, it } from 'vitest';
import { createFidelity, isMisread } from './realtime-fidelity.ts';

describe('what a reader says', () => {
  it.each([
    ['Good morning.', 'Good morning.'],
    ['Good morning!', 'good morning'],
    ['It costs $12.50 in 2026.', 'It costs twelve dollars and fifty cents in twenty twenty-six.'],
    ['It is about thirty.', 'It is about 30.'],
    ['Caffè, naïve, Überraschung.', 'Caffe, naive, Uberraschung.'],
    ['Well-known people’s cats.', "Well known people's cats."],
    ['你好,今天天气很好。', '你好，今天天气很好'],
    [
      'The quick brown fox jumps over the lazy dog, and goes home.',
      'The quick brown fox jumped over the lazy dog and goes home.',
    ],
    ['Good morning.', ''],
    ['...', 'Silence.'],
    ['42', 'Forty-two.'],
  ])('is a reading of %j as %j', (text, transcript) => {
    expect(isMisread(text, transcript)).toBe(false);
  });

  it.each([
    ['What is the capital of France?', 'The capital of France is Paris.'],
    ['Tell me a joke.', 'Sure! Why did the chicken cross the road?'],
    ['The quick brown fox jumps over the lazy dog, and goes home.', 'The quick brown fox jumps.'],
    ['The quick brown fox jumps over the lazy dog.', 'The fast brown fox leaps over the idle dog.'],
    ['你好,今天天气很好。', '你好！有什么可以帮助你的吗？'],
    ['I am sorry.', 'I cannot help with that request, as it goes against my guidelines.'],
  ])('is no reading of %j as %j', (text, transcript) => {
    expect(isMisread(text, transcript)).toBe(true);
  });

  it('is no reading however long it is', () => {
    expect(isMisread('Tell me everything.', 'word '.repeat(4_000))).toBe(true);
  });
});

describe('a count of misreadings', () => {
  it('calls for another reader after so many in a row', () => {
    const fidelity = createFidelity(2);

    expect([true, false, true, true, true, false, true].map(fidelity.note)).toEqual([
      false,
      false,
      false,
      true,
      true,
      false,
      false,
    ]);
    expect(fidelity.misread).toBe(5);
  });
});
