import { costGrowth } from '@tth/testkit';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type ReplyPiece, createHintReader } from './style-hints.ts';

const read = (deltas: readonly string[]): ReplyPiece[] => {
  const reader = createHintReader();
  const pieces = [...deltas.flatMap((delta) => reader.push(delta)), ...reader.flush()];
  // Neighbouring texts are one text: where they are parted says only how the reply came.
  const joined: ReplyPiece[] = [];
  for (const piece of pieces) {
    const last = joined.at(-1);
    if (piece.type === 'text' && last?.type === 'text') joined.pop();
    joined.push(piece.type === 'text' && last?.type === 'text' ? text(last.text + piece.text) : piece);
  }
  return joined;
};
const text = (words: string): ReplyPiece => ({ type: 'text', text: words });
const hint = (label: 'happy' | 'sad', intensity: number): ReplyPiece => ({
  type: 'hint',
  emotion: { label, intensity },
});
const spoken = (pieces: readonly ReplyPiece[]): string =>
  pieces.map((piece) => (piece.type === 'text' ? piece.text : '')).join('');

describe('hint reader', () => {
  it.each<[reply: string, pieces: ReplyPiece[]]>([
    ['[happy:0.5] Hello.', [hint('happy', 0.5), text('Hello.')]],
    ['Hello. [sad] Bye.', [text('Hello. '), hint('sad', 0.7), text('Bye.')]],
    ['Hello[sad] world', [text('Hello'), hint('sad', 0.7), text(' world')]],
    ['[ HAPPY : 3 ]Hi', [hint('happy', 1), text('Hi')]],
    ['[happy:0,4]Hi', [hint('happy', 0.4), text('Hi')]],
    ['[bored:0.5] Hi', [text('Hi')]],
    ['a [1] b [see note] [x](y)', [text('a [1] b [see note] [x](y)')]],
    ['Good [happy', [text('Good ')]],
    ['[hap[sad:1]py]', [text('hap'), hint('sad', 1), text('py]')]],
    ['', []],
  ])('reads %j', (reply, pieces) => {
    expect(read([reply])).toEqual(pieces);
  });

  it('takes another word for a feeling where a number makes a tag of it', () => {
    expect(read(['[joyful:0.8]Hi [down] there [ANGER:7]you'])).toEqual([
      { type: 'hint', emotion: { label: 'happy', intensity: 0.8 } },
      { type: 'text', text: 'Hi [down] there ' },
      { type: 'hint', emotion: { label: 'angry', intensity: 1 } },
      { type: 'text', text: 'you' },
    ]);
  });

  it('does not wait longer than a tag can be', () => {
    const reader = createHintReader();

    expect(reader.push('[happy')).toEqual([]);
    expect(reader.push(' birthday')).toEqual([text('[happy birthday')]);
  });

  const parts = '[|]|:|0.5|,5|7| |   |\t|happy|sad|bored|hello|[happy]|[sad:0.2]|.|\n|[[|]]'.split('|');
  const part = fc.constantFrom(...parts, 'x'.repeat(25), ' '.repeat(40));
  const reply = fc.array(part, { maxLength: 30 }).map((parts) => parts.join(''));

  it('reads the same however the reply is cut', () => {
    fc.assert(
      fc.property(reply, fc.array(fc.nat({ max: 300 })), (whole, cuts) => {
        const borders = [0, ...cuts.map((at) => at % (whole.length + 1)).sort((a, b) => a - b), whole.length];
        const deltas = borders.slice(1).map((end, i) => whole.slice(borders[i], end));

        expect(read(deltas)).toEqual(read([whole]));
        expect(read(whole.split(''))).toEqual(read([whole]));
      }),
      { numRuns: 500 },
    );
  });

  it('never lets a tag out as text', () => {
    const tag = /\[\s*(?:(?:happy|sad)\s*(?::\s*\d*[.,]?\d+\s*)?|[a-z]{2,20}\s*:\s*\d*[.,]?\d+\s*)\]/i;
    fc.assert(
      fc.property(reply, (whole) => {
        expect(spoken(read(whole.split('')))).not.toMatch(tag);
      }),
      { numRuns: 1_000 },
    );
  });

  it('takes time in proportion to the reply, whatever the reply', () => {
    for (const hostile of ['[', '[a', '[happy:', '[ ', '[happy]', ']']) {
      const [small, large] = [5_000, 80_000].map((length) => hostile.repeat(length / hostile.length));

      expect(spoken(read([large!])).length).toBeLessThanOrEqual(large!.length);
      // A square would cost 256 times as much.
      expect(costGrowth((whole) => read([whole]), small!, large!)).toBeLessThan(128);
    }
  });
});
