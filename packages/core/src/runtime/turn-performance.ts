import { type TthError, isTthError } from '../domain/errors.ts';
import type { ControlOutcome } from '../domain/events.ts';
import type { Policies } from '../domain/policies.ts';
import type { Demand } from '../pipeline/demand.ts';
import type { ManagedStandby } from '../pipeline/managed-avatar.stage.ts';
import type { SpeechFeed } from '../pipeline/speech-feed.ts';
import type { Performance } from '../pipeline/turn-pipeline.ts';
import type { FaceRoute, createTurnProviders } from './turn-providers.ts';

type TurnProviders = ReturnType<typeof createTurnProviders>;

export interface TurnPerformanceDeps {
  readonly providers: TurnProviders;
  readonly withoutVoice: Policies['withoutVoice'];
  /** Whether the client shows pictures at all. */
  readonly hasPicture: boolean;
  readonly feed: SpeechFeed;
  /** Room for more sound; for sound and pictures of one source; for pictures. */
  readonly demand: {
    readonly sound: Demand;
    readonly fedSound: Demand;
    readonly both: Demand;
    readonly picture: Demand;
  };
  /** The turn goes on as text. */
  readonly onSpeechLost: (from: string, reason: string) => void;
}

/** Who performs a turn, and who takes over when one of them fails. */
export interface TurnPerformance {
  /** Throws `provider.none_available` where nobody can speak and a turn may not be text alone. */
  begin(): { readonly performance: Performance; readonly outcomes: readonly ControlOutcome[] };
  /** The listener sees again a face that was lost: tells what became of the controls now. */
  reportReturn(): void;
  /** The voices have failed, one after the other. */
  loseSpeech(reason: string): void;
}

export const createTurnPerformance = (deps: TurnPerformanceDeps): TurnPerformance => {
  const { providers, withoutVoice, hasPicture, feed, demand, onSpeechLost } = deps;
  let face: FaceRoute | undefined;
  let lost: FaceRoute | undefined;
  let voices: ReturnType<TurnProviders['voices']> | undefined;

  const findVoices = (): typeof voices => {
    try {
      voices = providers.voices();
    } catch (error) {
      if (withoutVoice === 'fail') throw error;
      onSpeechLost('none', isTthError(error) ? error.code : 'plugin.error');
    }
    return voices;
  };

  const findFace = (): FaceRoute | undefined => {
    const next = face && providers.nextFace(face);
    if (next === undefined) return undefined;
    lost = face;
    face = next;
    return next;
  };

  const replaceManaged = (_face: unknown, error: TthError): ManagedStandby | undefined => {
    const next = face && providers.managedStandby(face, error);
    if (next === undefined) return undefined;
    if (next === 'voice') {
      voices = providers.voices();
      return { kind: 'voice', tts: { voices, demand: demand.sound } };
    }
    face = next;
    return { kind: 'face', face: next };
  };

  return {
    begin: () => {
      face = providers.face();
      if (face !== undefined && hasPicture && face.input === 'text') {
        const avatar = { first: face, takeOver: replaceManaged, demand: demand.both };
        return { performance: { mode: 'managed', avatar }, outcomes: face.outcomes };
      }
      const speakers = findVoices();
      if (speakers === undefined) return { performance: { mode: 'text_only' }, outcomes: [] };
      const outcomes = [...speakers.current.outcomes, ...(face?.outcomes ?? [])];
      if (face === undefined || !hasPicture) {
        return {
          performance: { mode: 'audio_only', tts: { voices: speakers, demand: demand.sound } },
          outcomes,
        };
      }
      return {
        performance: {
          mode: 'split',
          tts: { voices: speakers, demand: demand.fedSound },
          avatar: { first: face, findNext: findFace, demand: demand.picture, feed },
        },
        outcomes,
      };
    },
    reportReturn: () => {
      if (lost !== undefined && face !== undefined) providers.reportChange(lost, face);
    },
    loseSpeech: (reason) => onSpeechLost(voices?.current.id ?? face?.id ?? 'none', reason),
  };
};
