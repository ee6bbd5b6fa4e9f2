import { type Observable, concat, defer, of } from 'rxjs';
import { type LinkLevel, linkLevels } from '../alignment/link.ts';
import { createAudioTimeline, createVideoTimeline } from '../alignment/timeline.ts';
import { mergePatches } from '../control/merge.ts';
import { reportAlignment, reportPersona } from '../control/report.ts';
import type { Stage } from '../domain/capabilities.ts';
import { toTthError } from '../domain/errors.ts';
import type { ControlOutcome } from '../domain/events.ts';
import {
  type MediaItem,
  type PictureFormat,
  type PictureFrame,
  bytesPcm,
  isAudible,
  pcmBytes,
} from '../domain/media.ts';
import { usToMs } from '../domain/time.ts';
import type { TurnMilestone } from '../machines/turn.machine.ts';
import { type Demand, demandOf } from '../pipeline/demand.ts';
import { Lane } from '../pipeline/lane.ts';
import { createDriftStage } from '../pipeline/drift.stage.ts';
import type { TurnSignal } from '../pipeline/signals.ts';
import { createSpeechFeed } from '../pipeline/speech-feed.ts';
import { turnPipeline } from '../pipeline/turn-pipeline.ts';
import type { UsageRecord } from '../plugin/adapter.ts';
import type { Router } from '../routing/router.ts';
import type { SessionHandle } from './session.ts';
import { createPictureShows } from './picture-shows.ts';
import { createStopwatch } from './stopwatch.ts';
import { createTurnPerformance } from './turn-performance.ts';
import { createTurnProviders } from './turn-providers.ts';
import { type ReplyDeps, checkText, createReply } from './turn-reply.ts';
import type { TurnWork } from './turn-work.ts';

/** A key frame that is further ahead than this is not waited for, and pictures are not made anew more often than this. */
const keyFrameWithinUs = 500_000;
const redrawEveryMs = 1_000;

export interface TurnMediaDeps extends ReplyDeps {
  readonly router: Router;
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
  work.metrics.mark('queueMs', queuedMs);
  work.waitedMs = () => queuedMs + watch.totalMs();
  const remainingMs = (): number => start.deadlineAt + work.waitedMs() - clock.now();

  const mark = (name: string): void => {
    work.metrics.mark(name, clock.monotonicMs() - work.startedMs);
  };
  const usage = (record: UsageRecord): void => log.debug({ turnId, ...record }, 'usage');
  const fail = (error: unknown): void => {
    work.failure = toTthError(error, 'plugin.error', 'A provider failed in an unexpected way.');
    log.warn({ turnId, code: work.failure.code }, 'the turn failed');
    log.debug({ turnId, error }, 'what the provider threw');
    report({ type: 'provider_error', code: work.failure.code, recoverable: true });
  };
  const degrade = (stage: Stage, from: string, to: string, reason: string): void =>
    session.emit({ type: 'degraded_mode', turnId, stage, from, to, reason });
  const onReport = (outcomes: readonly ControlOutcome[]): void => session.reportControls(turnId, outcomes);

  let keyFrameWanted = false;
  let redrawnAtMs = -Infinity;
  const wantKeyFrame = (): void => {
    keyFrameWanted = true;
  };
  /** Somebody cannot show what comes: where many pictures are made already and none of them is a key frame, they are made anew. */
  const beginAnew = (): void => {
    wantKeyFrame();
    const soonUs = session.playout.pastPicturesUs + keyFrameWithinUs;
    const isNear = (item: MediaItem): boolean => item.key && item.ptsUs < soonUs;
    const isFar = picture !== undefined && picture.loadMs * 1000 > keyFrameWithinUs && !picture.some(isNear);
    const nowMs = clock.monotonicMs();
    if (!isFar || nowMs - redrawnAtMs < redrawEveryMs) return;
    redrawnAtMs = nowMs;
    session.playout.expectNewPicture();
    performers.redraw();
  };
  session.onKeyFrameRequest(beginAnew);

