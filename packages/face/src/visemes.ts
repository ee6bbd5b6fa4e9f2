/** The fifteen mouth shapes of the OVR set, in its fixed order. */
export const visemes = [
  'sil',
  'PP',
  'FF',
  'TH',
  'DD',
  'kk',
  'CH',
  'SS',
  'nn',
  'RR',
  'aa',
  'E',
  'ih',
  'oh',
  'ou',
] as const;

/** Name of one mouth shape. */
export type Viseme = (typeof visemes)[number];

/** A mouth shape and the share (0–1) of the sound's time that it holds. */
export interface VisemePart {
  readonly viseme: Viseme;
  readonly part: number;
}

/** Single phonemes; each row's symbols share one mouth shape. */
const singleSounds: Readonly<Partial<Record<Viseme, string>>> = {
  PP: 'p b m ɸ ʙ',
  FF: 'f v ʋ pf ɱ',
  TH: 'θ ð',
  DD: 't d ɾ ʔ ʈ ɖ',
  kk: 'k ɡ g ŋ x ɣ q h ɦ ħ ʕ χ ç c ɟ ɢ',
  CH: 'tʃ dʒ ʃ ʒ tɕ dʑ ɕ ʑ tʂ dʐ ʂ ʐ ʧ ʤ ʨ ʥ',
  SS: 's z ts dz ʦ ʣ',
  nn: 'n l ɲ ɳ ʎ ɫ ɭ ɬ ɴ',
  RR: 'ɹ r ʁ ɻ ɽ ʀ ɚ ɝ ɜ',
  aa: 'a ɑ ɐ ʌ ə æ',
  E: 'e ɛ ɘ',
  ih: 'i ɪ ɨ ᵻ j',
  oh: 'o ɔ ɒ ɤ ø œ ɵ ɞ',
  ou: 'u ʊ w ʉ ɯ y ʏ ɥ ʍ ɰ β',
};

/** Gliding sounds: several mouth shapes that share one phoneme's time. */
const glidingSounds: Readonly<Record<string, readonly VisemePart[]>> = {
  aɪ: shares('aa', 0.6, 'ih', 0.4),
  aʊ: shares('aa', 0.6, 'ou', 0.4),
  ɔɪ: shares('oh', 0.6, 'ih', 0.4),
  eɪ: shares('E', 0.6, 'ih', 0.4),
  oʊ: shares('oh', 0.6, 'ou', 0.4),
  əʊ: shares('aa', 0.5, 'ou', 0.5),
  ɪə: shares('ih', 0.5, 'aa', 0.5),
  eə: shares('E', 0.6, 'aa', 0.4),
  ʊə: shares('ou', 0.5, 'aa', 0.5),
  aɪə: shares('aa', 0.4, 'ih', 0.3, 'aa', 0.3),
  aɪɚ: shares('aa', 0.4, 'ih', 0.3, 'RR', 0.3),
  aʊə: shares('aa', 0.4, 'ou', 0.3, 'aa', 0.3),
};

function shares(...list: (Viseme | number)[]): VisemePart[] {
  const parts: VisemePart[] = [];
  for (let i = 0; i < list.length; i += 2)
    parts.push({ viseme: list[i] as Viseme, part: list[i + 1] as number });
  return parts;
}

const symbolTable: ReadonlyMap<string, readonly VisemePart[]> = new Map([
  ...Object.entries(singleSounds).flatMap(([viseme, symbols]) =>
    symbols
      .split(' ')
      .map((symbol) => [symbol.normalize('NFD'), [{ viseme: viseme as Viseme, part: 1 }]] as const),
  ),
  ...Object.entries(glidingSounds),
]);
const longestSymbol = 3;

const languageSwitch = /\([^)]*\)/g;
// Combining marks, stress, secondary articulation, tone letters, digits, joiners and separators.
const ignored = /[\u0300-\u036fˈˌːˑʲʷˠʰʱˤᵝ˞˥˦˧˨˩0-9\-"'.‿|_\s]/gu;

const stops = new Set('p b t d k ɡ g q ʔ ɾ ʈ ɖ c ɟ ɢ'.split(' '));
const affricates = new Set('tʃ dʒ tɕ dʑ tʂ dʐ ts dz pf ʧ ʤ ʨ ʥ ʦ ʣ'.split(' '));
const reducedVowels = new Set('ə ᵻ ɐ'.split(' '));
const fricatives = new Set('f v θ ð s z ʃ ʒ ɕ ʑ ʂ ʐ x ɣ χ ʁ ħ ʕ h ɦ ç ɸ β ɬ'.split(' '));
const glides = new Set('m n ŋ ɲ ɳ ɴ ɱ l ʎ ɫ ɭ ɹ r ɻ ɽ ʀ j w ʋ ɥ ʍ ɰ ʙ'.split(' '));

const lengthOf = (symbol: string, isLong: boolean): number => {
  if (stops.has(symbol)) return 0.6;
  if (affricates.has(symbol)) return 1;
  if (fricatives.has(symbol)) return 0.9;
  if (glides.has(symbol)) return 0.7;
  if (symbol in glidingSounds) return 1.6;
  if (isLong) return 1.5;
  return reducedVowels.has(symbol) ? 0.6 : 1;
};

interface Sound {
  readonly symbol: string;
  readonly parts: readonly VisemePart[] | undefined;
  readonly length: number;
}

/** Cuts a run of IPA into its known symbols, longest first; a symbol of no table stands alone. */
const readSounds = (ipa: string): Sound[] => {
  const spelled = ipa.normalize('NFD').replace(languageSwitch, ' ');
  const isLong = spelled.includes('ː');
  const text = spelled.replace(ignored, '');
  const sounds: Sound[] = [];
  let at = 0;
  while (at < text.length) {
    let size = Math.min(longestSymbol, text.length - at);
    while (size > 1 && !symbolTable.has(text.slice(at, at + size))) size -= 1;
    if (size === 1 && (text.codePointAt(at) ?? 0) > 0xffff) size = 2;
    const symbol = text.slice(at, at + size);
    sounds.push({ symbol, parts: symbolTable.get(symbol), length: lengthOf(symbol, isLong) });
    at += size;
  }
  return sounds;
};

/**
 * Mouth shapes of one phoneme or a short run of them, in order; the parts sum to 1.
 *
 * Stress, length, tone and secondary articulation are ignored. A symbol of no table prolongs the shape before it;
 * with no shape before it, it is left out. The result is empty when nothing was known.
 */
export const ipaToVisemes = (ipa: string): VisemePart[] => {
  const sounds = readSounds(ipa);
  if (sounds.length === 1) return [...(sounds[0]?.parts ?? [])];
  const found: { viseme: Viseme; part: number }[] = [];
  let total = 0;
  for (const { parts, length } of sounds) {
    const last = found.at(-1);
    const shapes = parts ?? (last && [{ viseme: last.viseme, part: 1 }]);
    if (!shapes) continue;
    total += length;
    for (const { viseme, part } of shapes) {
      const previous = found.at(-1);
      if (previous?.viseme === viseme) previous.part += part * length;
      else found.push({ viseme, part: part * length });
    }
  }
  for (const shape of found) shape.part /= total;
  return found;
};

/**
 * Relative length of each phoneme, to share a word's known time among them: a short vowel is 1, a stop 0.6, a long
 * vowel 1.5. A phoneme of several sounds counts their sum, an empty one 0. Only the ratios mean anything.
 */
export const estimatePhonemeLengths = (phonemes: readonly string[]): number[] =>
  phonemes.map((ipa) => readSounds(ipa).reduce((sum, { length }) => sum + length, 0));
