import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type LooseControls, controlRanges, emotionLabels } from '../domain/controls.ts';
import { normalizeControls } from './normalize.ts';

const written = fc.oneof(
  fc.string({ unit: 'binary' }),
  fc.double(),
  fc.boolean(),
  fc.constantFrom(
    'joyful',
    'ANGER',
    '+20%',
    '120%',
    '-3 semitones',
    '+2st',
    '-6dB',
    'fast',
    'x-loud',
    'en_us',
    'EN-us',
    'de_DE.UTF-8',
    'zh-Hant_tw',
    '#ABC',
    '#aabbcc',
    'Green Screen',
    'full body',
    'away_left',
    '40 ms',
    '25fps',
    ' ava ',
    'a\r\nb',
    '<b>',
    null,
  ),
  fc.jsonValue(),
);
const fields = {
  emotion: ['label', 'intensity'],
  character: ['personaId', 'voice', 'language', 'rate', 'pitch', 'volume', 'style'],
  render: [
    'widthPx',
    'heightPx',
    'fps',
    'framing',
    'background',
    'gaze',
    'headMotion',
    'gesture',
    'identity',
  ],
  alignment: ['leadMs', 'maxHoldMs', 'driftPolicy'],
} as const;
const partOf = (names: readonly string[]) =>
  fc.record(Object.fromEntries(names.map((name) => [name, written])), { requiredKeys: [] });
const loose = fc.record(
  {
    emotion: partOf(fields.emotion),
    character: partOf(fields.character),
    render: partOf(fields.render),
    alignment: partOf(fields.alignment),
    strict: fc.boolean(),
  },
  { requiredKeys: [] },
) as fc.Arbitrary<LooseControls>;

const leaves = (value: unknown): unknown[] =>
  typeof value === 'object' && value !== null ? Object.values(value).flatMap(leaves) : [value];

