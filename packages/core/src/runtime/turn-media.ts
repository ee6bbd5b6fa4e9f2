import { type Observable, catchError, concat, of } from 'rxjs';
import { mergeControls, mergePatches } from '../control/merge.ts';
import { fitRender, fitSpeech, reportControls } from '../control/degrade.ts';
import type { ControlPatch, Controls, EmotionControl } from '../domain/controls.ts';
import { TthError, toTthError } from '../domain/errors.ts';
import type { ControlOutcome } from '../domain/events.ts';
import { type MediaItem, type PictureCodec, type WordTiming, pcmBytes } from '../domain/media.ts';
import type { Policies } from '../domain/policies.ts';
import { type Clock, usToMs } from '../domain/time.ts';
import type { TurnMilestone, TurnStart } from '../machines/turn.machine.ts';
import { type Demand, demandOf } from '../pipeline/demand.ts';
import { Lane } from '../pipeline/lane.ts';
import { llmStage, readStyleHints, verbatim } from '../pipeline/llm.stage.ts';
import { buildPrompt } from '../pipeline/prompt.ts';
import type { TurnSignal } from '../pipeline/signals.ts';
import type { ReplyPiece } from '../pipeline/style-hints.ts';
import { type Performance, turnPipeline } from '../pipeline/turn-pipeline.ts';
import type { AvatarSpeech, AvatarText, InferContext, UsageRecord } from '../plugin/adapter.ts';
import type { Log } from '../plugin/services.ts';
import type { Route, Router } from '../routing/router.ts';
import type { SessionHandle } from './session.ts';

/** Everything about a running turn that is not plain data. */
export interface TurnWork {
  readonly start: TurnStart;
  readonly text: string;
  readonly asked: ControlPatch;
  readonly startedMs: number;
  reply: string;
  sentences: number;
  readonly words: WordTiming[];
  sentUs: number;
  failure: TthError | undefined;
  readonly marks: Record<string, number>;
  /** How long the providers have been waiting for the client so far. */
  waitedMs(): number;
  stop(): void;
}

export interface TurnMediaDeps {
  readonly clock: Clock;
  readonly policies: Policies;
  readonly router: Router;
  readonly log: Log;
}

/** Adds up the time during which something waits. */
const createStopwatch = (clock: Clock) => {
  let total = 0;
  let since: number | undefined;
  return {
    start: () => {
      since ??= clock.monotonicMs();
    },
    stop: () => {
      if (since !== undefined) total += clock.monotonicMs() - since;
      since = undefined;
    },
    totalMs: () => total + (since === undefined ? 0 : clock.monotonicMs() - since),
  };
};

export const createTurnWork = (
  start: TurnStart,
  text: string,
  asked: ControlPatch,
  clock: Clock,
): TurnWork => ({
  start,
  text,
  asked,
  startedMs: clock.monotonicMs(),
  reply: '',
  sentences: 0,
  words: [],
  sentUs: 0,
  failure: undefined,
  marks: {},
  waitedMs: () => 0,
  stop: () => {},
});

/** The avatar for a client, and the first of its deliveries that the client takes. */
export const findAvatar = (
  router: Router,
  accepted: readonly string[],
): { readonly route: Route<'avatar'>; readonly codec: PictureCodec } | undefined => {
  const codecOf = (delivery: readonly PictureCodec[]): PictureCodec | undefined =>
    delivery.find((codec) => accepted.includes(codec));
  const route = router.find('avatar', (adapter) => codecOf(adapter.capabilities().delivery) !== undefined);
  const codec = route && codecOf(route.adapter.capabilities().delivery);
  return route && codec && { route, codec };
};

/**
 * Runs one turn's pipeline: the only subscription of the turn. Events go to the session, media into the
 * playout's lanes, milestones to `report`. `work.stop()` ends every provider call of the turn.
 */
