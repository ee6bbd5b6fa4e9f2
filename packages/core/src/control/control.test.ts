import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { AvatarCapabilities, NumberCapability, Range, TtsCapabilities } from '../domain/capabilities.ts';
import { type ControlPatch, emotionLabels, neutralControls } from '../domain/controls.ts';
import type { ControlOutcome } from '../domain/events.ts';
import { fitEmotion, fitRender, fitSpeech } from './degrade.ts';
import { emulatedManners } from './emulate.ts';
import { mergeControls, mergePatches } from './merge.ts';
import { builtInPersonas } from './personas.ts';
import { reportFace, reportSpeech } from './report.ts';

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

  it('takes each field from the user, else from the hint, else from the persona, else from neutral', () => {
    fc.assert(
      fc.property(persona, patch, patch, optional(emotion), (who, own, user, hint) => {
        const character = { ...who, controls: own };
        const byPersona = {
          character: { personaId: who.id, language: who.language },
          render: { identity: who.identity },
        };
        const sources: object[] = [user, { emotion: hint }, own, byPersona, neutralControls];

        const merged = mergeControls(character, user, hint);

        for (const [path] of fieldsOf(neutralControls)) {
          // A feeling that is asked for without a strength brings one of its own.
          if (path === 'emotion.intensity' && user.emotion?.label !== undefined) continue;
          const first = sources.map((source) => at(source, path)).find((value) => value !== undefined);
          expect([path, at(merged, path)]).toEqual([path, first]);
        }
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
const feelings = {
  emotions: fc.subarray([...emotionLabels]),
  intensity: optional(fc.boolean()),
};
const numberControl = fc
  .tuple(
    range,
    optional(fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { minLength: 1, maxLength: 4 })),
  )
  .map(([limits, shares]): NumberCapability => {
    const steps = shares?.map((share) => limits.min + share * (limits.max - limits.min));
    return steps === undefined ? limits : { ...limits, steps };
  });
const oneAtATime = ['emotion', 'style', 'rate', 'pitch', 'volume'] as const;
const voice = fc
  .record({
    controls: fc.record({
      ...feelings,
      rate: optional(numberControl),
      pitch: optional(numberControl),
      volume: optional(numberControl),
      style: optional(fc.boolean()),
      oneAtATime: optional(fc.subarray([...oneAtATime])),
    }),
    emulate: optional(fc.subarray(['emotion' as const, 'volume' as const])),
  })
  .map((can) => ({ ...can, voices: ['a', 'own'], languages: ['en'] }) as unknown as TtsCapabilities);
const face = fc
  .record({
    ...feelings,
    framings: fc.subarray(['close', 'bust', 'half', 'full'], { minLength: 1 }),
    gaze: fc.boolean(),
    headMotion: fc.boolean(),
    background: fc.boolean(),
    gestures: optional(fc.subarray(['wave' as const, 'nod' as const])),
    fps: fc.constant({ min: 5, max: 30 }),
    sizePx: fc.constant({ min: 64, max: 1_024 }),
  })
  .map((controls) => ({ controls, identities: ['mira', 'otto'] }) as unknown as AvatarCapabilities);
const isWithin = (value: number, limits: Range): boolean => value >= limits.min && value <= limits.max;
const own = { voice: 'own', language: 'en-US' };

const report = (
  who: Parameters<typeof mergeControls>[0],
  user: ControlPatch,
  tts: TtsCapabilities,
  avatar: AvatarCapabilities,
): ControlOutcome[] => {
  const controls = mergeControls(who, user, undefined);
  const emotion = fitEmotion(controls.emotion, avatar.controls) ?? { label: 'neutral', intensity: 0 };
  return [
    ...reportSpeech(user, 'tts', fitSpeech(controls, tts, own), tts),
    ...reportFace(user, 'face', { render: fitRender(controls, avatar), emotion }, avatar),
  ];
};

describe('fitting controls to a provider', () => {
  it('never asks for more than the provider has', () => {
    fc.assert(
      fc.property(persona, patch, optional(emotion), voice, face, (who, user, hint, tts, avatar) => {
        const controls = mergeControls(who, user, hint);
        const { control, gain } = fitSpeech(controls, tts, own);
        const render = fitRender(controls, avatar);

        for (const field of ['rate', 'pitch', 'volume'] as const) {
          const limits = tts.controls[field];
          expect(limits === undefined ? control[field] === 1 : isWithin(control[field], limits)).toBe(true);
        }
        expect(tts.voices).toContain(control.voice);
        expect(control.language).toMatch(/^en/);
        expect(control.style === undefined || tts.controls.style === true).toBe(true);
        expect(['neutral', ...tts.controls.emotions]).toContain(control.emotion.label);
        expect(gain === 1 || tts.controls.volume === undefined).toBe(true);
        const shown = fitEmotion(controls.emotion, avatar.controls);
        expect(['neutral', undefined, ...avatar.controls.emotions]).toContain(shown?.label);
        expect(isWithin(render.fps, avatar.controls.fps)).toBe(true);
        expect(isWithin(render.widthPx, avatar.controls.sizePx)).toBe(true);
        expect(avatar.controls.framings).toContain(render.framing);
        expect(avatar.identities).toContain(render.identity);
        expect(avatar.controls.gaze || render.gaze === 'camera').toBe(true);
        expect(avatar.controls.background || render.background === 'studio').toBe(true);
        expect(['none', ...(avatar.controls.gestures ?? [])]).toContain(render.gesture);
      }),
    );
  });

  it('reports each field that the user asked for, and never less than was changed', () => {
    fc.assert(
      fc.property(persona, patch, voice, face, (who, user, tts, avatar) => {
        const outcomes = report(who, user, tts, avatar);
        const { control, gain, told } = fitSpeech(mergeControls(who, user, undefined), tts, own);

        const asked = fieldsOf(user).flatMap(([path]) =>
          path.startsWith('emotion.') ? [path, path] : [path],
        );
        expect(outcomes.map(({ field }) => field).sort()).toEqual(asked.sort());
        for (const { requested, used, result, reason } of outcomes) {
          if (result === 'applied') expect(used).toBe(requested);
          if (used !== requested) expect(result).not.toBe('applied');
          expect(reason === undefined).toBe(result === 'applied');
        }
        // A feeling that is told by other means moves these from what is reported of them, and says so itself.
        if (told !== undefined) return;
        for (const field of ['voice', 'rate', 'pitch', 'volume'] as const) {
          const outcome = outcomes.find((each) => each.field === `character.${field}`);
          if (outcome?.result === 'applied') expect(control[field]).toBe(outcome.requested);
        }
        if (gain !== 1) expect(outcomes.map(({ result }) => result)).toContain('emulated');
      }),
    );
  });

  const poorVoice = {
    voices: ['a'],
    languages: ['en'],
    controls: { emotions: ['happy'], rate: { min: 0.5, max: 1 } },
  } as unknown as TtsCapabilities;
  const poorFace = {
    identities: ['mira'],
    controls: {
      emotions: ['happy', 'angry'],
      framings: ['bust', 'close'],
      gaze: false,
      sizePx: { min: 64, max: 512 },
      fps: { min: 5, max: 30 },
    },
  } as unknown as AvatarCapabilities;

  it.each<[ControlPatch, string, string, string, unknown]>([
    [{ character: { rate: 9 } }, 'tts', 'character.rate', 'clamped', 1],
    [{ character: { pitch: 2 } }, 'tts', 'character.pitch', 'dropped', 1],
    [{ character: { volume: 1.5 } }, 'tts', 'character.volume', 'emulated', 1.5],
    [{ character: { volume: 1 } }, 'tts', 'character.volume', 'applied', 1],
    [{ character: { voice: 'zed' } }, 'tts', 'character.voice', 'substituted', null],
    [{ character: { language: 'fr' } }, 'tts', 'character.language', 'substituted', 'en-US'],
    [{ character: { style: 'like a pirate' } }, 'tts', 'character.style', 'dropped', null],
    [{ emotion: { label: 'angry' } }, 'tts', 'emotion.label', 'emulated', 'angry'],
    [{ emotion: { label: 'warm' } }, 'tts', 'emotion.label', 'substituted', 'happy'],
    [{ emotion: { label: 'happy', intensity: 1 } }, 'tts', 'emotion.label', 'applied', 'happy'],
    [{ emotion: { label: 'frustrated' } }, 'avatar', 'emotion.label', 'substituted', 'angry'],
    [{ emotion: { label: 'sad' } }, 'avatar', 'emotion.label', 'dropped', 'neutral'],
    [{ render: { gesture: 'wave' } }, 'avatar', 'render.gesture', 'dropped', 'none'],
    [{ render: { gaze: 'up' } }, 'avatar', 'render.gaze', 'dropped', 'camera'],
    [{ render: { framing: 'full' } }, 'avatar', 'render.framing', 'substituted', 'bust'],
    [{ render: { widthPx: 9_999 } }, 'avatar', 'render.widthPx', 'clamped', 512],
  ])('says of %o that the %s has %s %s: %o', (user, stage, field, result, used) => {
    const outcomes = report(builtInPersonas[1]!, user, poorVoice, poorFace);

    const of = outcomes.find((outcome) => outcome.stage === stage && outcome.field === field);
    expect(of).toMatchObject({ result, used });
  });

  it('takes who stands for a feeling from the provider before it looks for a neighbour', () => {
    const controls = {
      emotions: ['happy', 'surprised'],
      standIns: { excited: { label: 'surprised', share: 0.8 } },
    } as const;

    expect(fitEmotion({ label: 'excited', intensity: 0.5 }, controls)).toEqual({
      label: 'surprised',
      intensity: 0.4,
    });
    expect(fitEmotion({ label: 'playful', intensity: 0.5 }, controls)).toEqual({
      label: 'happy',
      intensity: 0.5,
    });
  });

  it('shows a feeling fully or not at all where there is no intensity', () => {
    const controls = { emotions: ['sad'], intensity: false } as const;

    expect(fitEmotion({ label: 'sad', intensity: 0.5 }, controls)).toEqual({ label: 'sad', intensity: 1 });
    expect(fitEmotion({ label: 'sad', intensity: 0.4 }, controls)).toEqual({
      label: 'neutral',
      intensity: 0,
    });
  });

  it('tells a feeling by rate, pitch and loudness where the voice has none', () => {
    const mute = {
      voices: [],
      languages: [],
      controls: { emotions: [], rate: { min: 0.5, max: 2 }, pitch: { min: 0.5, max: 2 } },
    } as unknown as TtsCapabilities;
    const user = { emotion: { label: 'sad', intensity: 1 }, character: { volume: 0.5, rate: 1.5 } } as const;
    const fit = fitSpeech(mergeControls(builtInPersonas[0]!, user, undefined), mute, own);

    const { rate, pitch, volume } = emulatedManners.sad;
    expect(fit.control).toMatchObject({ rate: 1.5 * rate, pitch, volume: 1, emotion: { label: 'neutral' } });
    expect(fit.gain).toBeCloseTo(0.5 * volume);
    expect(
      reportSpeech(user, 'mute', fit, mute).map(({ field, result, reason }) => [field, result, reason]),
    ).toEqual([
      ['character.rate', 'applied', undefined],
      ['character.volume', 'emulated', 'The engine changes the loudness itself.'],
      [
        'emotion.label',
        'emulated',
        'The voice has no such feeling; it is told by rate × 0.84, pitch × 0.90, volume × 0.75.',
      ],
      ['emotion.intensity', 'emulated', expect.any(String)],
    ]);
  });

  const instructed = {
    voices: [],
    languages: [],
    emulate: ['volume'],
    controls: {
      emotions: ['happy'],
      intensity: false,
      rate: { min: 0.5, max: 1.7, steps: [0.5, 1, 1.7] },
      style: true,
      oneAtATime: ['emotion', 'style', 'rate'],
    },
  } as unknown as TtsCapabilities;

  it.each([
    [0.74, 0.5],
    [0.76, 1],
    [1.34, 1],
    [1.36, 1.7],
    [4, 1.7],
  ])('asks for the nearest step of a control that has some: %d is %d', (rate, used) => {
    const user = { character: { rate } };
    const fit = fitSpeech(mergeControls(builtInPersonas[1]!, user, undefined), instructed, own);

    expect(fit.control.rate).toBe(used);
    expect(reportSpeech(user, 'instructed', fit, instructed)).toMatchObject([
      { used, result: 'substituted' },
    ]);
  });

  it('asks for the first of those controls that a provider takes one at a time, and tells of the others', () => {
    const user = {
      character: { rate: 1.7, style: 'like a pirate', volume: 0.5 },
      emotion: { label: 'happy', intensity: 1 },
    } as const;
    const fit = fitSpeech(mergeControls(builtInPersonas[1]!, user, undefined), instructed, own);

    expect(fit).toMatchObject({
      control: { emotion: { label: 'happy' }, style: undefined, rate: 1 },
      gain: 0.5,
    });
    const outcomes = reportSpeech(user, 'instructed', fit, instructed);
    expect(outcomes.map(({ field, result }) => [field, result])).toEqual([
      ['character.rate', 'dropped'],
      ['character.volume', 'emulated'],
      ['character.style', 'dropped'],
      ['emotion.label', 'applied'],
      ['emotion.intensity', 'applied'],
    ]);
    expect(outcomes[0]?.reason).toContain('one control of this kind at a time');
  });

  it('takes a control that stands behind others while nobody asks for those', () => {
    const user = { character: { rate: 1.7 } };
    const fit = fitSpeech(mergeControls(builtInPersonas[1]!, user, undefined), instructed, own);

    expect(fit).toMatchObject({ control: { rate: 1.7 }, keptOut: [] });
  });

  it('makes up for nothing where the provider asks for that', () => {
    const asIs = { ...poorVoice, emulate: [] };
    const user = { emotion: { label: 'angry' }, character: { volume: 2 } } as const;
    const fit = fitSpeech(mergeControls(builtInPersonas[0]!, user, undefined), asIs, own);

    expect(fit.gain).toBe(1);
    expect(reportSpeech(user, 'as-is', fit, asIs).map(({ result }) => result)).toEqual([
      'dropped',
      'dropped',
    ]);
  });
});
