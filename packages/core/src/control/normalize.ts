import {
  type ControlPatch,
  type LooseControls,
  controlRanges,
  driftPolicies,
  emotionLabels,
  framings,
  gazes,
  gestures,
  headMotions,
  maxNameLength,
  maxStyleLength,
} from '../domain/controls.ts';
import type { ControlOutcome } from '../domain/events.ts';
import { readEmotion } from './emotions.ts';
import { type Notation, notations, readQuantity } from './quantities.ts';

/** A value in the engine's own form, with what had to be done to it; or why there is none. */
type Reading =
  | { readonly value: unknown; readonly clamped?: { readonly from: unknown; readonly reason: string } }
  | { readonly problem: string };
type Reader = (written: unknown) => Reading;

const quantity =
  (notation: Notation, field: keyof typeof controlRanges): Reader =>
  (written) => {
    const read = readQuantity(written, notation);
    if ('problem' in read) return read;
    const { min, max } = controlRanges[field];
    const value = Math.min(max, Math.max(min, read.value));
    return value === read.value
      ? { value }
      : { value, clamped: { from: read.value, reason: `It goes from ${min} to ${max}.` } };
  };

const listed = (words: readonly string[]): string => `Expected one of ${words.join(', ')}.`;

/** One of a few words, in whatever case and with blanks or underscores for its hyphens, or a synonym of one. */
const choice = (values: readonly string[], synonyms: Readonly<Record<string, string>> = {}): Reader => {
  const plain = (word: string): string =>
    word
      .trim()
      .toLowerCase()
      .replaceAll(/[\s_-]+/g, '-');
  const known = new Map([
    ...Object.entries(synonyms),
    ...values.map((value): [string, string] => [plain(value), value]),
  ]);
  return (written) => {
    const value = typeof written === 'string' ? known.get(plain(written)) : undefined;
    return value === undefined ? { problem: listed(values) } : { value };
  };
};

const emotion: Reader = (written) => {
  const label = typeof written === 'string' ? readEmotion(written) : undefined;
  return label === undefined ? { problem: listed(emotionLabels) } : { value: label };
};

const unsafe = /[\p{Cc}\p{Zl}\p{Zp}]/u;

/** The name of something outside: passed on as it is, so nothing in it may break out of where it is put. */
const name: Reader = (written) => {
  const value = typeof written === 'string' ? written.trim() : '';
  const fits = value.length > 0 && value.length <= maxNameLength && value.isWellFormed();
  return fits && !unsafe.test(value)
    ? { value }
    : { problem: `Expected a name of 1 to ${maxNameLength} characters without control characters.` };
};

/** Free words for a voice: one line, without control characters. */
const style: Reader = (written) => {
  if (typeof written !== 'string' || !written.isWellFormed()) return { problem: 'Expected a few words.' };
  const line = written.replaceAll(/[\p{Cc}\p{Zl}\p{Zp}\s]+/gu, ' ').trim();
  if (line.length <= maxStyleLength) return { value: line };
  const cut = line.slice(0, maxStyleLength);
  const value = (cut.isWellFormed() ? cut : cut.slice(0, -1)).trimEnd();
  return { value, clamped: { from: line, reason: `It is cut at ${maxStyleLength} characters.` } };
};

