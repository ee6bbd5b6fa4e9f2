import type { AvatarCapabilities, NumberCapability, TtsCapabilities } from '../domain/capabilities.ts';
import type { ControlPatch, EmotionControl, RenderControl } from '../domain/controls.ts';
import type { ControlOutcome } from '../domain/events.ts';
import type { SpeechFit } from './degrade.ts';
import { nearestEmotion } from './emotions.ts';
import type { Manner } from './emulate.ts';

interface Judged {
  readonly requested: unknown;
  readonly used: unknown;
  /** What the provider has of this control: nothing, a range of numbers, or a choice of values. */
  readonly offers: NumberCapability | readonly unknown[] | boolean | undefined;
  /** How it is made up for. */
  readonly emulated?: string | undefined;
  /** Left out, because the provider takes another control in its place. */
  readonly isKeptOut?: boolean;
}

const judge = ({
  requested,
  used,
  offers,
  emulated,
  isKeptOut = false,
}: Judged): Pick<ControlOutcome, 'result' | 'reason'> => {
  if (emulated !== undefined) return { result: 'emulated', reason: emulated };
  if (requested === used) return { result: 'applied' };
  if (isKeptOut) {
    return {
      result: 'dropped',
      reason: 'The provider takes one control of this kind at a time; another one came first.',
    };
  }
  if (offers === undefined || offers === false || (Array.isArray(offers) && offers.length === 0)) {
    return { result: 'dropped', reason: 'The provider has no such control.' };
  }
  if (typeof offers === 'object' && 'min' in offers) {
    if (offers.steps !== undefined) {
      const reason = `The provider has ${offers.steps.join(', ')} only; the nearest stands for the others.`;
      return { result: 'substituted', reason };
    }
    return { result: 'clamped', reason: `The provider takes ${offers.min} to ${offers.max}.` };
  }
  return { result: 'substituted', reason: 'The provider does not offer this value; another stands for it.' };
};

const factor = (name: string, value: number): string[] =>
  value === 1 ? [] : [`${name} × ${value.toFixed(2)}`];

/** What tells a feeling, in words. */
const inWords = ({ rate, pitch, volume }: Manner): string => {
  const parts = [...factor('rate', rate), ...factor('pitch', pitch), ...factor('volume', volume)];
  return `The voice has no such feeling; it is told by ${parts.join(', ')}.`;
};

const feelingOutcomes = (
  add: (field: string, judged: Judged) => void,
  asked: ControlPatch['emotion'],
  used: EmotionControl,
  emotions: readonly string[],
  hasIntensity: boolean,
  { emulated, isKeptOut = false }: Pick<Judged, 'emulated' | 'isKeptOut'> = {},
): void => {
  // What is nearly neutral is told by neutral; any other feeling is lost there.
  const isLost =
    used.label === 'neutral' && asked?.label !== undefined && nearestEmotion(asked.label, []) !== 'neutral';
  add('emotion.label', {
    requested: asked?.label,
    used: used.label,
    offers: isLost ? [] : ['neutral', ...emotions],
    emulated,
    isKeptOut,
  });
  add('emotion.intensity', {
    requested: asked?.intensity,
    used: used.intensity,
    offers: hasIntensity && !isLost,
    emulated,
    isKeptOut,
  });
};

/** What became of every field that the user asked for, at one voice. Persona defaults and hints are not reported. */
export const reportSpeech = (
  asked: ControlPatch,
  provider: string,
  { honoured, told, keptOut }: SpeechFit,
  { controls: can, voices }: TtsCapabilities,
): ControlOutcome[] => {
  const outcomes: ControlOutcome[] = [];
  const add = (field: string, judged: Judged): void => {
    const { requested, used } = judged;
    if (requested === undefined) return;
    outcomes.push({ stage: 'tts', provider, field, requested, used: used ?? null, ...judge(judged) });
  };
  const { volume } = honoured;
  const isByGain = can.volume === undefined && volume !== 1 && asked.character?.volume === volume;
  const offers = { ...can, voice: voices, language: true };
  for (const field of ['voice', 'language', 'rate', 'pitch', 'volume', 'style'] as const) {
    add(`character.${field}`, {
      requested: asked.character?.[field],
      used: honoured[field],
      offers: offers[field],
      emulated: field === 'volume' && isByGain ? 'The engine changes the loudness itself.' : undefined,
      isKeptOut: keptOut.some((name) => name === field),
    });
  }
  const emulated = told === undefined ? undefined : inWords(told);
  feelingOutcomes(add, asked.emotion, honoured.emotion, can.emotions, can.intensity !== false, {
    emulated,
    isKeptOut: keptOut.includes('emotion'),
  });
  return outcomes;
};

/** The same at one face. */
export const reportFace = (
  asked: ControlPatch,
  provider: string,
  used: { readonly render: RenderControl; readonly emotion: EmotionControl },
  { controls: can, identities }: AvatarCapabilities,
): ControlOutcome[] => {
  const outcomes: ControlOutcome[] = [];
  const add = (field: string, judged: Judged): void => {
    const { requested } = judged;
    if (requested === undefined) return;
    outcomes.push({ stage: 'avatar', provider, field, requested, used: judged.used, ...judge(judged) });
  };
  const offers: Readonly<Record<keyof RenderControl, Judged['offers']>> = {
    widthPx: can.sizePx,
    heightPx: can.sizePx,
    fps: can.fps,
    framing: can.framings,
    background: can.background,
    gaze: can.gaze,
    headMotion: can.headMotion,
    gesture: can.gestures,
    identity: identities,
  };
  for (const field of Object.keys(offers) as (keyof RenderControl)[]) {
    const requested = asked.render?.[field];
    add(`render.${field}`, { requested, used: used.render[field], offers: offers[field] });
  }
  feelingOutcomes(add, asked.emotion, used.emotion, can.emotions, can.intensity !== false);
  return outcomes;
};

const engine = { stage: 'engine', provider: 'tth' } as const;

/** Which persona answers where one was asked for. */
export const reportPersona = (asked: ControlPatch, personaId: string): ControlOutcome[] => {
  const requested = asked.character?.personaId;
  if (requested === undefined) return [];
  const outcome = { ...engine, field: 'character.personaId' };
  return requested === personaId
    ? [{ ...outcome, requested, used: personaId, result: 'applied' }]
    : [
        {
          ...outcome,
          requested,
          used: personaId,
          result: 'substituted',
          reason: 'There is no persona of this name.',
        },
      ];
};

/**
 * What became of the wishes that the engine itself fulfils where there is a face. `isFollowed`: somebody listens as
 * the media is made. `told`: what was said already, for a value that was brought into range.
 */
export const reportAlignment = (
  { alignment = {} }: ControlPatch,
  isFollowed: boolean,
  told: readonly ControlOutcome[],
): ControlOutcome[] =>
  Object.entries(alignment).flatMap(([name, requested]): ControlOutcome[] => {
    const field = `alignment.${name}`;
    if (requested === undefined || told.some((outcome) => outcome.field === field)) return [];
    if (isFollowed) return [{ ...engine, field, requested, used: requested, result: 'applied' }];
    const reason = 'Nobody follows this session as it is made: its media is not aligned.';
    return [{ ...engine, field, requested, used: null, result: 'dropped', reason }];
  });

/** Whether something other than what was asked for happens. */
export const isDegraded = ({ result }: ControlOutcome): boolean =>
  result !== 'applied' && result !== 'deferred';
