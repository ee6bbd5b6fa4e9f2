import { type SpeechFit, fitEmotion, fitRender, fitSpeech } from '../control/degrade.ts';
import type { Persona } from '../control/personas.ts';
import { mergeControls } from '../control/merge.ts';
import { reportAlignment, reportFace, reportPersona, reportSpeech } from '../control/report.ts';
import {
  type ControlPatch,
  type Controls,
  type EmotionControl,
  type RenderControl,
  emotionLabels,
} from '../domain/controls.ts';
import type { ControlOutcome } from '../domain/events.ts';
import { mapStream } from '../pipeline/map-stream.ts';
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

export const fitFace = ({ persona, asked }: Wishes, adapter: AvatarAdapter): FittedFace => {
  const can = adapter.capabilities();
  const controls = mergeControls(persona, asked, undefined);
  const render = fitRender(controls, can);
  const isAnyFeelingShown =
    can.controls.intensity !== false && emotionLabels.every((label) => can.controls.emotions.includes(label));
  const fitted = (emotion: EmotionControl): EmotionControl =>
    fitEmotion(emotion, can.controls) ?? { label: 'neutral', intensity: 0 };
  return {
    render,
    fit: (input) => {
      const felt = <Item extends AvatarSpeech | AvatarText>(item: Item): Item => ({
        ...item,
        emotion: fitted(item.emotion),
      });
      if (isAnyFeelingShown) return input;
      return input.kind === 'audio'
        ? { kind: 'audio', speech: mapStream(input.speech, felt) }
        : { kind: 'text', sentences: mapStream(input.sentences, felt) };
    },
    outcomes: reportFace(asked, adapter.id, { render, emotion: fitted(controls.emotion) }, can),
  };
};

/** Who would perform, whether somebody follows it as it is made, and what was said of the controls already. */
export interface Outlook {
  readonly voice: TtsAdapter | undefined;
  readonly face: AvatarAdapter | undefined;
  readonly isFollowed: boolean;
  readonly told: readonly ControlOutcome[];
}

/** What would become of the controls there. */
export const previewControls = (
  wishes: Wishes,
  { voice, face, isFollowed, told }: Outlook,
): readonly ControlOutcome[] => [
  ...reportPersona(wishes.asked, wishes.persona.id),
  ...(face === undefined ? [] : reportAlignment(wishes.asked, isFollowed, told)),
  ...(voice === undefined ? [] : fitVoice(wishes, voice).outcomes),
  ...(face === undefined ? [] : fitFace(wishes, face).outcomes),
];
