import { type Rail, refused } from './rail.ts';

// oxlint-disable-next-line no-control-regex -- control characters are what this check removes
const invisible =
  /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f\u00ad\u180e\u200b\u202a-\u202e\u2060\u2066-\u2069\ufeff]|[\u{e0000}-\u{e007f}]/gu;
/** More than this many marks on one letter are there to hide it. */
const piledMarks = /(\p{M}{4})\p{M}+/gu;

/** Text in normal form without what cannot be seen or turns the reading direction around, and with few marks per letter. */
const withoutInvisible = (text: string): string =>
  text
    .toWellFormed()
    .replace(piledMarks, '$1')
    .normalize('NFC')
    .replace(invisible, '')
    .replace(piledMarks, '$1')
    .trim();

/** Refuses a text of which nothing is left. */
export const invisibleRail: Rail = {
  id: 'invisible',
  inspect: (text) => {
    const clean = withoutInvisible(text);
    return clean === '' ? refused : { verdict: 'redact', text: clean };
  },
};
