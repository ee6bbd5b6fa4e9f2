import type { AvatarCapabilities, Range, TtsCapabilities } from '../domain/capabilities.ts';
import type { ControlPatch, Controls } from '../domain/controls.ts';
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
    gesture: 'none',
    identity: capabilities.identities.includes(render.identity)
      ? render.identity
      : (capabilities.identities[0] ?? render.identity),
  };
};

const verdict = (requested: unknown, used: unknown, isNumber: boolean): ControlOutcome['result'] => {
  if (requested === used) return 'applied';
  if (isNumber) return used === 1 ? 'dropped' : 'clamped';
  return used === undefined ? 'dropped' : 'substituted';
};

/** What became of every field that the user asked for, per stage. Persona defaults and hints are not reported. */
export const reportControls = (
  asked: ControlPatch,
  tts: { readonly id: string; readonly used: SpeechControl } | undefined,
  avatar: { readonly id: string; readonly used: Controls['render'] } | undefined,
): ControlOutcome[] => {
  const outcomes: ControlOutcome[] = [];
  const add = (
    stage: 'tts' | 'avatar',
    provider: string,
    field: string,
    requested: unknown,
    used: unknown,
  ): void => {
    if (requested === undefined) return;
    const result = verdict(requested, used, typeof requested === 'number');
    outcomes.push({ stage, provider, field, requested, used, result });
  };
  if (tts !== undefined) {
    for (const field of ['voice', 'language', 'rate', 'pitch', 'volume'] as const) {
      add('tts', tts.id, `character.${field}`, asked.character?.[field], tts.used[field]);
    }
    add('tts', tts.id, 'emotion.label', asked.emotion?.label, tts.used.emotion.label);
    add('tts', tts.id, 'emotion.intensity', asked.emotion?.intensity, tts.used.emotion.intensity);
  }
  if (avatar !== undefined) {
    for (const field of Object.keys(asked.render ?? {}) as (keyof Controls['render'])[]) {
      add('avatar', avatar.id, `render.${field}`, asked.render?.[field], avatar.used[field]);
    }
  }
  return outcomes;
};
