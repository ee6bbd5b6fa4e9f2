import * as z from 'zod';

export const emotionLabel = z.enum([
  'neutral',
  'happy',
  'warm',
  'excited',
  'playful',
  'sad',
  'empathetic',
  'serious',
  'professional',
  'angry',
  'frustrated',
  'fearful',
  'surprised',
  'disgusted',
  'contemptuous',
]);

const shortName = z.string().min(1).max(64);

/** `intensity`: 0 to 1. */
export const emotionControl = z.strictObject({ label: emotionLabel, intensity: z.number().min(0).max(1) });

/** `rate`, `pitch`, `volume`: factors of the voice's own; 1 changes nothing. */
export const characterControl = z.strictObject({
  personaId: shortName,
  voice: shortName,
  language: z.string().regex(/^[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*$/, 'expected a language tag such as en-US'),
  rate: z.number().min(0.25).max(4),
  pitch: z.number().min(0.25).max(4),
  volume: z.number().min(0).max(4),
  style: z.string().max(500),
});

export const renderControl = z.strictObject({
  widthPx: z.number().int().min(64).max(1920),
  heightPx: z.number().int().min(64).max(1920),
  fps: z.number().int().min(1).max(60),
  framing: z.enum(['close', 'bust', 'half', 'full']),
  background: z
    .string()
    .regex(
      /^(#[0-9a-fA-F]{6}|studio|transparent|greenscreen)$/,
      'expected #rrggbb, studio, transparent or greenscreen',
    ),
  gaze: z.enum(['camera', 'away-left', 'away-right', 'up', 'down']),
  headMotion: z.enum(['still', 'natural', 'expressive']),
  gesture: z.enum(['none', 'subtle', 'open', 'wave', 'nod', 'point']),
  identity: shortName,
});

/** How closely the picture of a turn follows its sound. */
export const turnAlignment = z.strictObject({
  leadMs: z.number().min(0).max(200),
  maxHoldMs: z.number().min(0).max(1000),
  driftPolicy: z.enum(['drop_and_hold', 'none']),
});

/** `true` refuses a turn whose controls cannot all be honoured, instead of doing what can be done. */
const strict = z.boolean();

/** Controls in the engine's own form: any subset, every value in its unit and range. */
export const controlPatch = z.strictObject({
  emotion: emotionControl.partial().optional(),
  character: characterControl.partial().optional(),
  render: renderControl.partial().optional(),
  alignment: turnAlignment.partial().optional(),
  strict: strict.optional(),
});
export type WireControlPatch = z.infer<typeof controlPatch>;

/** A value as somebody writes it: "joyful", "+20%", "-3dB", `en_us`. Short, so that a message stays a message. */
export const looseValue = z.union([z.string().max(2_000), z.number(), z.boolean(), z.null()]);

const loose = <Part extends z.ZodRawShape>({ shape }: z.ZodObject<Part>) =>
  z
    .strictObject(
      Object.fromEntries(Object.keys(shape).map((field) => [field, looseValue])) as {
        [Field in keyof Part]: typeof looseValue;
      },
    )
    .partial();

/**
 * What a client may send. The shape is strict: an unknown part or field is a mistake of the program and is
 * refused. Values are lenient: one that cannot be understood or honoured costs itself alone, and
 * `control_report` says so.
 */
export const looseControls = z.strictObject({
  emotion: loose(emotionControl).optional(),
  character: loose(characterControl).optional(),
  render: loose(renderControl).optional(),
  alignment: loose(turnAlignment).optional(),
  strict: strict.optional(),
});
export type LooseControls = z.infer<typeof looseControls>;
