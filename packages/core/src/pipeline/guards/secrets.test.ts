import fc from 'fast-check';
import { from } from 'rxjs';
import { describe, expect, it } from 'vitest';
import type { ReplyPiece } from '../style-hints.ts';
import { blockSecrets } from './secrets.ts';

/** What comes through of a reply in these deltas, and how it ends. */
const read = (deltas: readonly string[]): { readonly text: string; readonly end: string } => {
  let text = '';
  let end = 'open';
  const pieces = deltas.map((delta): ReplyPiece => ({ type: 'text', text: delta }));
  from([...pieces, { type: 'end' as const }])
    .pipe(blockSecrets())
    .subscribe({
      next: (piece) => {
        if (piece.type === 'text') text += piece.text;
      },
      error: (error: { code: string }) => (end = error.code),
      complete: () => (end = 'ended'),
    });
  return { text, end };
};

// Put together here, so that nobody takes them for real ones.
const letters = 'aB3'.repeat(12);
const credentials = [
  `sk-${letters}`,
  ['sk', 'live', letters].join('_'),
  `ghp_${letters}`,
  ['AKIA', 'QWERTYUIOP123456'].join(''),
  `xoxb-${letters}`,
  `eyJ${letters}.eyJ${letters}.${letters}`,
  `AIza${letters}`,
  `glpat-${letters}`,
  '-----BEGIN PRIVATE KEY-----',
];

describe('a reply with a credential', () => {
  it.each(credentials)('breaks off before it: %s', (credential) => {
    const reply = `Of course. The key is "${credential}", keep it. Bye.`;

    expect(read([reply])).toEqual({ text: 'Of course. The key is "', end: 'guard.output_blocked' });
    expect(read(reply.split(''))).toEqual({ text: 'Of course. The key is "', end: 'guard.output_blocked' });
    expect(read([credential])).toEqual({ text: '', end: 'guard.output_blocked' });
  });

  it('is told from words that only begin like one', () => {
    const reply = 'Ski-ing, sk-8ing, skies, eyJ, ASIA, hf_x, gh, --- and -----';

    expect(read([reply])).toEqual({ text: reply, end: 'ended' });
    expect(read(reply.split(''))).toEqual({ text: reply, end: 'ended' });
  });

  it('loses nothing when there is none, however it comes', () => {
    const part = fc.constantFrom('s', 'sk', '-', 'sky', 'eyJ', '.', 'A', 'AK', '😀', '[ha', '.'.repeat(300));
    // Too short for a credential.
    const word = fc
      .tuple(fc.array(part, { maxLength: 6 }), fc.constantFrom(' ', '\n', ', '))
      .map(([parts, gap]) => [...parts, gap]);
    const reply = fc.array(word, { maxLength: 10 }).map((words) => words.flat());
    fc.assert(
      fc.property(reply, (deltas) => {
        expect(read(deltas)).toEqual({ text: deltas.join(''), end: 'ended' });
      }),
    );
  });
});
