import { describe, expect, it } from 'vitest';
import { createWordOrder } from './hosted-words.ts';

const word = (text: string, at: number | undefined, beginMs: number, endMs: number) => ({
  text,
  at,
  beginMs,
  endMs,
});
const good = word('Good', 0, 80, 210);
const morning = word('morning', 5, 210, 700);

const told = (...events: readonly (typeof good)[][]) => {
  const inOrder = createWordOrder();
  return events.map((words) => inOrder(words).map(({ text, startUs }) => [text, startUs / 1000]));
};

describe('words of a hosted task', () => {
  it('are told once, however often the service repeats them', () => {
    expect(told([good], [good, morning], [good, morning])).toEqual([[['Good', 80]], [['morning', 210]], []]);
  });

  it('are told once without their places, too', () => {
    const withoutPlaces = [good, morning].map((each) => ({ ...each, at: undefined }));

    expect(told(withoutPlaces, withoutPlaces)).toEqual([
      [
        ['Good', 80],
        ['morning', 210],
      ],
      [],
    ]);
  });

  it('of the next part go on where its clock goes on', () => {
    expect(told([good, morning], [word('to', 14, 750, 800)])[1]).toEqual([['to', 750]]);
  });

  it('of the next part begin at the end of the one before where its clock begins anew', () => {
    expect(told([good, morning], [word('to', 14, 80, 160), word('you', 17, 160, 400)])[1]).toEqual([
      ['to', 780],
      ['you', 860],
    ]);
  });

  it('may overlap a little', () => {
    expect(told([good, word('morning', 5, 190, 700)])[0]?.[1]).toEqual(['morning', 190]);
  });

  it('have their length', () => {
    expect(createWordOrder()([good])[0]?.durationUs).toBe(130_000);
  });
});