  const asked = mergePatches(session.controls, work.asked.patch);
  const persona = session.personaFor(asked);
  const providers = createTurnProviders({
    router,
    persona,
    asked,
    video: start.plan.avatar ? session.accepts.video : [],
    need: (stage) => ({ ...session.need, withinMs: policies.budget[stage] * remainingMs() }),
    maxOutputTokens: policies.maxOutputTokens,
    context: (attempt) => ({
      deadline: clock.now() + remainingMs(),
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
      degrade(stage, from, to, reason);
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

  const waiting =
    (demand: Demand): Demand =>
    (signal) => {
      const wait = demand(signal);
      if (wait === undefined) return undefined;
      watch.start();
      return wait.finally(() => watch.stop());
    };

  const performers = createTurnPerformance({
    providers,
    withoutVoice: policies.withoutVoice,
    hasPicture: picture !== undefined,
    feed,
    demand: {
      sound: waiting(demandOf([audio])),
      fedSound: waiting(demandOf([audio, feed])),
      both: waiting(demandOf(picture === undefined ? [audio] : [audio, picture])),
      picture: demandOf(picture === undefined ? [] : [picture]),
    },
    onSpeechLost: (from, reason) => {
      log.warn({ turnId, from, code: reason }, 'nobody can speak; the turn goes on as text');
      degrade('tts', from, 'text_only', reason);
    },
    onFaceLevel: (from, to, reason) => {
      // Of a face that comes back its return is told, and with it how much of it there is.
      if (instead === undefined) degrade('avatar', from, to, reason);
      session.playout.expectNewPicture();
    },
    linkLevel: () => session.playout.linkLevel,
    pastPicturesUs: () => session.playout.pastPicturesUs,
    dropPictures: (fromUs) => picture?.revise((item) => (item.ptsUs < fromUs ? item : undefined)),
    nextPictureUs: () => session.playout.playhead().us + policies.maxHoldMs * 1000,
  });

  const shows = createPictureShows();
  let sentPicture = false;
  /** What is left of the face that was lost, as it was announced; nothing while there is a face. */
  let instead: 'still_image' | 'audio_only' | undefined;
  const describePicture = (format: PictureFormat, returned: string | undefined): void => {
    session.emit({ type: 'video_format', turnId, format });
    if (returned === undefined || instead === undefined) return;
    degrade('avatar', instead, performers.shownAs, 'returned');
    instead = undefined;
    performers.reportReturn();
  };

  /** A client keeps the last picture that it got; a face that it draws itself comes to rest. */
  const losePicture = (provider: string, reason: string): void => {
    performers.loseFace();
    if (instead !== undefined) picture?.revise((item) => (shows.isUnseen(item) ? undefined : item));
    else {
      instead = sentPicture && performers.face?.codec !== 'pose' ? 'still_image' : 'audio_only';
      degrade('avatar', provider, instead, reason);
    }
    session.playout.expectNoPicture();
    noteNoFrame();
  };

  /** The machine waits for a first picture once it has heard of sound. */
  const noteNoFrame = (): void => {
    if (work.metrics.has('firstAudioMs') && !work.metrics.has('firstPictureMs'))
      report({ type: 'picture_lost' });
  };

  const { maxHoldMs = policies.maxHoldMs } = mergePatches(persona.controls ?? {}, asked).alignment ?? {};
  const alignment = { ...providers.controlsFor(undefined).alignment, maxHoldMs };
  const drift = createDriftStage({
    clock,
    policy: policies.drift,
    alignment,
    qos: work.qos,
    onDrift: (skewMs, correction) => session.emit({ type: 'drift', turnId, skewMs, correction }),
    onFace: performers.changeFace,
  });
  const onLink = (level: LinkLevel, from: LinkLevel): void => {
    if (linkLevels.indexOf(level) > linkLevels.indexOf(from)) work.qos.count('linkSteps');
    performers.changeLink(level, from);
  };
  const trimPause = (pauseMs: number): number => {
    const trimmedMs = alignment.driftPolicy === 'none' ? 0 : session.playout.trimMs(pauseMs);
    if (trimmedMs > 0) work.qos.count('corrections');
    work.qos.count('trimmedMs', trimmedMs);
    return trimmedMs;
  };
  const soundTimeline = createAudioTimeline();
  const pictureTimeline = createVideoTimeline();
  let show = 0;
  /** A provider's own clock is not trusted: one that jumps or runs backwards is continued. */
  const placePicture = (frame: PictureFrame, ofShow: number): PictureFrame => {
    if (ofShow !== show) pictureTimeline.restart();
    show = ofShow;
    const { ptsUs, flaw } = pictureTimeline.place(frame, soundTimeline.endUs);
    if (flaw !== undefined && flaw !== 'gap') work.qos.count('timeFlaws');
    // Sound and picture of one provider are made together; a face that is given speech may lag as it likes.
    if (performers.face?.input === 'text') drift.observeSource(soundTimeline.endUs, pictureTimeline.endUs);
    return ptsUs === frame.ptsUs ? frame : { ...frame, ptsUs };
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
        const { sentence, text, controls, isFiller = false } = signal.sentence;
        work.sentences = sentence + 1;
        if (isFiller) work.filler = sentence;
        session.emit({ type: 'sentence', turnId, sentence, text, emotion: controls.emotion });
        mark(isFiller ? 'fillerMs' : 'firstSentenceMs');
        if (sentence === 0) report({ type: 'first_sentence' });
        return;
      }
      case 'report':
        onReport(signal.outcomes);
        return;
      case 'audio': {
        const { chunk } = signal;
        if (chunk.sentence !== work.filler) work.words.push(...chunk.words);
        sentenceOfSound = chunk.sentence;
        soundTimeline.add(chunk.pcm.length);
        if (chunk.sentenceEnd) work.sentenceEndsUs[chunk.sentence] = chunk.ptsUs + chunk.durationUs;
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
          isPause: chunk.isPause,
          data: pcmBytes(chunk.pcm),
        });
        if (!work.metrics.has('firstAudioMs')) {
          mark('firstAudioMs');
          report({ type: 'first_audio' });
          if (instead !== undefined || picture?.isClosed === true) noteNoFrame();
        }
        return;
      }
      case 'rewind': {
        const { sentence, toUs } = signal;
        soundTimeline.rewind(toUs);
        work.words = work.words.filter(({ startUs, durationUs }) => startUs + durationUs <= toUs);
        const wasSent = session.playout.rewind(sentence, toUs);
        work.sentUs = Math.min(work.sentUs, toUs);
        work.sentenceEndsUs.splice(sentence);
        if (wasSent) session.emit({ type: 'audio_discard', turnId, sentence, afterUs: toUs });
        return;
      }
      case 'speech_lost':
        performers.loseSpeech(signal.reason);
        session.playout.expectNoPicture();
        return;
      case 'format': {
        const { show, format, returned } = signal;
        shows.announce(show, () => describePicture(format, returned));
        return;
      }
      case 'picture': {
        const frame = placePicture(signal.frame, signal.show);
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
        if (!work.metrics.has('firstPictureMs')) {
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
        noteNoFrame();
    }
  };

  session.emit({ type: 'turn_started', turnId, turn: start.turn, epoch, kind: start.kind });
  session.playout.begin({
    audio,
    picture,
    onSend: (item) => {
      if (item.kind === 'audio') {
        work.sentUs = item.ptsUs + item.durationUs;
        if (!work.metrics.has('firstAudibleMs') && isAudible(bytesPcm(item.data))) mark('firstAudibleMs');
        return;
      }
      sentPicture = true;
      shows.onSend(item);
    },
    onPictureLost: wantKeyFrame,
    onNewViewer: beginAnew,
    onFlow: (state) => session.emit({ type: 'flow', turnId, state }),
    drift,
    qos: work.qos,
    isVoiceHeldBack: () => audio.isFull || feed.isFull || picture?.isFull === true,
    prebufferMs: () => performers.face?.prebufferMs ?? 0,
    onEnd: () => {
      if (work.failure === undefined) report({ type: 'end_turn' });
      else report({ type: 'provider_error', code: work.failure.code, recoverable: true });
    },
  });

  const perform = (): Observable<TurnSignal> => {
    // The session's controls may have changed while the turn waited.
    if (session.controls !== work.accepted) session.checkStrict(asked, work.asked.outcomes);
    const prepared = performers.begin();
    const { outcomes: read } = work.asked;
    const told = [
      ...read,
      ...reportPersona(asked, persona.id),
      ...(performers.isSeen ? reportAlignment(asked, session.pacing === 'realtime', read) : []),
      ...prepared.outcomes,
    ];
    if (picture !== undefined && !performers.isSeen) {
      losePicture('none', 'provider.none_available');
      picture.close();
    }
    const isFollowed = session.pacing === 'realtime' && performers.isSeen;
    const mayAdapt = isFollowed && alignment.driftPolicy !== 'none';
    if (mayAdapt && performers.face?.codec !== 'pose') session.playout.followLink(onLink);
    const outcomes: Observable<TurnSignal> =
      told.length === 0 ? of() : of({ type: 'report', outcomes: told });
    const { language, controlsFor } = providers;
    const reply = createReply(session, work, { ...deps, providers, persona, asked, remainingMs, usage });
    report({ type: 'prepared' });
    return concat(
      outcomes,
      turnPipeline({
        reply,
        language,
        controlsFor,
        prosody: policies.prosody,
        performance: prepared.performance,
        trimPause,
        mayLoseSpeech: policies.withoutVoice === 'text_only',
      }),
    );
  };
  const signals = concat(checkText(session, work, deps, persona, providers.language), defer(perform));
  const subscription = signals.subscribe({
    next: onSignal,
    error: fail,
    complete: () => {
      watch.start();
      audio.close();
      picture?.close();
    },
  });
  work.stop = () => {
    subscription.unsubscribe();
    feed.clear();
    audio.clear();
    picture?.clear();
  };
};
