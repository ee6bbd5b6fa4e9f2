import type {
  AvatarCapabilities,
  EmotionCapabilities,
  NumberCapability,
  SpeechControlName,
  TtsCapabilities,
} from '../domain/capabilities.ts';
import {
  type CharacterControl,
  type Controls,
  type EmotionControl,
  type Framing,
  type RenderControl,
  framings,
  neutralControls,
} from '../domain/controls.ts';
import { primaryTag } from '../domain/language.ts';
import type { SpeechControl } from '../plugin/adapter.ts';
import { nearestEmotion } from './emotions.ts';
import { type Manner, emulatedManner, emulates } from './emulate.ts';

const clamp = (value: number, can: NumberCapability | undefined): number => {
  if (can === undefined) return 1;
  const clamped = Math.min(can.max, Math.max(can.min, value));
  const [nearest] = (can.steps ?? []).toSorted((a, b) => Math.abs(a - clamped) - Math.abs(b - clamped));
  return nearest ?? clamped;
};

const offers = <Value>(list: readonly Value[], value: Value): boolean =>
  list.length === 0 || list.includes(value);

const noEmotion: EmotionControl = { label: 'neutral', intensity: 0 };

/**
 * A feeling as a provider can show it: itself, else who stands for it, else its nearest neighbour, else
 * nothing. Neutral stands in for what is nearly neutral only.
 */
export const fitEmotion = (
  { label, intensity }: EmotionControl,
  { emotions, standIns = {}, intensity: hasIntensity = true }: EmotionCapabilities,
): EmotionControl | undefined => {
  const standIn = emotions.includes(label) ? undefined : standIns[label];
  const fitted = standIn?.label ?? nearestEmotion(label, emotions);
  if (fitted === undefined) return undefined;
  if (fitted === 'neutral') return label === 'neutral' ? { label, intensity } : noEmotion;
  const amount = intensity * (standIn?.share ?? 1);
  if (hasIntensity) return { label: fitted, intensity: amount };
  return amount < 0.5 ? noEmotion : { label: fitted, intensity: 1 };
};

/** What a persona brings for one voice, for when the user's choice cannot be had. */
export interface PersonaSpeech {
  readonly voice: string | undefined;
  readonly language: string;
}

/** A sentence's controls for one voice. */
export interface SpeechFit {
  /** What the voice is asked for; never beyond its capabilities. */
  readonly control: SpeechControl;
  /** Factor on the samples that come back. */
  readonly gain: number;
  /** What the listener gets of what was asked: `control` before a feeling was told by other means. */
  readonly honoured: SpeechControl;
  /** How a feeling is told that the voice does not have. */
  readonly told: Manner | undefined;
  /** What was asked for and is left out, because the voice takes it only without what it was given. */
  readonly keptOut: readonly SpeechControlName[];
}

const plain: Manner = { rate: 1, pitch: 1, volume: 1 };

type Wanted = Pick<SpeechControl, SpeechControlName>;

const isAskedFor = (name: SpeechControlName, wanted: Wanted, plainly: Wanted): boolean =>
  name === 'emotion' ? wanted.emotion.label !== 'neutral' : wanted[name] !== plainly[name];

/** The controls as a voice can honour them, with what the engine makes up for. */
export const fitSpeech = (
  controls: Controls,
  capabilities: TtsCapabilities,
  persona: PersonaSpeech,
): SpeechFit => {
  const { character } = controls;
  const { controls: can, voices, languages } = capabilities;
  const speaks = (tag: string): boolean => offers(languages, primaryTag(tag));
  const hasVoice = (voice: string | undefined): boolean => voice !== undefined && offers(voices, voice);

  const gainForVolume = can.volume === undefined && emulates(capabilities, 'volume');
  const felt = fitEmotion(controls.emotion, can) ?? noEmotion;
  const isMissing = felt.label === 'neutral' && controls.emotion.label !== 'neutral';
  const manner = isMissing && emulates(capabilities, 'emotion') ? emulatedManner(controls.emotion) : plain;

  const voice = [character.voice, persona.voice].find(hasVoice);
  const language = [character.language, persona.language].find(speaks) ?? languages[0] ?? character.language;
  const fit = (asked: Pick<CharacterControl, 'rate' | 'pitch' | 'volume'>): Manner => ({
    rate: clamp(asked.rate, can.rate),
    pitch: clamp(asked.pitch, can.pitch),
    volume: gainForVolume ? asked.volume : clamp(asked.volume, can.volume),
  });
  const style = can.style === true ? character.style : undefined;
  const wanted: Wanted = { emotion: felt, style, ...fit(character) };
  const plainly: Wanted = { emotion: noEmotion, style: undefined, ...fit(plain) };
  const [, ...keptOut] = (can.oneAtATime ?? []).filter((name) => isAskedFor(name, wanted, plainly));
  const used: Wanted = { ...wanted, ...Object.fromEntries(keptOut.map((name) => [name, plainly[name]])) };
  const { rate, pitch, volume } = used;
  const control = {
    voice,
    language,
    style: used.style,
    emotion: used.emotion,
    rate: clamp(rate * manner.rate, can.rate),
    pitch: clamp(pitch * manner.pitch, can.pitch),
    volume: clamp(volume * manner.volume, can.volume),
  };
  const gain = gainForVolume ? volume * manner.volume : 1;
  const told = {
    rate: control.rate / rate,
    pitch: control.pitch / pitch,
    volume: gainForVolume ? manner.volume : control.volume / Math.max(volume, Number.MIN_VALUE),
  };
  const isTold = told.rate !== 1 || told.pitch !== 1 || told.volume !== 1;
  return {
    control,
    gain,
    honoured: { ...control, emotion: isTold ? controls.emotion : used.emotion, rate, pitch, volume },
    told: isTold ? told : undefined,
    keptOut,
  };
};

const nearestFraming = (asked: Framing, offered: readonly Framing[]): Framing => {
  const distance = (framing: Framing): number =>
    Math.abs(framings.indexOf(framing) - framings.indexOf(asked));
  return offered.toSorted((a, b) => distance(a) - distance(b))[0] ?? asked;
};

/** The controls as a face can honour them. */
export const fitRender = ({ render }: Controls, capabilities: AvatarCapabilities): RenderControl => {
  const { controls: can, identities } = capabilities;
  const size = (px: number): number => Math.round(clamp(px, can.sizePx));
  const neutral = neutralControls.render;
  return {
    widthPx: size(render.widthPx),
    heightPx: size(render.heightPx),
    fps: Math.round(clamp(render.fps, can.fps)),
    framing: nearestFraming(render.framing, can.framings),
    background: can.background ? render.background : neutral.background,
    gaze: can.gaze ? render.gaze : neutral.gaze,
    headMotion: can.headMotion ? render.headMotion : neutral.headMotion,
    gesture: can.gestures?.includes(render.gesture) === true ? render.gesture : neutral.gesture,
    identity: offers(identities, render.identity) ? render.identity : identities[0]!,
  };
};
