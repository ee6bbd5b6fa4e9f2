import { spreadWords } from '@tth/testkit';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { heardText } from './heard.ts';

const reply = 'Well, hello there! I have a cat, and a dog.';
const words = spreadWords(reply, 4_000_000);

describe('heard text', () => {
  it('counts a word from its middle on, with the marks before it', () => {
    const there = words.find(({ text }) => text === 'there')!;

    expect(heardText(reply, words, there.startUs)).toBe('Well, hello');
    expect(heardText(reply, words, there.startUs + there.durationUs * 0.6)).toBe('Well, hello there');
    expect(heardText(reply, words, there.startUs + there.durationUs)).toBe('Well, hello there!');
  });

  it('skips words that were spoken otherwise than written', () => {
    const spoken = [
      { text: 'It', startUs: 0, durationUs: 100 },
      { text: 'three', startUs: 100, durationUs: 100 },
      { text: 'euros', startUs: 200, durationUs: 100 },
    ];

    expect(heardText('It costs 3 euros.', spoken, 180)).toBe('It');
    expect(heardText('It costs 3 euros.', spoken, 1_000)).toBe('It costs 3 euros.');
  });

  it('does not jump far ahead for a word that was not written here', () => {
    const spoken = [
      { text: 'One', startUs: 0, durationUs: 100 },
      { text: 'dog', startUs: 100, durationUs: 100 },
    ];

    expect(heardText(`One ${'more '.repeat(200)}dog`, spoken, 1_000)).toBe('One');
  });

  it('passes over code and addresses of links, which are not spoken', () => {
    const code = '```js\nconst after = "the rest";\n'.padEnd(600, 'x') + '\n```';
    const link = `[the page](https://example.com/${'x'.repeat(400)})`;
    const written = `Look here:\n${code}\nThen after ${link} go on.`;
    const spoken = spreadWords('Look here: Then after the page go on.', 2_000_000);

    expect(heardText(written, spoken, 2_000_000)).toBe(written);
    expect(heardText(written, spoken.slice(0, 3), 2_000_000)).toBe(`Look here:\n${code}\nThen`);
  });

  it('is a beginning of the reply and grows with the playhead', () => {
    fc.assert(
      fc.property(fc.nat(5_000_000), fc.nat(5_000_000), (a, b) => {
        const earlier = heardText(reply, words, Math.min(a, b));
        const later = heardText(reply, words, Math.max(a, b));

        expect(reply.startsWith(later)).toBe(true);
        expect(later.startsWith(earlier)).toBe(true);
      }),
    );
  });
});
