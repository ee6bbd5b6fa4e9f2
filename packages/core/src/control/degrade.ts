import type { AvatarCapabilities, Range, TtsCapabilities } from '../domain/capabilities.ts';
import { type ControlPatch, type Controls, neutralControls } from '../domain/controls.ts';
import type { ControlOutcome } from '../domain/events.ts';
import type { SpeechControl } from '../plugin/adapter.ts';

const clamp = (value: number, range: Range | undefined): number =>
  range === undefined ? 1 : Math.min(range.max, Math.max(range.min, value));

/** The controls as a synthesizer can honour them. `voice` is the persona's for this adapter unless the user chose one. */
export const fitSpeech = (
  controls: Controls,
  capabilities: TtsCapabilities,
  personaVoice: string | undefined,
): SpeechControl => {
  const { voice, language, rate, pitch, volume, style } = controls.character;
  const can = capabilities.controls;
  return {
    voice: voice !== undefined && capabilities.voices.includes(voice) ? voice : personaVoice,
    language,
    rate: clamp(rate, can.rate),
    pitch: clamp(pitch, can.pitch),
    volume: clamp(volume, can.volume),
    style,
    emotion: can.emotions.includes(controls.emotion.label)
      ? controls.emotion
      : { label: 'neutral', intensity: 0 },
  };
};

/** The controls as a face can honour them. */
export const fitRender = (controls: Controls, capabilities: AvatarCapabilities): Controls['render'] => {
  const { render } = controls;
  const can = capabilities.controls;
  const size = (px: number): number => Math.round(clamp(px, can.sizePx));
  return {
    ...render,
    widthPx: size(render.widthPx),
    heightPx: size(render.heightPx),
    fps: Math.round(clamp(render.fps, can.fps)),
    framing: can.framings.includes(render.framing) ? render.framing : (can.framings[0] ?? render.framing),
    background: can.background ? render.background : neutralControls.render.background,
    gaze: can.gaze ? render.gaze : neutralControls.render.gaze,
    headMotion: can.headMotion ? render.headMotion : neutralControls.render.headMotion,
    gesture: 'none',
    identity: capabilities.identities.includes(render.identity)
      ? render.identity
      : (capabilities.identities[0] ?? render.identity),
  };
};

interface Asked {
  readonly requested: unknown;
  readonly used: unknown;
  /** What the provider has of this control: nothing, a range of numbers, or a choice of values. */
  readonly offers: Range | readonly unknown[] | boolean | undefined;
}

const judge = ({ requested, used, offers }: Asked): Pick<ControlOutcome, 'result' | 'reason'> => {
  if (requested === used) return { result: 'applied' };
  if (offers === undefined || offers === false || (Array.isArray(offers) && offers.length === 0)) {
    return { result: 'dropped', reason: 'The provider has no such control.' };
  }
  if (typeof offers === 'object' && 'min' in offers) {
    return { result: 'clamped', reason: `The provider takes ${offers.min} to ${offers.max}.` };
  }
  return { result: 'substituted', reason: 'The provider does not offer this value.' };
};

interface Honoured<Used, Can> {
  readonly id: string;
  readonly used: Used;
  readonly can: Can;
}

/** What became of every field that the user asked for, per stage. Persona defaults and hints are not reported. */
export const reportControls = (
  asked: ControlPatch,
  tts: Honoured<SpeechControl, TtsCapabilities> | undefined,
  avatar: Honoured<Controls['render'], AvatarCapabilities> | undefined,
): ControlOutcome[] => {
  const outcomes: ControlOutcome[] = [];
  const add = (stage: 'tts' | 'avatar', provider: string, field: string, each: Asked): void => {
    const { requested, used } = each;
    if (requested !== undefined) outcomes.push({ stage, provider, field, requested, used, ...judge(each) });
  };
  if (tts !== undefined) {
    const { id, used, can } = tts;
    const offers = { ...can.controls, voice: can.voices, language: true };
    for (const field of ['voice', 'language', 'rate', 'pitch', 'volume'] as const) {
      const requested = asked.character?.[field];
      add('tts', id, `character.${field}`, { requested, used: used[field], offers: offers[field] });
    }
    const { emotions } = can.controls;
    const knows = asked.emotion?.label === undefined || emotions.includes(asked.emotion.label);
    for (const field of ['label', 'intensity'] as const) {
      const requested = asked.emotion?.[field];
      add('tts', id, `emotion.${field}`, {
        requested,
        used: used.emotion[field],
        offers: field === 'label' ? emotions : knows && emotions.length > 0,
      });
    }
  }
  if (avatar !== undefined) {
    const { id, used, can } = avatar;
    const { fps, sizePx, framings, gaze, headMotion, background } = can.controls;
    const offers: Record<keyof Controls['render'], Asked['offers']> = {
      widthPx: sizePx,
      heightPx: sizePx,
      fps,
      framing: framings,
      background,
      gaze,
      headMotion,
      gesture: false,
      identity: can.identities,
    };
    for (const field of Object.keys(offers) as (keyof Controls['render'])[]) {
      const requested = asked.render?.[field];
      add('avatar', id, `render.${field}`, { requested, used: used[field], offers: offers[field] });
    }
  }
  return outcomes;
};