describe('normalising controls', () => {
  it('leaves what is normal as it is: twice is once', () => {
    fc.assert(
      fc.property(loose, (given) => {
        const once = normalizeControls(given);
        const twice = normalizeControls(once.patch);

        expect(twice.patch).toEqual(once.patch);
        expect(twice.outcomes).toEqual([]);
      }),
    );
  });

  it('reads every field or says why not, and never throws', () => {
    fc.assert(
      fc.property(loose, (given) => {
        const { patch, outcomes } = normalizeControls(given);

        for (const [part, names] of Object.entries(fields)) {
          for (const name of names) {
            const wasAsked = (given as Record<string, Record<string, unknown>>)[part]?.[name] !== undefined;
            const isRead = (patch as Record<string, Record<string, unknown>>)[part]?.[name] !== undefined;
            const isDropped = outcomes.some(
              ({ field, result }) => field === `${part}.${name}` && result === 'dropped',
            );
            expect(isRead || isDropped).toBe(wasAsked);
          }
        }
      }),
    );
  });

  it('survives values of any shape in any place', () => {
    fc.assert(
      fc.property(fc.dictionary(fc.string(), fc.anything()), (given) => {
        expect(() => normalizeControls(given as LooseControls)).not.toThrow();
      }),
    );
  });

  it('lets no number out of its range', () => {
    fc.assert(
      fc.property(loose, (given) => {
        const { patch } = normalizeControls(given);

        for (const [path, { min, max }] of Object.entries(controlRanges)) {
          const [part, name] = path.split('.') as [string, string];
          const value = (patch as Record<string, Record<string, number>>)[part]?.[name];
          if (value === undefined) continue;
          expect(value).toBeGreaterThanOrEqual(min);
          expect(value).toBeLessThanOrEqual(max);
        }
      }),
    );
  });

  it('lets no text through that could break out of a header, a line or a JSON string', () => {
    fc.assert(
      fc.property(loose, (given) => {
        for (const leaf of leaves(normalizeControls(given).patch)) {
          if (typeof leaf !== 'string') continue;
          expect(leaf).not.toMatch(/[\p{Cc}\p{Zl}\p{Zp}]/u);
          expect(leaf.isWellFormed()).toBe(true);
        }
      }),
    );
  });

  it.each<[string, unknown, unknown]>([
    ['emotion.label', 'joyful', 'happy'],
    ['emotion.label', ' ANGER ', 'angry'],
    ['emotion.label', 'happiness', 'happy'],
    ['emotion.intensity', '70%', 0.7],
    ['character.rate', '+20%', 1.2],
    ['character.rate', '120%', 1.2],
    ['character.rate', 1.2, 1.2],
    ['character.rate', '1,2', 1.2],
    ['character.rate', 'x1.2', 1.2],
    ['character.rate', '-20 %', 0.8],
    ['character.rate', 'slow', 0.8],
    ['character.pitch', '+12st', 2],
    ['character.pitch', '-12 semitones', 0.5],
    ['character.pitch', '1 octave', 2],
    ['character.volume', '-20dB', 0.1],
    ['character.volume', 'silent', 0],
    ['character.language', 'en_us', 'en-US'],
    ['character.language', 'EN-us', 'en-US'],
    ['character.language', 'de_DE.UTF-8', 'de-DE'],
    ['character.voice', ' ava ', 'ava'],
    ['character.style', 'like\r\na  pirate\u0007', 'like a pirate'],
    ['render.framing', 'Full Body', 'full'],
    ['render.gaze', 'left', 'away-left'],
    ['render.background', '#AbC', '#aabbcc'],
    ['render.background', 'green screen', 'greenscreen'],
    ['render.widthPx', '640px', 640],
    ['render.fps', '29.97 fps', 30],
    ['alignment.leadMs', '0.1s', 100],
    ['alignment.driftPolicy', 'off', 'none'],
  ])('reads %s %j as %j', (path, value, expected) => {
    const [part, name] = path.split('.') as [string, string];

    const { patch, outcomes } = normalizeControls({ [part]: { [name]: value } });

    const read = (patch as Record<string, Record<string, unknown>>)[part]?.[name];
    if (typeof expected === 'number') expect(read).toBeCloseTo(expected);
    else expect(read).toBe(expected);
    expect(outcomes).toEqual([]);
  });

  it.each<[string, unknown, string]>([
    ['emotion.label', 'purple', 'Expected one of neutral, happy'],
    ['character.rate', '+2st', 'Expected a factor'],
    ['character.pitch', '+10Hz', 'Expected a factor'],
    ['character.volume', Number.NaN, 'Expected a factor'],
    ['character.voice', 'a\r\nX-Key: b', 'without control characters'],
    ['character.voice', '', 'Expected a name'],
    ['character.language', 'the Queen’s English', 'language tag'],
    ['render.background', 'url(x)', 'Expected #rrggbb'],
    ['render.framing', 3, 'Expected one of close'],
  ])('drops %s %j, says what it expects, and keeps the rest', (path, value, reason) => {
    const [part, name] = path.split('.') as [string, string];

    const { patch, outcomes } = normalizeControls({
      render: { identity: 'otto' },
      [part]: { [name]: value },
    });

    expect(outcomes).toMatchObject([
      { stage: 'engine', provider: 'tth', field: path, result: 'dropped', used: null },
    ]);
    expect(outcomes[0]?.reason).toContain(reason);
    if (part !== 'render') expect(patch.render).toEqual({ identity: 'otto' });
  });

  it('keeps numbers within bounds and says so', () => {
    const { patch, outcomes } = normalizeControls({ character: { rate: '900%' } });

    expect(patch.character?.rate).toBe(4);
    expect(outcomes).toMatchObject([{ field: 'character.rate', requested: 9, used: 4, result: 'clamped' }]);
  });

  it('cuts a style that is too long, between two characters', () => {
    const { patch, outcomes } = normalizeControls({ character: { style: '🙂'.repeat(300) } });

    expect(patch.character?.style).toBe('🙂'.repeat(250));
    expect(outcomes).toMatchObject([{ field: 'character.style', result: 'clamped' }]);
  });

  it('drops what is no control, each with its path', () => {
    const { patch, outcomes } = normalizeControls({
      emotion: { label: 'sad', colour: 'blue' },
      mood: 'fine',
      character: 'mira',
      strict: 'yes',
    } as LooseControls);

    expect(patch).toEqual({ emotion: { label: 'sad' } });
    expect(outcomes.map(({ field }) => field)).toEqual(['emotion.colour', 'mood', 'character', 'strict']);
  });

  it('knows every label by its own name', () => {
    for (const label of emotionLabels) {
      expect(normalizeControls({ emotion: { label } })).toEqual({
        patch: { emotion: { label } },
        outcomes: [],
      });
    }
  });
});
