import { type Observable, catchError, concat, of } from 'rxjs';
import { mergePatches } from '../control/merge.ts';
import { reportPersona } from '../control/report.ts';
import { toTthError } from '../domain/errors.ts';
import type { ControlOutcome } from '../domain/events.ts';
import { type MediaItem, type PictureFormat, pcmBytes } from '../domain/media.ts';
import type { Policies } from '../domain/policies.ts';
import { type Clock, usToMs } from '../domain/time.ts';
import type { TurnMilestone } from '../machines/turn.machine.ts';
import { type Demand, demandOf } from '../pipeline/demand.ts';
import { Lane } from '../pipeline/lane.ts';
import { llmStage, verbatim } from '../pipeline/llm.stage.ts';
import { buildPrompt } from '../pipeline/prompt.ts';
import type { TurnSignal } from '../pipeline/signals.ts';
import { createSpeechFeed } from '../pipeline/speech-feed.ts';
import type { ReplyPiece } from '../pipeline/style-hints.ts';
import { type Performance, turnPipeline } from '../pipeline/turn-pipeline.ts';
import type { AvatarText, UsageRecord } from '../plugin/adapter.ts';
import type { Log } from '../plugin/services.ts';
import type { Router } from '../routing/router.ts';
import type { SessionHandle } from './session.ts';
import { createPictureShows } from './picture-shows.ts';
import { createStopwatch } from './stopwatch.ts';
import { type FaceRoute, createTurnProviders } from './turn-providers.ts';
import type { TurnWork } from './turn-work.ts';

