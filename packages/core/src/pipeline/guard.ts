import { TthError } from '../domain/errors.ts';

// oxlint-disable-next-line no-control-regex -- control characters are what this check removes
const invisible = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f\u200b\u2060\ufeff]|[\u{e0000}-\u{e007f}]/gu;

/**
 * Checks a user's text before anything is done with it and returns it in normal form, without invisible
 * characters. Throws `guard.input_rejected` when nothing is left or when it is too long.
 */
export const guardInput = (text: string, maxLength: number): string => {
  const clean = text.toWellFormed().normalize('NFC').replace(invisible, '').trim();
  if (clean === '') {
    throw new TthError('guard.input_rejected', 'The text is empty; send at least one visible character.');
  }
  if (text.length > maxLength) {
    throw new TthError('guard.input_rejected', 'The text is too long; send it in several turns.', {
      details: { maxLength },
    });
  }
  return clean;
};
