import { mergeControls } from '../control/merge.ts';
import type { Stage } from '../domain/capabilities.ts';
import type { ControlPatch, Controls, EmotionControl } from '../domain/controls.ts';
import type { ControlOutcome } from '../domain/events.ts';
import type { PictureCodec } from '../domain/media.ts';
import type { Model } from '../pipeline/llm.stage.ts';
import type { Face } from '../pipeline/managed-avatar.stage.ts';
import { withGain } from '../pipeline/gain.ts';
import { type Relay, createRelay } from '../pipeline/relay.ts';
import type { Voice } from '../pipeline/tts.stage.ts';
import type { AvatarAdapter, InferContext, LlmAdapter, TtsAdapter } from '../plugin/adapter.ts';
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
  readonly context: (attempt: number) => Omit<InferContext, 'signal'>;
  readonly takeKeyFrameRequest: () => boolean;
  /** The next of a stage took over. */
  readonly onTakeOver: (stage: Stage, from: string, to: string, reason: string) => void;
  readonly onReport: (outcomes: readonly ControlOutcome[]) => void;
}

/** A face with what is known of it beforehand. */
export interface FaceRoute extends Face {
  readonly input: 'audio' | 'text';
  readonly outcomes: readonly ControlOutcome[];
}

const codecFor = (adapter: AvatarAdapter, accepted: readonly string[]): PictureCodec | undefined =>
  adapter.capabilities().delivery.find((codec) => accepted.includes(codec));

/** The avatar for a client, and the first of its deliveries that the client takes. */
export const findAvatar = (
  router: Router,
  accepted: readonly string[],
  suits: (adapter: AvatarAdapter) => boolean = () => true,
): { readonly route: Route<'avatar'>; readonly codec: PictureCodec } | undefined => {
  const route = router.find(
    'avatar',
    (adapter) => codecFor(adapter, accepted) !== undefined && suits(adapter),
  );
  const codec = route && codecFor(route.adapter, accepted);
  return route && codec && { route, codec };
};

/** Whether the same became of the same controls, whoever did it. */
const isSameReport = (one: readonly ControlOutcome[], other: readonly ControlOutcome[]): boolean => {
  const anonymous = (outcomes: readonly ControlOutcome[]): string =>
    JSON.stringify(outcomes.map((outcome) => ({ ...outcome, provider: '' })));
  return anonymous(one) === anonymous(other);
};

/** Whom one turn asks, and who takes over; everything in terms of this turn's persona and controls. */
export const createTurnProviders = (deps: TurnProvidersDeps) => {
  const { router, persona, asked, context, onTakeOver, onReport } = deps;
  const controlsFor = (hint: EmotionControl | undefined): Controls => mergeControls(persona, asked, hint);
  const base = controlsFor(undefined);
  const { language } = base.character;

  const modelOf = ({ adapter, call }: Route<'llm'>): Model => ({
    id: adapter.id,
    continuesPrefix: adapter.capabilities().continuePrefix,
    open: (messages, attempt, signal) => call({ messages }, { language }, context(attempt), signal),
  });

  const voiceOf = ({ adapter, call }: Route<'tts'>): Voice & { outcomes: readonly ControlOutcome[] } => {
    const { fit, outcomes } = fitVoice({ persona, asked }, adapter);
    return {
      id: adapter.id,
      outcomes,
      synthesize: (input, { controls }, attempt, signal) => {
        const { control, gain } = fit(controls);
        return withGain(call(input, control, context(attempt), signal), gain);
      },
    };
  };

  const faceOf = (
    { route: { adapter, call }, codec }: NonNullable<ReturnType<typeof findAvatar>>,
    attempt: number,
  ): FaceRoute => {
    const can = adapter.capabilities();
    const { render, fit, outcomes } = fitFace({ persona, asked }, adapter);
    const control = {
      ...render,
      codec,
      character: base.character,
      takeKeyFrameRequest: deps.takeKeyFrameRequest,
    };
    return {
      id: adapter.id,
      input: can.input,
      prebufferMs: can.pace.prebufferMs,
      outcomes,
      open: (input, signal, owes) => call(fit(input), control, context(attempt), signal, owes),
    };
  };

  /** Asks the next of a stage that may be called. */
  const relayOf = <Provider extends { readonly id: string }, S extends 'llm' | 'tts'>(
    stage: S,
    make: (route: Route<S>) => Provider,
    onChange: (from: Provider, to: Provider) => void,
  ): Relay<Provider> =>
    createRelay({
      first: make(router.route(stage)),
      findNext: (tried) => {
        const route = router.find<S>(stage, (adapter: LlmAdapter | TtsAdapter) => !tried.has(adapter.id));
        return route && make(route);
      },
      announce: (from, to, { code }) => {
        onTakeOver(stage, from.id, to.id, code);
        onChange(from, to);
      },
    });

  return {
    language,
    controlsFor,
    /** Throws `provider.none_available`. */
    models: (): Relay<Model> => relayOf('llm', modelOf, () => {}),
    /** Throws `provider.none_available`. */
    voices: (): Relay<Voice & { outcomes: readonly ControlOutcome[] }> =>
      relayOf('tts', voiceOf, (from, to) => {
        if (!isSameReport(from.outcomes, to.outcomes)) onReport(to.outcomes);
      }),
    face: (): FaceRoute | undefined => {
      const found = findAvatar(router, deps.video);
      return found && faceOf(found, 0);
    },
    /** Who may show the face after `lost` failed: somebody else, or the same again where there is nobody. */
    nextFace: (lost: FaceRoute): FaceRoute | undefined => {
      const takesSpeech = (adapter: AvatarAdapter): boolean => adapter.capabilities().input === 'audio';
      const found =
        findAvatar(router, deps.video, (adapter) => takesSpeech(adapter) && adapter.id !== lost.id) ??
        findAvatar(router, deps.video, takesSpeech);
      return found && faceOf(found, 1);
    },
    /** Tells what became of the controls where `to` does not honour them as `from` did. */
    reportChange: (from: FaceRoute, to: FaceRoute): void => {
      if (!isSameReport(from.outcomes, to.outcomes)) onReport(to.outcomes);
    },
  };
};
