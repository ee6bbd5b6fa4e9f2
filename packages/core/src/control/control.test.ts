import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { AvatarCapabilities, Range, TtsCapabilities } from '../domain/capabilities.ts';
import { type ControlPatch, emotionLabels, neutralControls } from '../domain/controls.ts';
import { fitRender, fitSpeech, reportControls } from './degrade.ts';
import { mergeControls, mergePatches } from './merge.ts';
import { builtInPersonas } from './personas.ts';

const optional = <T>(value: fc.Arbitrary<T>) => fc.option(value, { nil: undefined });
const emotion = fc.record({
  label: fc.constantFrom(...emotionLabels),
  intensity: fc.double({ min: 0, max: 1, noNaN: true }),
});
const factor = fc.double({ min: 0.1, max: 5, noNaN: true });
const patch = fc.record(
  {
    emotion: fc.record(
      {
        label: optional(fc.constantFrom(...emotionLabels)),
        intensity: optional(fc.double({ min: 0, max: 1, noNaN: true })),
      },
      { requiredKeys: [] },
    ),
    character: fc.record(
      {
        voice: optional(fc.constantFrom('a', 'b')),
        rate: optional(factor),
        pitch: optional(factor),
        volume: optional(factor),
      },
      { requiredKeys: [] },
    ),
    render: fc.record(
      {
        widthPx: optional(fc.integer({ min: 1, max: 4_000 })),
        fps: optional(fc.integer({ min: 1, max: 240 })),
        framing: optional(
          fc.constantFrom('close' as const, 'bust' as const, 'half' as const, 'full' as const),
        ),
        gaze: optional(fc.constantFrom('camera' as const, 'up' as const)),
        gesture: optional(fc.constantFrom('none' as const, 'wave' as const)),
        background: optional(fc.constantFrom('#fff', 'studio')),
        identity: optional(fc.constantFrom('mira', 'zed')),
      },
      { requiredKeys: [] },
    ),
  },
  { requiredKeys: [] },
) as fc.Arbitrary<ControlPatch>;
const persona = fc.constantFrom(...builtInPersonas);

/** Every field that a patch asks for, as path and value. */
const fieldsOf = (asked: ControlPatch): [string, unknown][] =>
  Object.entries(asked).flatMap(([part, fields]) =>
    Object.entries(fields ?? {}).flatMap(([field, value]): [string, unknown][] =>
      value === undefined ? [] : [[`${part}.${field}`, value]],
    ),
  );
const at = (controls: object, path: string): unknown => {
  const [part, field] = path.split('.') as [string, string];
  return (controls as Record<string, Record<string, unknown>>)[part]?.[field];
};

describe('merging controls', () => {
  it('does what the user asks, whatever persona and hint say', () => {
    fc.assert(
      fc.property(persona, patch, optional(emotion), (who, user, hint) => {
        const merged = mergeControls(who, user, hint);

        for (const [path, value] of fieldsOf(user)) expect([path, at(merged, path)]).toEqual([path, value]);
      }),
    );
  });

  it('lets a hint change the emotion and nothing else', () => {
    fc.assert(
      fc.property(persona, patch, emotion, (who, user, hint) => {
        const { emotion: felt, ...merged } = mergeControls(who, user, hint);
        const { emotion: _, ...without } = mergeControls(who, user, undefined);

        expect(merged).toEqual(without);
        if (user.emotion?.label === undefined) expect(felt.label).toBe(hint.label);
      }),
    );
  });

  it('has a value for every field', () => {
    fc.assert(
      fc.property(persona, patch, (who, user) => {
        const paths = fieldsOf(neutralControls).map(([path]) => path);

        expect(fieldsOf(mergeControls(who, user, undefined)).map(([path]) => path)).toEqual(
          expect.arrayContaining(paths),
        );
      }),
    );
  });

  it('gives an emotion that is asked for without a strength enough of it to be seen', () => {
    const merged = mergeControls(builtInPersonas[0]!, { emotion: { label: 'sad' } }, undefined);

    expect(merged.emotion).toEqual({ label: 'sad', intensity: 0.7 });
  });

  it('lays patches over each other: the later wins per field, in any grouping', () => {
    fc.assert(
      fc.property(patch, patch, patch, (a, b, c) => {
        expect(mergePatches(mergePatches(a, b), c)).toEqual(mergePatches(a, mergePatches(b, c)));
        for (const [path, value] of fieldsOf(b)) expect(at(mergePatches(a, b), path)).toBe(value);
        for (const [path, value] of fieldsOf(a)) {
          if (at(b, path) === undefined) expect(at(mergePatches(a, b), path)).toBe(value);
        }
      }),
    );
  });
});

