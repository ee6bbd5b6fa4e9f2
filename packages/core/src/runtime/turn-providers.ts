import { type PictureShare, wholePicture } from '../alignment/link.ts';
import { mergeControls } from '../control/merge.ts';
import { type PictureBudget, shrinkPicture } from '../alignment/shrink.ts';
import type { Stage } from '../domain/capabilities.ts';
import type { ControlPatch, Controls, EmotionControl } from '../domain/controls.ts';
import { type TthError, errorTable } from '../domain/errors.ts';
import type { ControlOutcome } from '../domain/events.ts';
import { primaryTag } from '../domain/language.ts';
import type { PictureCodec } from '../domain/media.ts';
import type { Model } from '../pipeline/llm.stage.ts';
import type { Face } from '../pipeline/managed-avatar.stage.ts';
import { withGain } from '../pipeline/gain.ts';
import { type Relay, createRelay } from '../pipeline/relay.ts';
import { toSpoken } from '../pipeline/speech-text/english.ts';
import type { Voice } from '../pipeline/tts.stage.ts';
import type { AvatarAdapter, InferContext, TtsAdapter } from '../plugin/adapter.ts';
import type { Need } from '../routing/choose.ts';
import type { AdapterOf } from '../routing/registry.ts';
import type { Route, Router } from '../routing/router.ts';
import type { Persona } from '../control/personas.ts';
import { fitFace, fitVoice } from './fitted.ts';

export interface TurnProvidersDeps {
  readonly router: Router;
  readonly persona: Persona;
  /** What the user asked for, in this turn and before. */
  readonly asked: ControlPatch;
  /** Codecs that the client takes. */
  readonly video: readonly string[];
  /** What every provider of this turn must have, and how long the next may take. */
  readonly need: (stage: Stage) => Pick<Need<unknown>, 'tags' | 'conversation' | 'withinMs'>;
  readonly maxOutputTokens: number;
  readonly context: (attempt: number) => Omit<InferContext, 'signal'>;
  readonly takeKeyFrameRequest: () => boolean;
  /** The next of a stage took over. */
  readonly onTakeOver: (stage: Stage, from: string, to: string, reason: string) => void;
  readonly onReport: (outcomes: readonly ControlOutcome[]) => void;
}

/** A face with what is known of it beforehand. */
export interface FaceRoute extends Face {
  readonly input: 'audio' | 'text';
  readonly codec: PictureCodec;
  readonly outcomes: readonly ControlOutcome[];
  /** What its pictures are asked to be. */
  readonly picture: PictureBudget;
  /** The same face with a share of the picture that was asked for. */
  readonly atShare: (share: PictureShare) => FaceRoute;
}

const codecFor = (adapter: AvatarAdapter, accepted: readonly string[]): PictureCodec | undefined =>
  adapter.capabilities().delivery.find((codec) => accepted.includes(codec));

/** The avatar for a client, and the first of its deliveries that the client takes. */
export const findAvatar = (
  router: Router,
  accepted: readonly string[],
  { suits = () => true, ...need }: Need<AvatarAdapter> = {},
): { readonly route: Route<'avatar'>; readonly codec: PictureCodec } | undefined => {
  const route = router.find('avatar', {
    ...need,
    suits: (adapter) => codecFor(adapter, accepted) !== undefined && suits(adapter),
  });
  const codec = route && codecFor(route.adapter, accepted);
  return route && codec && { route, codec };
};

/** Somebody of whom it is known what becomes of the controls there. */
interface Judged {
  readonly outcomes: readonly ControlOutcome[];
}

/** Whether the same became of the same controls, whoever did it. */
const isSameReport = (one: readonly ControlOutcome[], other: readonly ControlOutcome[]): boolean => {
  const anonymous = (outcomes: readonly ControlOutcome[]): string =>
    JSON.stringify(outcomes.map((outcome) => ({ ...outcome, provider: '' })));
  return anonymous(one) === anonymous(other);
};

/** Whether a voice speaks a language. */
export const speaks =
  (language: string) =>
  (adapter: TtsAdapter): boolean => {
    const { languages } = adapter.capabilities();
    return languages.length === 0 || languages.includes(primaryTag(language));
  };

export type TurnProviders = ReturnType<typeof createTurnProviders>;

