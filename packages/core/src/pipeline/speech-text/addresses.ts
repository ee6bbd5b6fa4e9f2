import { sayCardinal, sayDigits, sayNumber } from './numbers.ts';
import type { EnglishLocale, ReadingRule } from './spoken-text.ts';

const topLevels = 'com|org|net|io|dev|ai|app|edu|gov|info|co|uk|de|fr|es|it|nl|eu|us|ca|au|in|jp|ch';
const extensions =
  'txt|md|pdf|docx?|xlsx?|csv|json|ya?ml|xml|html?|css|jsx?|tsx?|mjs|py|rb|go|rs|java|cpp|sh|png|jpe?g|gif|svg|mp[34]|wav|zip|log|toml|lock|exe|sql';

const signs: Readonly<Record<string, string>> = {
  '.': 'dot',
  '/': 'slash',
  '-': 'dash',
  _: 'underscore',
  '@': 'at',
  ':': 'colon',
  '+': 'plus',
  '~': 'tilde',
  '%': 'percent',
};

/** An address sign by sign; numbers in it as numbers. */
const spell = (address: string, locale: EnglishLocale): string =>
  (address.match(/\p{L}+|\d+|[^\p{L}\d\s]/gu) ?? [])
    .map((piece) => {
      if (!/^\d/.test(piece)) return signs[piece] ?? (/^\p{L}/u.test(piece) ? piece : '');
      return piece.length > 4 ? sayDigits(piece) : sayCardinal(piece, locale);
    })
    .filter((piece) => piece !== '')
    .join(' ');

/** The page that an address leads to: neither its scheme nor "www", a query nor a fragment is read. */
const spellUrl = (url: string, locale: EnglishLocale): string =>
  spell(
    url
      .replace(/^[a-z]+:\/\//i, '')
      .replace(/^www\./i, '')
      .replace(/[?#].*$/, '')
      .replace(/\/$/, ''),
    locale,
  );

/** Addresses of mail and pages, names of files, versions, handles and tags. */
export const addressRules: readonly ReadingRule[] = [
  {
    pattern: /(?<![\w.])[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63})+/g,
    read: ([address], locale) => spell(address, locale),
  },
  {
    pattern: /(?:\bhttps?:\/\/|\bwww\.)[^\s<>"'“”‘’()[\]{}]{1,500}[^\s<>"'“”‘’()[\]{}.,;:!?…]/gi,
    read: ([url], locale) => spellUrl(url, locale),
  },
  {
    pattern: new RegExp(
      String.raw`(?<![\w.@/])(?:[a-z0-9-]{1,63}\.)+(?:${topLevels})\b(?![\w@-]|\.\w)(?:\/[\w./~%-]{0,200}[\w/~])?`,
      'gi',
    ),
    read: ([url], locale) => (/^[\d.]+$/.test(url) ? undefined : spellUrl(url, locale)),
  },
  {
    pattern: new RegExp(
      String.raw`(?<![\w./])[\w-]{1,60}(?:\.[\w-]{1,30}){0,3}\.(?:${extensions})\b(?!\.\w)`,
      'gi',
    ),
    read: ([name], locale) => (/^\d+\.\d/.test(name) ? undefined : spell(name, locale)),
  },
  {
    pattern: /(?<![\w.])(v(?:ersion )?)?(\d+(?:\.\d+){2,4}|(?<=v)\d+\.\d+)(?![\w]|\.\d)/gi,
    read: ([, prefix, digits = ''], locale) => {
      const said = digits
        .split('.')
        .map((part) => sayNumber(part, locale))
        .join(' point ');
      if (prefix === undefined) return said;
      return `${prefix.length === 1 ? 'version ' : prefix}${said}`;
    },
  },
  { pattern: /(?<![\w@])@(?=[A-Za-z]\w)/g, read: () => 'at ' },
  { pattern: /(?<![\w#])#(?=[A-Za-z]\w)/g, read: () => 'hashtag ' },
  { pattern: /(?<![\w#])#(?=\d)/g, read: () => 'number ' },
];
