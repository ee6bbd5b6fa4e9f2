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

export type Framing = 'close' | 'bust' | 'half' | 'full';
export type Gaze = 'camera' | 'away-left' | 'away-right' | 'up' | 'down';
export type HeadMotion = 'still' | 'natural' | 'expressive';
export type Gesture = 'none' | 'subtle' | 'open' | 'wave' | 'nod' | 'point';

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
  readonly driftPolicy: 'drop_and_hold' | 'none';
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