export interface TurnMediaDeps {
  readonly clock: Clock;
  readonly policies: Policies;
  readonly router: Router;
  readonly log: Log;
}

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
  /** A turn that had to wait for another has its whole budget still. */
  const queuedMs = clock.monotonicMs() - work.startedMs;
  work.startedMs += queuedMs;

  const mark = (name: string): void => {
    work.marks[name] ??= clock.monotonicMs() - work.startedMs;
  };
  const usage = (record: UsageRecord): void => log.debug({ turnId, ...record }, 'usage');
  const fail = (error: unknown): void => {
    work.failure = toTthError(error, 'plugin.error', 'A provider failed in an unexpected way.');
    log.warn({ turnId, code: work.failure.code }, 'the turn failed');
    log.debug({ turnId, error }, 'what the provider threw');
    report({ type: 'provider_error', code: work.failure.code, recoverable: true });
  };
  const onReport = (outcomes: readonly ControlOutcome[]): void => session.reportControls(turnId, outcomes);

  let keyFrameWanted = false;
  session.onKeyFrameRequest(() => (keyFrameWanted = true));

  const asked = mergePatches(session.controls, work.asked.patch);
  const persona = session.personaFor(asked);
  const providers = createTurnProviders({
    router,
    persona,
    asked,
    video: start.plan.avatar ? session.accepts.video : [],
    context: (attempt) => ({
      deadline: start.deadlineAt + queuedMs,
      sessionId: session.id,
      turnId,
      epoch,
      attempt,
      locale: providers.language,
      clock,
      log,
      usage,
    }),
    takeKeyFrameRequest: () => {
      const wanted = keyFrameWanted;
      keyFrameWanted = false;
      return wanted;
    },
    onTakeOver: (stage, from, to, reason) => {
      log.warn({ turnId, stage, from, to, code: reason }, 'another provider took over');
      session.emit({ type: 'degraded_mode', turnId, stage, from, to, reason });
    },
    onReport,
  });

  const laneOf = (capMs: number): Lane<MediaItem> =>
    new Lane({ capMs, durationMs: (item) => usToMs(item.durationUs) });
  const audio = laneOf(policies.audioLaneMs);
  const picture = start.plan.avatar ? laneOf(policies.pictureLaneMs) : undefined;
  const feed = createSpeechFeed({
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

  const reply = (): Observable<ReplyPiece> => {
    if (start.kind === 'say') return verbatim(work.text);
    const { systemPrompt } = persona;
    return llmStage({
      models: providers.models(),
      messages: buildPrompt(systemPrompt, session.conversation, work.text, policies.promptLength),
      maxLength: policies.maxReplyLength,
      usage,
    }).pipe(
      catchError((error: unknown) => {
        if (work.reply === '') throw error;
        work.failure = toTthError(error, 'plugin.error', 'The model failed in the middle of its reply.');
        return of<ReplyPiece>({ type: 'cut' });
      }),
    );
  };

  let face: FaceRoute | undefined;
  /** Runs when the listener sees again the face that was lost. */
  let reportReturn = (): void => {};
  const findFace = (): FaceRoute | undefined => {
    const lost = face;
    const next = lost && providers.nextFace(lost);
    if (lost === undefined || next === undefined) return undefined;
    face = next;
    reportReturn = () => providers.reportChange(lost, next);
    return next;
  };

  const performance = (): { readonly performance: Performance; readonly outcomes: ControlOutcome[] } => {
    const first = providers.face();
    face = first;
    if (first !== undefined && picture !== undefined && first.input === 'text') {
      const demand = waiting(demandOf([audio, picture]));
      return {
        performance: { mode: 'managed', avatar: { face: first, demand, texts } },
        outcomes: [...first.outcomes],
      };
    }
    const voices = providers.voices();
    const outcomes = [...voices.current.outcomes, ...(first?.outcomes ?? [])];
    if (first === undefined || picture === undefined) {
      return {
        performance: { mode: 'audio_only', tts: { voices, demand: waiting(demandOf([audio])) } },
        outcomes,
      };
    }
    return {
      performance: {
        mode: 'split',
        tts: { voices, demand: waiting(demandOf([audio, feed])) },
        avatar: { first, findNext: findFace, demand: demandOf([picture]), feed },
      },
      outcomes,
    };
  };

  const shows = createPictureShows();
  let isReturned = false;
  const describePicture = (format: PictureFormat, returned: string | undefined): void => {
    session.emit({ type: 'video_format', turnId, format });
    if (returned === undefined || isReturned) return;
    isReturned = true;
    const stage = 'avatar';
    session.emit({
      type: 'degraded_mode',
      turnId,
      stage,
      from: 'audio_only',
      to: returned,
      reason: 'returned',
    });
    reportReturn();
  };

  let losses = 0;
  const losePicture = (provider: string, reason: string): void => {
    losses += 1;
    if (losses > 1 && !isReturned) picture?.revise((item) => (shows.isUnseen(item) ? undefined : item));
    else {
      const stage = 'avatar';
      session.emit({ type: 'degraded_mode', turnId, stage, from: provider, to: 'audio_only', reason });
    }
    session.playout.expectNoPicture();
    if (work.marks['firstPictureMs'] === undefined) report({ type: 'picture_lost' });
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
        onReport(signal.outcomes);
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
      case 'rewind': {
        const { sentence, toUs } = signal;
        work.words = work.words.filter(({ startUs, durationUs }) => startUs + durationUs <= toUs);
        const wasSent = session.playout.rewind(sentence, toUs);
        work.sentUs = Math.min(work.sentUs, toUs);
        if (wasSent) session.emit({ type: 'audio_discard', turnId, sentence, afterUs: toUs });
        return;
      }
      case 'format': {
        const { show, format, returned } = signal;
        shows.announce(show, () => describePicture(format, returned));
        return;
      }
      case 'picture': {
        const { frame } = signal;
        const item: MediaItem = {
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
        };
        shows.note(item, signal.show);
        picture?.push(item);
        if (work.marks['firstPictureMs'] === undefined) {
          mark('firstPictureMs');
          report({ type: 'first_frame' });
        }
        return;
      }
      case 'picture_lost':
        losePicture(signal.provider, signal.reason);
        return;
      case 'picture_end':
        picture?.close();
        if (work.marks['firstPictureMs'] === undefined) report({ type: 'picture_lost' });
    }
  };

  session.emit({ type: 'turn_started', turnId, turn: start.turn, epoch, kind: start.kind });
  session.playout.begin({
    audio,
    picture,
    onSend: (item) => {
      if (item.kind === 'audio') work.sentUs = item.ptsUs + item.durationUs;
      else shows.onSend(item);
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
    const told = [...work.asked.outcomes, ...reportPersona(asked, persona.id), ...prepared.outcomes];
    const outcomes: Observable<TurnSignal> =
      told.length === 0 ? of() : of({ type: 'report', outcomes: told });
    const { language, controlsFor } = providers;
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
  work.waitedMs = () => queuedMs + watch.totalMs();
  work.stop = () => {
    subscription.unsubscribe();
    feed.clear();
    texts.clear();
    audio.clear();
    picture?.clear();
  };
};
