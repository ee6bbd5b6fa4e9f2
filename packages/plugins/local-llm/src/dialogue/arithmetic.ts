/** What became of a sum: a value, or the reason that there is none. */
export type Sum =
  | { readonly value: number }
  | { readonly trouble: 'division_by_zero' | 'too_big' | 'no_real_root' };

const small =
  'zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen'.split(
    ' ',
  );
const tens = 'twenty thirty forty fifty sixty seventy eighty ninety'.split(' ');

const wordValue = (word: string): number | undefined => {
  if (small.includes(word)) return small.indexOf(word);
  if (tens.includes(word)) return 20 + 10 * tens.indexOf(word);
  return undefined;
};

/** How much may be added to a number in words: "twenty" takes "one", "hundred" takes "five". */
const roomIn = (value: number): number => {
  if (value > 0 && value % 100 === 0) return 100;
  return value % 100 >= 20 && value % 10 === 0 ? 10 : 0;
};

/** "twenty one" to 21, "three hundred and five" to 305; anything else stays. */
const digitsForWords = (words: readonly string[]): string[] => {
  const out: string[] = [];
  let held: number | undefined;
  const release = (): void => {
    if (held !== undefined) out.push(String(held));
    held = undefined;
  };
  for (const word of words) {
    const value = wordValue(word);
    if (held !== undefined && value !== undefined && value < roomIn(held)) held += value;
    else if (held !== undefined && (word === 'hundred' || word === 'thousand')) {
      held *= word === 'hundred' ? 100 : 1000;
    } else if (held === undefined || word !== 'and' || roomIn(held) !== 100) {
      release();
      if (value === undefined) out.push(word);
      else held = value;
    }
  }
  release();
  return out;
};

const spokenOperators: readonly (readonly [RegExp, string])[] = [
  [/(\d)\s*[x×·]\s*(?=\d)/g, '$1*'],
  [/÷/g, '/'],
  [/−|–/g, '-'],
  [/\bsquare root of\b/g, '√'],
  [/\b(?:multiplied by|times|mal|fois|por)\b/g, '*'],
  [/\b(?:divided by|over|geteilt durch|divisé par|dividido por|entre|diviso)\b/g, '/'],
  [/\b(?:plus|und|más|più)\b/g, '+'],
  [/\b(?:minus|moins|menos|meno)\b/g, '-'],
  [/\bto the power of\b/g, '^'],
  [/\bsquared\b/g, '^2'],
  [/\bcubed\b/g, '^3'],
  [/(?:%|\bpercent|\bper cent) of\b/g, '%*'],
  [/\b(?:percent|per cent)\b/g, '%'],
  [/\bhalf of\b/g, '0.5*'],
];

const fillers = new Set(
  'what is how much many are calculate compute solve work out the result answer of please can could you me tell and so hey do does equal equals make to was ist wie viel combien font fait cuánto cuanto es quanto fa'.split(
    ' ',
  ),
);

/** The expression in a sentence that is about nothing else, such as "what is 12 times 7?". */
const expressionIn = (raw: string): string | undefined => {
  if (raw.length > 300) return undefined;
  let text = raw
    .toLowerCase()
    .replace(/what['’]s/g, 'what is')
    .replace(/(?<=\d),(?=\d{3}(?!\d))/g, '');
  text = text.replace(/(?<=\d),(?=\d)/g, '.').replace(/(?<=[a-z])-(?=[a-z])/g, ' ');
  text = digitsForWords(text.split(/\s+/)).join(' ');
  for (const [spoken, symbol] of spokenOperators) text = text.replace(spoken, symbol);
  const rest = text
    .replace(/\p{L}+/gu, (word) => (fillers.has(word) ? ' ' : word))
    .replace(/[?!¿¡=,;]|\.(?!\d)/g, ' ')
    .trim();
  const operates = /[+*/^%√]|\d\s*-/.test(rest) && /\d/.test(rest);
  return operates && /^[-\d\s.+*/^%√()]+$/.test(rest) ? rest : undefined;
};

const tokensOf = (expression: string): string[] => expression.match(/\d*\.?\d+|[-+*/^%√()]/g) ?? [];

interface Operand {
  readonly value: number;
  readonly percent: boolean;
}
type Trouble = Extract<Sum, { trouble: unknown }>['trouble'];

const deepest = 40;
const biggest = 1e15;

/** A recursive descent over +, -, *, /, ^, %, roots and parentheses. `undefined`: not an expression. */
const evaluate = (tokens: readonly string[]): Sum | undefined => {
  let at = 0;
  let depth = 0;
  let malformed = false;
  let trouble: Trouble | undefined;
  const take = (...symbols: string[]): string | undefined =>
    symbols.includes(tokens[at] ?? '') ? tokens[at++] : undefined;

  const root = (value: number): number => {
    if (value < 0) trouble ??= 'no_real_root';
    return Math.sqrt(Math.abs(value));
  };
  const quotient = (left: number, right: number): number => {
    if (right === 0) trouble ??= 'division_by_zero';
    return left / right;
  };
  const bare = (): number => {
    if (depth > deepest) malformed = true;
    if (malformed) return 0;
    if (take('-')) return -power().value;
    if (take('√')) return root(atom().value);
    if (take('(')) {
      const inner = sum();
      malformed ||= take(')') === undefined;
      return inner;
    }
    const value = Number(tokens[at++]);
    malformed ||= Number.isNaN(value);
    return value;
  };
  const atom = (): Operand => {
    depth += 1;
    const value = bare();
    depth -= 1;
    return take('%') ? { value: value / 100, percent: true } : { value, percent: false };
  };
  const power = (): Operand => {
    const base = atom();
    return take('^') ? { value: base.value ** power().value, percent: false } : base;
  };
  const product = (): Operand => {
    let left = power();
    for (let sign = take('*', '/'); sign !== undefined; sign = take('*', '/')) {
      const right = power().value;
      left = { value: sign === '*' ? left.value * right : quotient(left.value, right), percent: false };
    }
    return left;
  };
  const sum = (): number => {
    let left = product().value;
    for (let sign = take('+', '-'); sign !== undefined; sign = take('+', '-')) {
      const right = product();
      const amount = right.percent ? left * right.value : right.value;
      left = sign === '+' ? left + amount : left - amount;
    }
    return left;
  };

  const value = sum();
  if (malformed || at < tokens.length) return undefined;
  if (trouble !== undefined) return { trouble };
  return Math.abs(value) <= biggest ? { value } : { trouble: 'too_big' };
};

/** Works out the sum in a sentence; `undefined` when the sentence is not one. */
export const solve = (raw: string): Sum | undefined => {
  const expression = expressionIn(raw);
  return expression === undefined ? undefined : evaluate(tokensOf(expression));
};

const sayInEnglish = { tag: 'en', minus: 'minus', about: 'about' };

/** A number as it is spoken: "minus 3", "about 0.333333". */
export const sayNumber = (value: number, { tag, minus, about } = sayInEnglish): string => {
  const rounded = Math.round(value * 1e6) / 1e6;
  const exact = Math.abs(rounded - value) <= 1e-9 * Math.max(1, Math.abs(value));
  const digits = Math.abs(rounded).toLocaleString(tag, { maximumFractionDigits: 6, useGrouping: false });
  return `${exact ? '' : `${about} `}${rounded < 0 ? `${minus} ` : ''}${digits}`;
};
