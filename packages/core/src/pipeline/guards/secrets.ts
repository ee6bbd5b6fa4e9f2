import { Observable, type OperatorFunction } from 'rxjs';
import { TthError } from '../../domain/errors.ts';
import type { ReplyPiece } from '../style-hints.ts';

/** Beginnings of credentials as the services that issue them write them. */
const beginnings = [
  'sk-',
  'pk-',
  'rk_',
  'sk_',
  'ghp_',
  'gho_',
  'ghs_',
  'github_pat_',
  'xox',
  'AKIA',
  'ASIA',
  'AIza',
  'eyJ',
  'glpat-',
  'npm_',
  'hf_',
];
const secret =
  /^(?:[sp]k-[\w-]{20,}|[sr]k_(?:live|test)_\w{16,}|gh[pos]_\w{30,}|github_pat_\w{30,}|xox[abeprs]-[\w-]{16,}|A[KS]IA[A-Z\d]{16}|AIza[\w-]{30,}|eyJ[\w-]{8,}\.eyJ[\w-]{8,}|glpat-[\w-]{16,}|npm_\w{30,}|hf_\w{30,})/;
const privateKey = '-----BEGIN';
const inWord = /^[\w.-]/;
const runs = /[\w.-]+|[^\w.-]+/g;
/** A credential has shown itself within this many characters. */
const longest = 256;

const couldBe = (word: string): boolean =>
  [...beginnings, privateKey].some((beginning) =>
    word.length < beginning.length ? beginning.startsWith(word) : word.startsWith(beginning),
  );

/**
 * Ends a reply with `guard.output_blocked` before the first character of a key or token in it. Words that
 * could become one are held back until they are whole.
 */
export const blockSecrets = (): OperatorFunction<ReplyPiece, ReplyPiece> => (pieces) =>
  new Observable((subscriber) => {
    let word = '';
    /** The word may still turn out to be a credential. */
    let isSuspect = true;
    let passed = '';

    const endWord = (): void => {
      if (word.startsWith(privateKey) || secret.test(word)) {
        throw new TthError(
          'guard.output_blocked',
          'The reply contains a credential and breaks off before it.',
          {
            details: { rail: 'secrets' },
          },
        );
      }
      passed += word;
      word = '';
      isSuspect = true;
    };
    const read = (run: string): void => {
      if (!inWord.test(run)) {
        endWord();
        passed += run;
      } else if (isSuspect) {
        word += run;
        if (couldBe(word) && word.length < longest) return;
        endWord();
        isSuspect = false;
      } else passed += run;
    };
    /** Lets through what `work` passes; false when it found a credential. */
    const give = (work: () => void): boolean => {
      let failure: unknown;
      try {
        work();
      } catch (error) {
        failure = error;
      }
      const text = passed;
      passed = '';
      if (text !== '') subscriber.next({ type: 'text', text });
      if (failure !== undefined) subscriber.error(failure);
      return failure === undefined;
    };

    return pieces.subscribe({
      next: (piece) => {
        if (piece.type === 'text') {
          give(() => {
            for (const run of piece.text.match(runs) ?? []) read(run);
          });
        } else if (give(endWord)) subscriber.next(piece);
      },
      error: (error: unknown) => subscriber.error(error),
      complete: () => {
        if (give(endWord)) subscriber.complete();
      },
    });
  });
