import { describe, expect, it } from 'vitest';
import { createCaptions } from './captions.ts';

describe('captions', () => {
  it('show the sentence whose speech is heard, not the one that came last', () => {
    const captions = createCaptions();
    for (const sentence of [0, 1]) {
      captions.addText(1, sentence, `Sentence ${sentence}.`);
      captions.addSpeech(1, sentence, sentence * 1_000_000);
    }

    expect(captions.at(1, 999_999)).toEqual({ text: 'Sentence 0.', sentence: 0 });
    expect(captions.at(1, 1_000_000)).toEqual({ text: 'Sentence 1.', sentence: 1 });
    expect(captions.at(2, 0)).toBeUndefined();
  });

  it('begin where a sentence begins, with its first chunk', () => {
    const captions = createCaptions();
    captions.addText(1, 0, 'One.');
    captions.addSpeech(1, 0, 40_000);
    captions.addSpeech(1, 0, 80_000);

    expect(captions.at(1, 50_000)?.text).toBe('One.');
  });

  it('of a turn that ended stay until its last sound; those before it are forgotten', () => {
    const captions = createCaptions();
    for (const turn of [1, 2]) {
      captions.addText(turn, 0, `Turn ${turn}.`);
      captions.addSpeech(turn, 0, 0);
    }

    captions.endTurn(2);

    expect(captions.at(1, 0)).toBeUndefined();
    expect(captions.at(2, 0)?.text).toBe('Turn 2.');
  });
});
