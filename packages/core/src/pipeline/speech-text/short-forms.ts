import { sayCardinal, sayOrdinal } from './numbers.ts';
import type { ReadingRule } from './spoken-text.ts';

/** Read in full wherever they stand. */
export const shortForms: Readonly<Record<string, string>> = {
  'Mr.': 'Mister',
  'Mrs.': 'Missus',
  'Ms.': 'Miz',
  'Prof.': 'Professor',
  'Gen.': 'General',
  'Sgt.': 'Sergeant',
  'Capt.': 'Captain',
  'Lt.': 'Lieutenant',
  'Col.': 'Colonel',
  'Rev.': 'Reverend',
  'Hon.': 'Honorable',
  'Gov.': 'Governor',
  'Sen.': 'Senator',
  'Rep.': 'Representative',
  'Jr.': 'Junior',
  'Sr.': 'Senior',
  'Inc.': 'Incorporated',
  'Ltd.': 'Limited',
  'Corp.': 'Corporation',
  'Dept.': 'Department',
  'dept.': 'department',
  'Ave.': 'Avenue',
  'Blvd.': 'Boulevard',
  'Rd.': 'Road',
  'Mt.': 'Mount',
  'approx.': 'approximately',
  'est.': 'established',
  'vs.': 'versus',
  vs: 'versus',
  'etc.': 'et cetera',
  'e.g.': 'for example',
  'i.e.': 'that is',
  'a.k.a.': 'also known as',
  'w/o': 'without',
  'w/': 'with',
};

/** Read in full before a number. */
const beforeNumbers: Readonly<Record<string, string>> = {
  'no.': 'number',
  'nos.': 'numbers',
  'fig.': 'figure',
  'vol.': 'volume',
  'ch.': 'chapter',
  'sec.': 'section',
  'p.': 'page',
  'pp.': 'pages',
  'art.': 'article',
};

const escaped = (text: string): string => text.replaceAll(/[.*+?^${}()|[\]\\/]/g, String.raw`\$&`);
const anyOf = (forms: Readonly<Record<string, string>>): string =>
  Object.keys(forms)
    .toSorted((one, other) => other.length - one.length)
    .map(escaped)
    .join('|');

const romanValues: Readonly<Record<string, number>> = { I: 1, V: 5, X: 10, L: 50, C: 100 };

/** The value of a Roman numeral up to 399; `undefined` for letters that are none. */
const romanValue = (numeral: string): number | undefined => {
  if (!/^(?=.)C{0,3}(?:XC|XL|L?X{0,3})(?:IX|IV|V?I{0,3})$/.test(numeral)) return undefined;
  const values = Array.from(numeral, (letter) => romanValues[letter]!);
  return values.reduce((sum, value, i) => sum + (value < (values[i + 1] ?? 0) ? -value : value), 0);
};

const numbered =
  'Chapter|Part|Volume|Book|Act|Section|Phase|Article|Appendix|World War|Super Bowl|Level|Stage|Type|Class';
const rulers =
  'Henry|Louis|Elizabeth|George|Edward|Richard|William|James|Charles|John|Paul|Pius|Benedict|Alexander|Catherine|Frederick|Philip|Napoleon|Nicholas|Leo|Gregory|Francis|Mary|Peter|Ivan';

/** At the end of a text the dot of a short form ends its sentence too. */
const closing = (match: RegExpExecArray): string =>
  match[0].endsWith('.') && match.index + match[0].length === match.input.trimEnd().length ? '.' : '';

/** Titles, streets, Latin, and numerals after words that they belong to. */
export const shortFormRules: readonly ReadingRule[] = [
  {
    pattern: new RegExp(String.raw`\b(${anyOf(beforeNumbers)})(?= ?\d)`, 'gi'),
    read: ([, form = '']) => {
      const said = beforeNumbers[form.toLowerCase()]!;
      return /^\p{Lu}/u.test(form) ? said[0]!.toUpperCase() + said.slice(1) : said;
    },
  },
  { pattern: /\bDr\.(?= \p{Lu})/gu, read: () => 'Doctor' },
  {
    // After a name it is a road, before one a saint.
    pattern: /(?<=\p{Lu}[\p{L}'’]+ )(St|Dr)\.(?! \p{Lu}\p{Ll})/gu,
    read: (match) => (match[1] === 'St' ? 'Street' : 'Drive') + closing(match),
  },
  { pattern: /\bSt\.(?= \p{Lu})/gu, read: () => 'Saint' },
  {
    pattern: new RegExp(String.raw`(?<![\w.])(?:${anyOf(shortForms)})(?![\p{L}\p{N}])`, 'gu'),
    read: (match) => shortForms[match[0]]! + closing(match),
  },
  {
    pattern: new RegExp(String.raw`(?<=\b(?:${numbered}) )[IVXLC]{1,7}\b(?!['’.]\p{L})`, 'gu'),
    read: ([numeral], locale) => {
      const value = romanValue(numeral);
      return value === undefined ? undefined : sayCardinal(String(value), locale);
    },
  },
  {
    pattern: new RegExp(String.raw`(?<=\b(?:${rulers}) )(?!I\b)[IVX]{1,6}\b(?!['’.]\p{L})`, 'gu'),
    read: ([numeral], locale) => {
      const value = romanValue(numeral);
      return value === undefined ? undefined : `the ${sayOrdinal(String(value), locale)}`;
    },
  },
];