const tagShape = /^[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*$/;

/** The canonical form of a language tag such as `en_us` or that of a locale such as `de_DE.UTF-8`. */
export const readLanguage = (written: string): string | undefined => {
  const tag = written
    .trim()
    .replace(/[.@].*$/, '')
    .replaceAll('_', '-');
  try {
    const [canonical] = Intl.getCanonicalLocales(tag);
    return canonical !== undefined && tagShape.test(canonical) ? canonical : undefined;
  } catch {
    return undefined;
  }
};

const language: Reader = (written) => {
  const value = typeof written === 'string' ? readLanguage(written) : undefined;
  return value === undefined ? { problem: 'Expected a language tag such as en-US.' } : { value };
};

const backgrounds = choice(['studio', 'transparent', 'greenscreen'], {
  'green-screen': 'greenscreen',
  green: 'greenscreen',
  default: 'studio',
  none: 'transparent',
  white: '#ffffff',
  black: '#000000',
});

const background: Reader = (written) => {
  const text = typeof written === 'string' ? written.trim().toLowerCase() : '';
  const short = /^#([0-9a-f])([0-9a-f])([0-9a-f])$/.exec(text);
  if (short !== null)
    return {
      value: `#${short
        .slice(1)
        .map((digit) => digit + digit)
        .join('')}`,
    };
  if (/^#[0-9a-f]{6}$/.test(text)) return { value: text };
  const word = backgrounds(text);
  return 'problem' in word ? { problem: 'Expected #rrggbb, studio, transparent or greenscreen.' } : word;
};

/** How each control is read: the wire's fields and no others. */
const readers: {
  readonly [Part in Exclude<keyof ControlPatch, 'strict'>]-?: Readonly<Record<string, Reader>>;
} = {
  emotion: { label: emotion, intensity: quantity(notations.intensity, 'emotion.intensity') },
  character: {
    personaId: name,
    voice: name,
    language,
    rate: quantity(notations.rate, 'character.rate'),
    pitch: quantity(notations.pitch, 'character.pitch'),
    volume: quantity(notations.volume, 'character.volume'),
    style,
  },
  render: {
    widthPx: quantity(notations.pixels, 'render.widthPx'),
    heightPx: quantity(notations.pixels, 'render.heightPx'),
    fps: quantity(notations.fps, 'render.fps'),
    framing: choice(framings, {
      'close-up': 'close',
      closeup: 'close',
      face: 'close',
      head: 'close',
      portrait: 'bust',
      shoulders: 'bust',
      waist: 'half',
      medium: 'half',
      wide: 'full',
      body: 'full',
      'full-body': 'full',
    }),
    background,
    gaze: choice(gazes, {
      viewer: 'camera',
      front: 'camera',
      straight: 'camera',
      left: 'away-left',
      right: 'away-right',
    }),
    headMotion: choice(headMotions, {
      none: 'still',
      normal: 'natural',
      lively: 'expressive',
    }),
    gesture: choice(gestures, { waving: 'wave', nodding: 'nod', pointing: 'point' }),
    identity: name,
  },
  alignment: {
    leadMs: quantity(notations.ms, 'alignment.leadMs'),
    maxHoldMs: quantity(notations.ms, 'alignment.maxHoldMs'),
    driftPolicy: choice(driftPolicies, { 'drop-and-hold': 'drop_and_hold', off: 'none' }),
  },
};

/** Controls in the engine's own form, and what of them is not as it was written. */
export interface NormalControls {
  readonly patch: ControlPatch;
  /** Values that were clamped or dropped; what was only written otherwise, as "joyful" for happy, is not among them. */
  readonly outcomes: readonly ControlOutcome[];
}

/** Who reports about controls before any provider has seen them. */
const reporter = { stage: 'engine', provider: 'tth' } as const;

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/**
 * Makes typed controls of loose ones: synonyms, units and spellings become the one form that the engine
 * uses. It never throws; what it cannot read is dropped, with a reason, and costs nothing else.
 */
export const normalizeControls = (given: LooseControls): NormalControls => {
  const outcomes: ControlOutcome[] = [];
  const drop = (field: string, requested: unknown, reason: string): void => {
    outcomes.push({ ...reporter, field, requested, used: null, result: 'dropped', reason });
  };
  const patch: Record<string, Record<string, unknown> | boolean> = {};
  for (const [part, fields] of Object.entries(given as Readonly<Record<string, unknown>>)) {
    if (fields === undefined) continue;
    if (part === 'strict') {
      if (typeof fields === 'boolean') patch[part] = fields;
      else drop(part, fields, 'Expected true or false.');
      continue;
    }
    const known = Object.hasOwn(readers, part) ? readers[part as keyof typeof readers] : undefined;
    if (known === undefined || !isObject(fields)) {
      drop(
        part,
        fields,
        known === undefined ? 'There is no such control.' : 'Expected an object of controls.',
      );
      continue;
    }
    const read: Record<string, unknown> = {};
    for (const [field, written] of Object.entries(fields)) {
      if (written === undefined) continue;
      const path = `${part}.${field}`;
      if (!Object.hasOwn(known, field)) {
        drop(path, written, 'There is no such control.');
        continue;
      }
      const reading = known[field]!(written);
      if ('problem' in reading) {
        drop(path, written, reading.problem);
        continue;
      }
      read[field] = reading.value;
      if (reading.clamped === undefined) continue;
      const { from, reason } = reading.clamped;
      outcomes.push({
        ...reporter,
        field: path,
        requested: from,
        used: reading.value,
        result: 'clamped',
        reason,
      });
    }
    patch[part] = read;
  }
  return { patch, outcomes };
};
