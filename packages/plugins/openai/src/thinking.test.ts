import { describe, expect, it } from 'vitest';
import { createThinkingFilter } from './thinking.ts';

const spoken = (text: string, cut: number, opensInPrompt = false): string => {
  const filter = createThinkingFilter(opensInPrompt);
  const pieces = text.match(new RegExp(`[^]{1,${cut}}`, 'gu')) ?? [];
  return pieces.map((piece) => filter.push(piece)).join('') + filter.flush();
};

describe('thinking in an answer', () => {
  it.each([
    ['is none in plain text', 'Hello there.', 'Hello there.'],
    ['is dropped with its tags and the space after it', '<think>\nHm.\n</think>\n\nHello.', 'Hello.'],
    ['is dropped after leading space', ' \n<think>Hm.</think>Hello.', 'Hello.'],
    ['that is empty is dropped', '<think></think>Hello.', 'Hello.'],
    ['in the middle is dropped too', 'Hello. <think>Hm.</think> Bye.', 'Hello. Bye.'],
    ['that never ends is never spoken', '<think>Hm. Hm.', ''],
    ['that is all there is leaves nothing', '<think>Hm.</think>\n', ''],
    ['is not meant by other tags', '<b>1 < 2</b> is true <', '<b>1 < 2</b> is true <'],
    ['leaves the space before a word that goes on', ' and so on', ' and so on'],
  ])('%s', (_name, text, expected) => {
    for (const cut of [1, 2, 3, 5, 8, 100]) expect(spoken(text, cut)).toBe(expected);
  });

  it('whose closing tag alone comes is dropped where that is expected', () => {
    const text = 'Hm. The user wants a greeting.\n</think>\n\nHello.';

    for (const cut of [1, 4, 100]) expect(spoken(text, cut, true)).toBe('Hello.');
    expect(spoken('The model did not think.', 4, true)).toBe('The model did not think.');
  });

  it('that was cut off before its closing tag is not spoken where it is expected', () => {
    const filter = createThinkingFilter(true);
    const came = filter.push('Hm. The user wants a greeting, so I');

    expect(came + filter.flush('cut')).toBe('');
  });

  it('whose closing tag alone comes first is dropped, and the tag at least where it comes late', () => {
    expect(spoken('Hm.</think>Hello.', 100)).toBe('Hello.');
    expect(spoken('Hm.</think>Hello.', 1)).toBe('Hm.Hello.');
  });

  it('holds nothing back once the model thinks elsewhere', () => {
    const filter = createThinkingFilter(true);

    expect(filter.push('Hel')).toBe('');
    expect(filter.release()).toBe('Hel');
    expect(filter.push('lo.')).toBe('lo.');
  });
});