export const startTurnMedia = (
  session: SessionHandle,
  work: TurnWork,
  deps: TurnMediaDeps,
  report: (milestone: TurnMilestone) => void,
): void => {
  const { clock, policies, router, log } = deps;
  const { start } = work;
  const { turnId } = start;
  const epoch = session.epoch;
  const watch = createStopwatch(clock);
  const asked = mergePatches(session.controls, work.asked);
  const { persona } = session;

  const mark = (name: string): void => {
    work.marks[name] ??= clock.monotonicMs() - work.startedMs;
  };
  const usage = (record: UsageRecord): void => log.debug({ turnId, ...record }, 'usage');
  const context = (language: string): Omit<InferContext, 'signal'> => ({
    deadline: start.deadlineAt,
    sessionId: session.id,
    turnId,
    epoch,
    attempt: 0,
    locale: language,
    clock,
    log,
    usage,
  });
  const fail = (error: unknown): void => {
    work.failure = toTthError(error, 'plugin.error', 'A provider failed in an unexpected way.');
    log.warn({ turnId, code: work.failure.code, error }, 'the turn failed');
    report({ type: 'provider_error', code: work.failure.code, recoverable: true });
  };

  const controlsFor = (hint: EmotionControl | undefined): Controls => mergeControls(persona, asked, hint);
  const base = controlsFor(undefined);
  const { language } = base.character;

  const laneOf = (capMs: number): Lane<MediaItem> =>
    new Lane({ capMs, durationMs: (item) => usToMs(item.durationUs) });
  const audio = laneOf(policies.audioLaneMs);
  const picture = start.plan.avatar ? laneOf(policies.pictureLaneMs) : undefined;
  const speech = new Lane<AvatarSpeech>({
    capMs: policies.audioLaneMs,
    durationMs: (item) => usToMs(item.durationUs),
  });
  const texts = new Lane<AvatarText>({ capMs: 1, durationMs: () => 1 });

  const waiting =
    (demand: Demand): Demand =>
    (signal) => {
      const wait = demand(signal);
      if (wait === undefined) return undefined;
      watch.start();
      return wait.finally(() => watch.stop());
    };

  let keyFrameWanted = false;
  session.onKeyFrameRequest(() => (keyFrameWanted = true));

  const reply = (): Observable<ReplyPiece> => {
    if (start.kind === 'say') return verbatim(work.text);
    const llm = router.route('llm');
    const input = {
      messages: buildPrompt(persona.systemPrompt, session.conversation, work.text, policies.promptLength),
    };
    return llmStage((signal) => llm.call(input, { language }, context(language), signal), usage).pipe(
      readStyleHints(policies.maxReplyLength),
      catchError((error: unknown) => {
        if (work.reply === '') throw error;
        work.failure = toTthError(error, 'plugin.error', 'The model failed in the middle of its reply.');
        return of<ReplyPiece>({ type: 'cut' });
      }),
    );
  };

  const performance = (): { readonly performance: Performance; readonly outcomes: ControlOutcome[] } => {
    const avatar = start.plan.avatar ? findAvatar(router, session.accepts.video) : undefined;
    const render = avatar && fitRender(base, avatar.route.adapter.capabilities());
    const face =
      avatar &&
      picture &&
      ({
        provider: avatar.route.adapter.id,
        demand: demandOf([picture]),
        prebufferMs: avatar.route.adapter.capabilities().pace.prebufferMs,
        open: (input, signal, owes) =>
          avatar.route.call(
            input,
            {
              ...fitRender(base, avatar.route.adapter.capabilities()),
              codec: avatar.codec,
              character: base.character,
              takeKeyFrameRequest: () => {
                const wanted = keyFrameWanted;
                keyFrameWanted = false;
                return wanted;
              },
            },
            context(language),
            signal,
            owes,
          ),
      } satisfies Extract<Performance, { mode: 'split' }>['avatar']);
    const avatarReport = avatar &&
      render && { id: avatar.route.adapter.id, used: render, can: avatar.route.adapter.capabilities() };

    if (face && avatar.route.adapter.capabilities().input === 'text') {
      return {
        performance: {
          mode: 'managed',
          avatar: { ...face, demand: waiting(demandOf([audio, picture])) },
          texts,
        },
        outcomes: reportControls(asked, undefined, avatarReport),
      };
    }
    const tts = router.route('tts');
    const voice = persona.voices[tts.adapter.id];
    const synthesis = {
      demand: waiting(demandOf(face ? [audio, speech] : [audio])),
      synthesize: (input, { controls }, signal) =>
        tts.call(input, fitSpeech(controls, tts.adapter.capabilities(), voice), context(language), signal),
    } satisfies Extract<Performance, { mode: 'split' }>['tts'];
    const speechReport = {
      id: tts.adapter.id,
      used: fitSpeech(base, tts.adapter.capabilities(), voice),
      can: tts.adapter.capabilities(),
    };
    return {
      performance: face
        ? { mode: 'split', tts: synthesis, avatar: face, speech }
        : { mode: 'audio_only', tts: synthesis },
      outcomes: reportControls(asked, speechReport, avatarReport),
    };
  };

  let sentenceOfSound = 0;
  const onSignal = (signal: TurnSignal): void => {
    switch (signal.type) {
      case 'text':
        mark('firstTextMs');
        work.reply += signal.text;
        session.emit({ type: 'text_delta', turnId, text: signal.text });
        return;
      case 'sentence': {
        const { sentence, text, controls } = signal.sentence;
        work.sentences = sentence + 1;
        session.emit({ type: 'sentence', turnId, sentence, text, emotion: controls.emotion });
        if (sentence === 0) {
          mark('firstSentenceMs');
          report({ type: 'first_sentence' });
        }
        return;
      }
      case 'report':
        session.emit({ type: 'control_report', turnId, outcomes: signal.outcomes });
        return;
      case 'audio': {
        const { chunk } = signal;
        work.words.push(...chunk.words);
        sentenceOfSound = chunk.sentence;
        audio.push({
          kind: 'audio',
          codec: 'pcm_s16le',
          turn: start.turn,
          epoch,
          sentence: chunk.sentence,
          ptsUs: chunk.ptsUs,
          durationUs: chunk.durationUs,
          key: true,
          sentenceEnd: chunk.sentenceEnd,
          data: pcmBytes(chunk.pcm),
        });
        if (work.marks['firstAudioMs'] === undefined) {
          mark('firstAudioMs');
          report({ type: 'first_audio' });
        }
        return;
      }
      case 'format':
        session.emit({ type: 'video_format', turnId, format: signal.format });
        return;
      case 'picture': {
        const { frame } = signal;
        picture?.push({
          kind: frame.codec === 'pose' ? 'pose' : 'video',
          codec: frame.codec,
          turn: start.turn,
          epoch,
          sentence: sentenceOfSound,
          ptsUs: frame.ptsUs,
          durationUs: frame.durationUs,
          key: frame.key,
          sentenceEnd: false,
          data: frame.data,
        });
        if (work.marks['firstPictureMs'] === undefined) {
          mark('firstPictureMs');
          report({ type: 'first_frame' });
        }
        return;
      }
      case 'picture_end': {
        picture?.close();
        if (signal.lost !== undefined) {
          const { provider, reason } = signal.lost;
          session.emit({
            type: 'degraded_mode',
            turnId,
            stage: 'avatar',
            from: provider,
            to: 'audio_only',
            reason,
          });
        }
        if (work.marks['firstPictureMs'] === undefined) report({ type: 'picture_lost' });
      }
    }
  };

  session.emit({ type: 'turn_started', turnId, turn: start.turn, epoch, kind: start.kind });
  session.playout.begin({
    audio,
    picture,
    onSent: (item) => {
      if (item.kind === 'audio') work.sentUs = item.ptsUs + item.durationUs;
    },
    onPictureLost: () => (keyFrameWanted = true),
    onEnd: () => {
      if (work.failure === undefined) report({ type: 'end_turn' });
      else report({ type: 'provider_error', code: work.failure.code, recoverable: true });
    },
  });

  let signals: Observable<TurnSignal>;
  try {
    const prepared = performance();
    const outcomes: Observable<TurnSignal> =
      prepared.outcomes.length === 0 ? of() : of({ type: 'report', outcomes: prepared.outcomes });
    signals = concat(
      outcomes,
      turnPipeline({ reply: reply(), language, controlsFor, performance: prepared.performance }),
    );
  } catch (error) {
    fail(error);
    return;
  }
  report({ type: 'prepared' });
  const subscription = signals.subscribe({
    next: onSignal,
    error: fail,
    complete: () => {
      watch.start();
      audio.close();
      picture?.close();
    },
  });
  work.waitedMs = () => watch.totalMs();
  work.stop = () => {
    subscription.unsubscribe();
    speech.clear();
    texts.clear();
    audio.clear();
    picture?.clear();
  };
};
