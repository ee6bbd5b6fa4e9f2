import { costGrowth } from '@tth/testkit';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isSpeakable, toSpeakable } from './speakable.ts';

describe('speakable text', () => {
  it.each([
    ['**Bold** and _plain_ `code`', 'Bold and plain code'],
    ['# Title', 'Title'],
    ['- item', 'item'],
    ['1. item', 'item'],
    ['> quoted', 'quoted'],
    ['see [the page](https://example.com/x)', 'see the page'],
    ['```js\nlet x\n```', ''],
    ['Great 👍🏽 job 👨‍👩‍👧 🇩🇪 1️⃣', 'Great job 1'],
    ['two  \n spaces', 'two spaces'],
    ['a\u202eb\u0007c', 'a b c'],
    ['5 * 3 and 2*3', '5 * 3 and 2*3'],
    ['3.14 and a_b', '3.14 and a_b'],
    ['![a cat](cat.png) sits', 'a cat sits'],
    ['- [x] done', 'done'],
    ['| Name | Age |', 'Name, Age'],
    ['one<br>two <b>three</b> x<y and y>z', 'one two three x<y and y>z'],
    ['~~gone~~ and __init__ stay', 'gone and init stay'],
    ['ශ්‍රී ලංකා', 'ශ්‍රී ලංකා'],
  ])('reads %j as %j', (written, read) => {
    expect(toSpeakable(written)).toBe(read);
  });

  it('has nothing to pronounce in marks and pictures alone', () => {
    expect(['...', '—', '👍', ''].map((text) => isSpeakable(toSpeakable(text)))).toEqual([
      false,
      false,
      false,
      false,
    ]);
    expect(['a', '7', '字'].map(isSpeakable)).toEqual([true, true, true]);
  });

  it('never leaves a control character', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 200 }), (text) => {
        // oxlint-disable-next-line no-control-regex -- the very characters that must be gone
        expect(toSpeakable(text)).not.toMatch(/[\u0000-\u001f\u202a-\u202e\u2066-\u2069]/);
      }),
    );
  });

  it('takes time in proportion to its input', () => {
    for (const hostile of ['[', '[a](', '`', '**', '```', '#', '👍', ' ', '|', '_', '<a ', '_a']) {
      const [small, large] = [1_250, 20_000].map((length) => hostile.repeat(length / hostile.length));

      expect(toSpeakable(large!).length).toBeLessThanOrEqual(large!.length);
      // A square would cost 256 times as much.
      expect(costGrowth(toSpeakable, small!, large!)).toBeLessThan(128);
    }
  });
});
