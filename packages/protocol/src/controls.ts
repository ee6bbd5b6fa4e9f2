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

/** What a client may ask for: any subset. */
export const controlPatch = z.strictObject({
  emotion: emotionControl.partial().optional(),
  character: characterControl.partial().optional(),
  render: renderControl.partial().optional(),
  alignment: turnAlignment.partial().optional(),
});
export type WireControlPatch = z.infer<typeof controlPatch>;
