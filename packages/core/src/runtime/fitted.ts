import { type SpeechFit, fitEmotion, fitRender, fitSpeech } from '../control/degrade.ts';
import type { Persona } from '../control/personas.ts';
import { mergeControls } from '../control/merge.ts';
import { reportFace, reportPersona, reportSpeech } from '../control/report.ts';
import type { ControlPatch, Controls, EmotionControl, RenderControl } from '../domain/controls.ts';
import type { ControlOutcome } from '../domain/events.ts';
import type { AvatarAdapter, AvatarInput, AvatarSpeech, AvatarText, TtsAdapter } from '../plugin/adapter.ts';

/** Whose controls these are: what the user asked for, of whom. */
export interface Wishes {
  readonly persona: Persona;
  readonly asked: ControlPatch;
}

/** One voice in terms of what is wished for. */
export interface FittedVoice {
  fit(controls: Controls): SpeechFit;
  readonly outcomes: readonly ControlOutcome[];
}

export const fitVoice = ({ persona, asked }: Wishes, adapter: TtsAdapter): FittedVoice => {
  const can = adapter.capabilities();
  const own = { voice: persona.voices[adapter.id], language: persona.language };
  const fit = (controls: Controls): SpeechFit => fitSpeech(controls, can, own);
  const used = fit(mergeControls(persona, asked, undefined));
  return { fit, outcomes: reportSpeech(asked, adapter.id, used, can) };
};

/** One face in terms of what is wished for. */
export interface FittedFace {
  readonly render: RenderControl;
  /** The input with feelings that the face has. */
  fit(input: AvatarInput): AvatarInput;
  readonly outcomes: readonly ControlOutcome[];
}

async function* feeling<Item extends AvatarSpeech | AvatarText>(
  items: AsyncIterable<Item>,
  fit: (emotion: EmotionControl) => EmotionControl,
): AsyncGenerator<Item, void> {
  for await (const item of items) yield { ...item, emotion: fit(item.emotion) };
}

export const fitFace = ({ persona, asked }: Wishes, adapter: AvatarAdapter): FittedFace => {
  const can = adapter.capabilities();
  const controls = mergeControls(persona, asked, undefined);
  const render = fitRender(controls, can);
  const fitted = (emotion: EmotionControl): EmotionControl =>
    fitEmotion(emotion, can.controls) ?? { label: 'neutral', intensity: 0 };
  return {
    render,
    fit: (input) =>
      input.kind === 'audio'
        ? { kind: 'audio', speech: feeling(input.speech, fitted) }
        : { kind: 'text', sentences: feeling(input.sentences, fitted) },
    outcomes: reportFace(asked, adapter.id, { render, emotion: fitted(controls.emotion) }, can),
  };
};

/** What would become of the controls at these providers. */
export const previewControls = (
  wishes: Wishes,
  voice: TtsAdapter | undefined,
  face: AvatarAdapter | undefined,
): readonly ControlOutcome[] => [
  ...reportPersona(wishes.asked, wishes.persona.id),
  ...(voice === undefined ? [] : fitVoice(wishes, voice).outcomes),
  ...(face === undefined ? [] : fitFace(wishes, face).outcomes),
];
