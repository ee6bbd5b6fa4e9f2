/** A number written as people write it, in the unit of its control; or why it cannot be read. */
export type Read<Value> = { readonly value: Value } | { readonly problem: string };

const number = String.raw`([+-]?)\s*(\d+(?:[.,]\d+)?|[.,]\d+)`;
const shape = new RegExp(String.raw`^(?:x\s*)?${number}\s*([a-z%]*)$`);

/** `sign` is what was written before the number: "+20%" is a change, "120%" a share. */
interface Amount {
  readonly sign: '' | '+' | '-';
  readonly value: number;
  readonly unit: string;
}

const readAmount = (text: string): Amount | undefined => {
  const match = shape.exec(text.trim().toLowerCase());
  if (match === null) return undefined;
  const sign = match[1] as Amount['sign'];
  const size = Number(match[2]!.replace(',', '.'));
  const value = sign === '-' ? -size : size;
  return Number.isFinite(value) ? { sign, value, unit: match[3]! } : undefined;
};

type Units = Readonly<Record<string, (amount: Amount) => number>>;

const percent = ({ sign, value }: Amount): number => (sign === '' ? value / 100 : 1 + value / 100);
const factor: Units = { '': ({ value }) => value, x: ({ value }) => value, '%': percent };
const semitones = ({ value }: Amount): number => 2 ** (value / 12);
const octaves = ({ value }: Amount): number => 2 ** value;
const decibels = ({ value }: Amount): number => 10 ** (value / 20);
const same = ({ value }: Amount): number => value;

/** How one kind of number may be written. `expected` completes "expected …". */
export interface Notation {
  readonly expected: string;
  readonly units: Units;
  readonly words?: Readonly<Record<string, number>>;
  readonly whole?: boolean;
}

/** What a rate, a pitch, a volume and so on may look like. Words are those of SSML. */
export const notations = {
  rate: {
    expected: 'a factor such as 1.2, a share such as "120%" or a change such as "+20%"',
    units: factor,
    words: { 'x-slow': 0.5, slow: 0.8, medium: 1, normal: 1, default: 1, fast: 1.25, 'x-fast': 1.6 },
  },
  pitch: {
    expected: 'a factor such as 1.1, a change such as "+10%", or semitones such as "+2st"',
    units: { ...factor, st: semitones, semitone: semitones, semitones, octave: octaves, octaves },
    words: { 'x-low': 0.7, low: 0.85, medium: 1, normal: 1, default: 1, high: 1.2, 'x-high': 1.4 },
  },
  volume: {
    expected: 'a factor such as 0.8, a change such as "-20%", or decibels such as "-3dB"',
    units: { ...factor, db: decibels },
    words: {
      silent: 0,
      'x-soft': 0.4,
      soft: 0.7,
      medium: 1,
      normal: 1,
      default: 1,
      loud: 1.4,
      'x-loud': 2,
    },
  },
  intensity: {
    expected: 'a number from 0 to 1 or a share such as "70%"',
    units: { '': same, '%': ({ value }) => value / 100 },
    words: { low: 0.3, slight: 0.3, medium: 0.6, high: 0.9, strong: 0.9, full: 1 },
  },
  pixels: { expected: 'a number of pixels', units: { '': same, px: same }, whole: true },
  fps: { expected: 'a number of frames per second', units: { '': same, fps: same, hz: same }, whole: true },
  ms: { expected: 'a number of milliseconds', units: { '': same, ms: same, s: ({ value }) => value * 1000 } },
} as const satisfies Record<string, Notation>;

/** Reads a number as `notation` has it. A bare number is taken in the control's own unit. */
export const readQuantity = (written: unknown, notation: Notation): Read<number> => {
  const problem = `Expected ${notation.expected}.`;
  const wordsAndUnits = (text: string): number | undefined => {
    const word = text.trim().toLowerCase();
    if (notation.words !== undefined && Object.hasOwn(notation.words, word)) return notation.words[word];
    const amount = readAmount(text);
    if (amount === undefined || !Object.hasOwn(notation.units, amount.unit)) return undefined;
    return notation.units[amount.unit]!(amount);
  };
  const value = typeof written === 'string' ? wordsAndUnits(written) : written;
  if (typeof value !== 'number' || !Number.isFinite(value)) return { problem };
  return { value: notation.whole === true ? Math.round(value) : value };
};