/** Whom one turn asks, and who takes over; everything in terms of this turn's persona and controls. */
export const createTurnProviders = (deps: TurnProvidersDeps) => {
  const { router, persona, asked, context, onTakeOver, onReport } = deps;
  const controlsFor = (hint: EmotionControl | undefined): Controls => mergeControls(persona, asked, hint);
  const base = controlsFor(undefined);
  const { language } = base.character;

  const modelOf = ({ adapter, call }: Route<'llm'>): Model => {
    const { continuePrefix, structured, tools } = adapter.capabilities();
    const control = { language, maxOutputTokens: deps.maxOutputTokens };
    return {
      id: adapter.id,
      continuesPrefix: continuePrefix,
      structured,
      tools,
      open: (input, attempt, signal) => call(input, control, context(attempt), signal),
    };
  };

  const voiceOf = ({ adapter, call }: Route<'tts'>): Voice & { outcomes: readonly ControlOutcome[] } => {
    const can = adapter.capabilities();
    const { fit, outcomes } = fitVoice({ persona, asked }, adapter);
    return {
      id: adapter.id,
      timesWords: can.timings.words !== 'none',
      toSpoken: can.textNormalization === 'engine' ? (text) => toSpoken(text, language) : undefined,
      outcomes,
      synthesize: (input, { controls }, attempt, signal) => {
        const { control, gain } = fit(controls);
        return withGain(call(input, control, context(attempt), signal), gain);
      },
    };
  };

  const faceOf = (found: NonNullable<ReturnType<typeof findAvatar>>, attempt: number): FaceRoute => {
    const { adapter, call } = found.route;
    const { codec } = found;
    const can = adapter.capabilities();
    const { render, fit, outcomes } = fitFace({ persona, asked }, adapter);
    const at = (share: PictureShare): FaceRoute => {
      const picture = shrinkPicture(render, share, can.controls);
      const control = {
        ...render,
        ...picture,
        codec,
        character: base.character,
        takeKeyFrameRequest: deps.takeKeyFrameRequest,
      };
      return {
        id: adapter.id,
        input: can.input,
        codec,
        prebufferMs: can.pace.prebufferMs,
        outcomes,
        picture,
        atShare: at,
        open: (input, signal, owes) => call(fit(input), control, context(attempt), signal, owes),
      };
    };
    return at(wholePicture);
  };

  /** Faces that spoke by themselves and failed. */
  const managed = new Set<string>();

  /** Tells what became of the controls where `to` does not honour them as `from` did. */
  const reportChange = (from: Judged, to: Judged): void => {
    if (to.outcomes.length > 0 && !isSameReport(from.outcomes, to.outcomes)) onReport(to.outcomes);
  };

  /** Asks the next of a stage that may be called. */
  const relayOf = <Provider extends { readonly id: string }, S extends 'llm' | 'tts'>(
    stage: S,
    make: (route: Route<S>) => Provider,
    onChange: (from: Provider, to: Provider) => void,
  ): Relay<Provider> => {
    const need = () =>
      ({ ...deps.need(stage), ...(stage === 'tts' && { prefers: speaks(language) }) }) as Need<AdapterOf[S]>;
    return createRelay({
      first: make(router.route(stage, need())),
      findNext: (tried) => {
        const route = router.find(stage, { ...need(), suits: ({ id }) => !tried.has(id) });
        return route && make(route);
      },
      announce: (from, to, { code }) => {
        onTakeOver(stage, from.id, to.id, code);
        onChange(from, to);
      },
    });
  };

  return {
    language,
    controlsFor,
    /** Throws `provider.none_available`. */
    models: (wrap: (model: Model) => Model = (model) => model): Relay<Model> =>
      relayOf(
        'llm',
        (route) => wrap(modelOf(route)),
        () => {},
      ),
    /** Throws `provider.none_available`. */
    voices: (): Relay<Voice & { outcomes: readonly ControlOutcome[] }> =>
      relayOf('tts', voiceOf, reportChange),
    face: (): FaceRoute | undefined => {
      const found = findAvatar(router, deps.video, deps.need('avatar'));
      return found && faceOf(found, 0);
    },
    /** Who may show the face after `lost` failed: somebody else, or the same again where there is nobody. */
    nextFace: (lost: FaceRoute): FaceRoute | undefined => {
      const takesSpeech = (adapter: AvatarAdapter): boolean => adapter.capabilities().input === 'audio';
      const found =
        findAvatar(router, deps.video, {
          ...deps.need('avatar'),
          suits: (adapter) => takesSpeech(adapter) && adapter.id !== lost.id,
        }) ?? findAvatar(router, deps.video, { ...deps.need('avatar'), suits: takesSpeech });
      return found && faceOf(found, 1);
    },
    /** Who goes on when a face that spoke by itself was lost: another such face, told of, or a voice. */
    managedStandby: (lost: FaceRoute, error: TthError): FaceRoute | 'voice' | undefined => {
      managed.add(lost.id);
      if (errorTable[error.code].retry !== 'other_provider') return undefined;
      const found = findAvatar(router, deps.video, {
        ...deps.need('avatar'),
        suits: (adapter) => adapter.capabilities().input === 'text' && !managed.has(adapter.id),
      });
      const next = found && faceOf(found, managed.size);
      if (next !== undefined) {
        onTakeOver('avatar', lost.id, next.id, error.code);
        reportChange(lost, next);
        return next;
      }
      return router.find('tts', deps.need('tts')) && 'voice';
    },
    reportChange,
  };
};
