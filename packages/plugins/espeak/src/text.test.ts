import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { findWords, maxPartLength, pauseAfterMs, splitText, withoutMarkup } from './text.ts';

const anyText = fc.string({ unit: 'binary', maxLength: 600 });
const wordsIn = (text: string, language = 'en'): string[] =>
  findWords(text, language).map((word) => word.text);

describe('markup', () => {
  it('opens no tag, entity, phoneme or command', () => {
    expect(withoutMarkup('<b>x</b> <!-- --> <?a')).toBe(' b>x /b>  !-- -->  ?a');
    expect(withoutMarkup('&lt; &#60; AT&T;')).toBe('&lt, &#60, AT&T,');
    expect(withoutMarkup("[[h@'loU]]")).toBe(" [h@'loU]]");
    expect(withoutMarkup('a\u00015P\u001b\ue000b')).toBe('a 5P  b');
  });

  it('leaves plain signs alone', () => {
    const text = 'if a < b & c > d; [1] then “x” — y';

    expect(withoutMarkup(text)).toBe(text);
  });

  it('keeps the place of every code point', () => {
    fc.assert(
      fc.property(anyText, (text) => {
        expect(Array.from(withoutMarkup(text))).toHaveLength(Array.from(text).length);
      }),
    );
  });

  it('finds nothing to remove in its own result', () => {
    fc.assert(
      fc.property(anyText, (text) => {
        expect(withoutMarkup(withoutMarkup(text))).toBe(withoutMarkup(text));
      }),
    );
  });
});

describe('words of a text', () => {
  it('come without the punctuation around them', () => {
    expect(wordsIn('“Well, don’t!” she said (softly) — e.g. at 3.14…')).toEqual(
      'Well don’t she said softly e.g at 3.14'.split(' '),
    );
  });

  it('are found in scripts that do not space them', () => {
    expect(wordsIn('你好，世界。', 'zh')).toContain('世界');
  });

  it('tell lone signs, which may stay unspoken, from words', () => {
    expect(findWords('R & D', 'en').map(({ text, certain }) => [text, certain])).toEqual([
      ['R', true],
      ['&', false],
      ['D', true],
    ]);
  });

  it('count places in code points', () => {
    expect(findWords('😀 ok', 'en')[1]).toMatchObject({ text: 'ok', start: 2, end: 4 });
  });

  it('stand in order and do not overlap', () => {
    fc.assert(
      fc.property(anyText, (text) => {
        const words = findWords(text, 'en');

        words.forEach((word, at) =>
          expect(word.start).toBeGreaterThanOrEqual(at === 0 ? 0 : words[at - 1]!.end),
        );
      }),
    );
  });
});

describe('parts of a long text', () => {
  it('are the text itself when it is short', () => {
    expect(splitText(' A short one. And another. ')).toEqual(['A short one. And another.']);
  });

  it('end after a sentence where they can, else after a clause, else after a word', () => {
    const words = 'word '.repeat(30).trim();

    expect(splitText(`${words}. ${words}`)[0]).toBe(`${words}. `);
    expect(splitText(`${words}, ${words}`)[0]).toBe(`${words}, `);
    expect(splitText(`${words} ${words}`)[0]).toMatch(/word $/);
  });

  it('make the whole text together, none longer than the limit', () => {
    fc.assert(
      fc.property(anyText, (text) => {
        const parts = splitText(text);

        expect(parts.join('')).toBe(text.trim());
        parts.forEach((part) => expect(part.length).toBeLessThanOrEqual(maxPartLength));
      }),
    );
  });
});

describe('pause after a text', () => {
  it('is longest after a sentence and missing inside a phrase', () => {
    expect(pauseAfterMs('Yes.', true)).toBe(200);
    expect(pauseAfterMs('she asked “why?” ', false)).toBe(200);
    expect(pauseAfterMs('Well, ', false)).toBe(120);
    expect(pauseAfterMs('no end', true)).toBe(120);
    expect(pauseAfterMs('cut here ', false)).toBe(0);
  });
});