const range = fc.tuple(factor, factor).map(([a, b]): Range => ({ min: Math.min(a, b), max: Math.max(a, b) }));
const voice = fc
  .record({
    emotions: fc.subarray([...emotionLabels]),
    rate: optional(range),
    pitch: optional(range),
    volume: optional(range),
  })
  .map((controls) => ({ controls, voices: ['a'], languages: [] }) as unknown as TtsCapabilities);
const face = fc
  .record({
    emotions: fc.constant([]),
    framings: fc.subarray(['close', 'bust', 'half', 'full'], { minLength: 1 }),
    gaze: fc.boolean(),
    headMotion: fc.boolean(),
    background: fc.boolean(),
    fps: fc.constant({ min: 5, max: 30 }),
    sizePx: fc.constant({ min: 64, max: 1_024 }),
  })
  .map((controls) => ({ controls, identities: ['mira', 'otto'] }) as unknown as AvatarCapabilities);
const isWithin = (value: number, limits: Range): boolean => value >= limits.min && value <= limits.max;

describe('fitting controls to a provider', () => {
  it('never asks for more than the provider has', () => {
    fc.assert(
      fc.property(persona, patch, voice, face, (who, user, tts, avatar) => {
        const controls = mergeControls(who, user, undefined);
        const speech = fitSpeech(controls, tts, 'own');
        const render = fitRender(controls, avatar);

        for (const field of ['rate', 'pitch', 'volume'] as const) {
          const limits = tts.controls[field];
          expect(limits === undefined ? speech[field] === 1 : isWithin(speech[field], limits)).toBe(true);
        }
        expect(['own', 'a']).toContain(speech.voice);
        expect(['neutral', ...tts.controls.emotions]).toContain(speech.emotion.label);
        expect(isWithin(render.fps, avatar.controls.fps)).toBe(true);
        expect(isWithin(render.widthPx, avatar.controls.sizePx)).toBe(true);
        expect(avatar.controls.framings).toContain(render.framing);
        expect(avatar.identities).toContain(render.identity);
        expect(avatar.controls.gaze || render.gaze === 'camera').toBe(true);
        expect(avatar.controls.background || render.background === 'studio').toBe(true);
      }),
    );
  });

  it('reports each field that the user asked for, and whether it was honoured', () => {
    fc.assert(
      fc.property(persona, patch, voice, face, (who, user, tts, avatar) => {
        const controls = mergeControls(who, user, undefined);
        const outcomes = reportControls(
          user,
          { id: 'tts', used: fitSpeech(controls, tts, 'own'), can: tts },
          { id: 'face', used: fitRender(controls, avatar), can: avatar },
        );

        expect(outcomes.map(({ field }) => field).sort()).toEqual(
          fieldsOf(user)
            .map(([path]) => path)
            .sort(),
        );
        for (const { requested, used, result, reason } of outcomes) {
          expect(result === 'applied').toBe(requested === used);
          expect(reason === undefined).toBe(result === 'applied');
        }
      }),
    );
  });

  it.each<[ControlPatch, string, string]>([
    [{ character: { rate: 9 } }, 'character.rate', 'clamped'],
    [{ character: { pitch: 2 } }, 'character.pitch', 'dropped'],
    [{ character: { voice: 'zed' } }, 'character.voice', 'substituted'],
    [{ emotion: { label: 'angry' } }, 'emotion.label', 'substituted'],
    [{ emotion: { label: 'happy', intensity: 1 } }, 'emotion.label', 'applied'],
    [{ render: { gesture: 'wave' } }, 'render.gesture', 'dropped'],
    [{ render: { gaze: 'up' } }, 'render.gaze', 'dropped'],
    [{ render: { framing: 'full' } }, 'render.framing', 'substituted'],
    [{ render: { widthPx: 9_999 } }, 'render.widthPx', 'clamped'],
  ])('calls what became of %o in %s %s', (user, field, result) => {
    const tts = {
      voices: ['a'],
      controls: { emotions: ['happy'], rate: { min: 0.5, max: 1 } },
    } as unknown as TtsCapabilities;
    const avatar = {
      identities: ['mira'],
      controls: { framings: ['bust'], gaze: false, sizePx: { min: 64, max: 512 }, fps: { min: 5, max: 30 } },
    } as unknown as AvatarCapabilities;
    const controls = mergeControls(builtInPersonas[0]!, user, undefined);

    const outcomes = reportControls(
      user,
      { id: 'tts', used: fitSpeech(controls, tts, undefined), can: tts },
      { id: 'face', used: fitRender(controls, avatar), can: avatar },
    );

    expect(outcomes.find((outcome) => outcome.field === field)?.result).toBe(result);
  });
});
