export const emotionLabels = [
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
] as const;

export type EmotionLabel = (typeof emotionLabels)[number];

/** The feelings that models are offered; they are told apart well by voice and face. */
export const offeredEmotions = [
  'neutral',
  'happy',
  'sad',
  'angry',
  'fearful',
  'surprised',
  'disgusted',
] as const satisfies readonly EmotionLabel[];

export const isEmotionLabel = (value: string): value is EmotionLabel =>
  (emotionLabels as readonly string[]).includes(value);

/** `intensity`: 0 (none) to 1 (full). */
export interface EmotionControl {
  readonly label: EmotionLabel;
  readonly intensity: number;
}

/** How the character speaks. `rate`, `pitch`, `volume` are factors; 1 is the voice's own. */
export interface CharacterControl {
  readonly personaId: string;
  readonly voice: string | undefined;
  /** BCP 47, such as `en-US`. */
  readonly language: string;
  readonly rate: number;
  readonly pitch: number;
  readonly volume: number;
  readonly style: string | undefined;
}

export const framings = ['close', 'bust', 'half', 'full'] as const;
export type Framing = (typeof framings)[number];
export const gazes = ['camera', 'away-left', 'away-right', 'up', 'down'] as const;
export type Gaze = (typeof gazes)[number];
export const headMotions = ['still', 'natural', 'expressive'] as const;
export type HeadMotion = (typeof headMotions)[number];
export const gestures = ['none', 'subtle', 'open', 'wave', 'nod', 'point'] as const;
export type Gesture = (typeof gestures)[number];
export const driftPolicies = ['drop_and_hold', 'none'] as const;

/** Lowest and highest value of every control that is a number, in its own unit. Both are allowed. */
export const controlRanges = {
  'emotion.intensity': { min: 0, max: 1 },
  'character.rate': { min: 0.25, max: 4 },
  'character.pitch': { min: 0.25, max: 4 },
  'character.volume': { min: 0, max: 4 },
  'render.widthPx': { min: 64, max: 1920 },
  'render.heightPx': { min: 64, max: 1920 },
  'render.fps': { min: 1, max: 60 },
  'alignment.leadMs': { min: 0, max: 200 },
  'alignment.maxHoldMs': { min: 0, max: 1000 },
} as const satisfies Record<string, { readonly min: number; readonly max: number }>;

/** Longest name of a voice, an identity or a persona, and longest style, in characters. */
export const maxNameLength = 64;
export const maxStyleLength = 500;

/** How the character looks. `background`: a CSS hex colour, `studio`, `transparent` or `greenscreen`. */
export interface RenderControl {
  readonly widthPx: number;
  readonly heightPx: number;
  readonly fps: number;
  readonly framing: Framing;
  readonly background: string;
  readonly gaze: Gaze;
  readonly headMotion: HeadMotion;
  readonly gesture: Gesture;
  readonly identity: string;
}

/** How closely the picture of one turn follows its sound. */
export interface TurnAlignment {
  /** How far the picture may run ahead of the sound. */
  readonly leadMs: number;
  /** How long sound may wait for its first picture. */
  readonly maxHoldMs: number;
  readonly driftPolicy: (typeof driftPolicies)[number];
}

/** A complete set of controls. Every field has a value. */
export interface Controls {
  readonly emotion: EmotionControl;
  readonly character: CharacterControl;
  readonly render: RenderControl;
  readonly alignment: TurnAlignment;
}

type Asked<Control> = { readonly [Field in keyof Control]?: Control[Field] | undefined };

/** What somebody asks for: any subset. `undefined` means "not asked". */
export interface ControlPatch {
  readonly emotion?: Asked<EmotionControl> | undefined;
  readonly character?: Asked<CharacterControl> | undefined;
  readonly render?: Asked<RenderControl> | undefined;
  readonly alignment?: Asked<TurnAlignment> | undefined;
  /** Refuses a turn whose controls cannot all be honoured, instead of doing what can be done. */
  readonly strict?: boolean | undefined;
}

type Loose<Control> = { readonly [Field in keyof Control]?: unknown };

/** Controls as people write them: known fields, values of any kind. `normalizeControls` makes a patch of them. */
export interface LooseControls {
  readonly emotion?: Loose<EmotionControl> | undefined;
  readonly character?: Loose<CharacterControl> | undefined;
  readonly render?: Loose<RenderControl> | undefined;
  readonly alignment?: Loose<TurnAlignment> | undefined;
  readonly strict?: unknown;
}

export const neutralControls: Controls = {
  emotion: { label: 'neutral', intensity: 0 },
  character: {
    personaId: 'mira',
    voice: undefined,
    language: 'en-US',
    rate: 1,
    pitch: 1,
    volume: 1,
    style: undefined,
  },
  render: {
    widthPx: 512,
    heightPx: 512,
    fps: 25,
    framing: 'bust',
    background: 'studio',
    gaze: 'camera',
    headMotion: 'natural',
    gesture: 'none',
    identity: 'mira',
  },
  alignment: { leadMs: 0, maxHoldMs: 200, driftPolicy: 'drop_and_hold' },
};
