import { pauseTrimMs } from '../alignment/correct.ts';
import type { LinkLevel } from '../alignment/link.ts';
import type { MediaItem } from '../domain/media.ts';
import type { Policies } from '../domain/policies.ts';
import { type Clock, usToMs } from '../domain/time.ts';
import { type LinkWatch, createLinkWatch } from './link-watch.ts';
import { type ListenerWatch, createListenerWatch } from './listener-watch.ts';
import {
  type FlowState,
  type PlayingTurn,
  type TurnOutput,
  behindMs,
  createPlayingTurn,
  rewindTurn,
  wallPlayheadUs,
} from './playing-turn.ts';
import {
  type PictureMoment,
  dropLatePictures,
  isPictureDue,
  notePicture,
  placePicture,
  skipToKey,
} from './picture-dues.ts';
import { soundHoldMs } from './sound-hold.ts';
import { untilEndMs } from './turn-end.ts';
import { createVoicePace } from './voice-pace.ts';

/** Where media goes. `false` means that its buffer is full: nothing more is sent until `drained()`. */
export type MediaSink = (item: MediaItem) => boolean;

/** `realtime` follows a listener; `unpaced` sends as fast as media comes, for files. */
export type Pacing = 'realtime' | 'unpaced';

export interface Playhead {
  readonly us: number;
  /** Reported by the client, or estimated from when media was sent. */
  readonly source: 'client' | 'pacing';
}

/** What a client says of a turn besides where its sound is. */
export interface PlaybackQuality {
  readonly skewMs?: number | undefined;
  /** How often it ran dry within a sentence, in all of its life. */
  readonly underruns?: number | undefined;
  /** Sound that it has and has not played. */
  readonly bufferedMs?: number | undefined;
}

/** A client that has heard all but this has heard everything. */
const nearEndUs = 50_000;
/** Pictures that wait behind the sound are looked at again after this. */
const heldPictureMs = 100;

export interface PlayoutDeps {
  readonly clock: Clock;
  readonly policies: Policies;
  readonly pacing: Pacing;
  /** A client with flow control has been silent for too long. */
  readonly onLost?: () => void;
}

/**
 * Sends a session's media no further ahead of the listener than allowed, sound and picture in step, and
 * knows where the playhead is. A client that grants credit is paced by it, any other by wall clock.
 */
export class Playout {
  readonly #deps: PlayoutDeps;
  #sink: MediaSink | undefined;
  #blocked = false;
  #turn: PlayingTurn | undefined;
  #credit: { audioMs: number; videoMs: number } | undefined;
  #cancelTimer: () => void = () => {};
  readonly #watch: ListenerWatch;
  readonly #link: LinkWatch;
  /** The client sent credit or a report: it takes part in flow control. */
  #speaks = false;
  #underruns = 0;

  constructor(deps: PlayoutDeps) {
    const { clock, policies, onLost = () => {} } = deps;
    this.#deps = deps;
    this.#watch = createListenerWatch({
      clock,
      silentMs: policies.silentClientMs,
      lostMs: policies.lostClientMs,
      onChange: (isSilent) => this.#flow(isSilent ? 'paused' : 'running'),
      onLost,
    });
    this.#link = createLinkWatch(clock, policies.link);
  }

  /** What of the picture the client's link is asked to carry. */
  get linkLevel(): LinkLevel {
    return this.#link.level;
  }

  /** Up to here the pictures of the running turn were sent, or nobody would see them any more. */
  get pastPicturesUs(): number {
    return Math.max(this.#turn?.picturedUs ?? 0, this.playhead().us);
  }

  /**
   * A client came, or left with `undefined`; its credit starts anew. `unsentBytes`: what waits for it to take, in memory of
   * our own.
   */
  connect(sink: MediaSink | undefined, unsentBytes: () => number = () => 0): void {
    this.#sink = sink;
    if (sink !== undefined) this.#link.connect(unsentBytes);
    if (sink !== undefined && this.#turn?.pictureSeen === true) {
      this.#turn.onNewViewer?.();
      skipToKey(this.#turn);
    }
    this.#blocked = false;
    this.#credit = undefined;
    this.#speaks = false;
    this.#watch.rest();
    this.#pump();
  }

  drained(): void {
    this.#blocked = false;
    this.#pump();
  }

  grant(audioMs: number, videoMs: number): void {
    this.#credit ??= { audioMs: 0, videoMs: 0 };
    this.#credit.audioMs += audioMs;
    this.#credit.videoMs += videoMs;
    this.#speaks = true;
    this.#watch.spoke();
    this.#pump();
  }

  report(mediaUs: number, ended: boolean, quality: PlaybackQuality = {}): void {
    this.#speaks = true;
    this.#watch.spoke();
    const ranDry = this.#countUnderruns(quality.underruns);
    const turn = this.#turn;
    if (turn === undefined) return;
    const us = Math.min(mediaUs, turn.sentUs);
    const tellsQuality = quality.underruns !== undefined;
    const isLast = ended && mediaUs >= turn.sentUs - nearEndUs;
    const atMs = this.#deps.clock.monotonicMs();
    turn.reported = { us: ended ? turn.sentUs : us, atMs, isLast, tellsQuality };
    if (!ended) this.#noteQuality(turn, us, quality, ranDry);
    this.#pump();
  }

  /** A report of a turn that is over: what it counts is none of the next one's. */
  reportPast({ underruns = this.#underruns }: PlaybackQuality): void {
    this.#underruns = underruns;
  }

  #countUnderruns(underruns = this.#underruns): boolean {
    const ranDry = underruns > this.#underruns;
    this.#turn?.qos?.count('underruns', underruns - this.#underruns);
    this.#underruns = underruns;
    return ranDry;
  }

  #noteQuality(
    turn: PlayingTurn,
    us: number,
    { skewMs, bufferedMs }: PlaybackQuality,
    ranDry: boolean,
  ): void {
    const { drift: policy } = this.#deps.policies;
    const isShort = us > turn.picturedUs || us < turn.hurriedUs;
    // A still image is as late as the speech is long, and meant to be.
    const isStill = turn.isPictureless && us > turn.picturedUs;
    const offMs = skewMs === undefined || isStill ? 0 : (turn.drift?.report(us, skewMs, isShort) ?? 0);
    if (offMs < -policy.behindMs && !isShort) this.#link.late();
    if (bufferedMs === undefined || us === 0) return;
    this.#link.heard({ inHandMs: bufferedMs, underWayMs: usToMs(turn.sentUs - us) - bufferedMs, ranDry });
  }

  begin(turn: TurnOutput): void {
    const { clock, policies } = this.#deps;
    const pace = createVoicePace(policies.slowVoiceBufferMs, policies.audioLaneMs);
    const playing = createPlayingTurn(turn, pace, clock.monotonicMs());
    this.#turn = playing;
    this.#link.rest();
    turn.audio.listen((item) => {
      if (item !== undefined) this.#noteSpeech(playing, item);
      this.#pump();
    });
    turn.picture?.listen((item) => {
      if (item !== undefined) {
        playing.drawnUs = item.ptsUs + item.durationUs;
        this.#watchFace(playing, false);
      }
      this.#pump();
    });
  }

  /** The pictures of the running turn can be made smaller: `onLevel` is told when the client's link asks for it. */
  followLink(onLevel: (level: LinkLevel, from: LinkLevel) => void): void {
    this.#link.follow(onLevel);
  }

  /** Drops everything of the running turn that has not been sent and returns where its listener was. */
  cut(): Playhead {
    const at = this.playhead();
    const turn = this.#turn;
    // Closing a lane wakes its listener: by then the turn must be gone, or it would be waited for once more.
    this.#turn = undefined;
    this.#cancelTimer();
    this.#watch.rest();
    this.#link.rest();
    turn?.audio.clear();
    turn?.picture?.clear();
    return at;
  }

  /** No picture is under way: sound does not wait for one any more. */
  expectNoPicture(): void {
    if (this.#turn !== undefined) {
      this.#turn.pictureSeen = true;
      this.#turn.isPictureless = true;
      this.#turn.drawnUs = undefined;
    }
    this.#pump();
  }

  /** A face begins anew: whether it keeps up shows with its first picture. */
  expectNewPicture(): void {
    if (this.#turn !== undefined) this.#turn.drawnUs = undefined;
  }

  /**
   * Takes back what of a sentence lies after `toUs`; sound that comes next begins there. True when some of
   * it was sent already, so that its receiver has to be told.
   */
  rewind(sentence: number, toUs: number): boolean {
    const turn = this.#turn;
    if (turn === undefined) return false;
    const nowMs = this.#deps.clock.monotonicMs();
    return rewindTurn(turn, { sentence, toUs, heardUs: this.playhead().us, nowMs });
  }

  /** How much of a pause to leave out, for time that was lost to silence nobody planned. */
  trimMs(pauseMs: number): number {
    const { pacing, policies } = this.#deps;
    const turn = this.#turn;
    if (turn === undefined || pacing === 'unpaced') return 0;
    const lateMs = behindMs(turn, this.playhead().us);
    const trimmedMs = pauseTrimMs(pauseMs, { lostMs: turn.lostMs, behindMs: lateMs }, policies.drift);
    turn.lostMs -= trimmedMs;
    return trimmedMs;
  }

  playhead(): Playhead {
    const turn = this.#turn;
    if (turn === undefined) return { us: 0, source: 'pacing' };
    const now = this.#deps.clock.monotonicMs();
    if (turn.reported !== undefined) {
      const us = turn.reported.us + (now - turn.reported.atMs) * 1000;
      return { us: Math.min(turn.sentUs, Math.round(us)), source: 'client' };
    }
    return { us: wallPlayheadUs(turn, now), source: 'pacing' };
  }

  #noteSpeech(turn: PlayingTurn, item: MediaItem): void {
    if (item.isPause !== true) {
      turn.pace.arrived(item, this.#deps.clock.monotonicMs(), turn.isVoiceHeldBack?.() ?? turn.audio.isFull);
    }
    turn.spokenUs = item.ptsUs + item.durationUs;
    const begins = item.sentence !== turn.spokenSentence && turn.spokenSentence >= 0;
    turn.spokenSentence = item.sentence;
    if (!begins) return;
    this.#watchFace(turn, true);
    this.#link.look(true);
  }

  #watchFace(turn: PlayingTurn, atGap: boolean): void {
    if (this.#deps.pacing === 'unpaced' || turn.picture === undefined) return;
    turn.drift?.watchFace({ behindMs: behindMs(turn, this.playhead().us), atGap });
  }

  #flow(state: FlowState): void {
    const turn = this.#turn;
    if (turn === undefined || turn.flow === state) return;
    turn.flow = state;
    turn.onFlow?.(state);
  }

  /** What was sent and not reported as heard is what a client with flow control owes a word of. */
  #watchListener(turn: PlayingTurn): void {
    const owes = this.#speaks && this.#sink !== undefined && !turn.finished;
    if (owes && (turn.reported?.us ?? 0) < turn.sentUs) this.#watch.expect();
    else this.#watch.rest();
  }

  #pump(): void {
    const turn = this.#turn;
    if (turn === undefined || turn.finished) return;
    this.#cancelTimer();
    if (turn.picture !== undefined) this.#link.look(false);
    if (this.#sink !== undefined && !this.#blocked && !this.#watch.isSilent) {
      let progress = true;
      while (progress && !this.#blocked && this.#turn === turn) {
        progress = this.#sendAudio(turn) || this.#sendPicture(turn);
      }
    }
    if (this.#turn !== turn) return;
    this.#watchListener(turn);
    if (turn.audio.ended && (turn.picture?.ended ?? true)) this.#awaitEnd(turn);
    else this.#wakeLater(turn);
  }

  #sendAudio(turn: PlayingTurn): boolean {
    const item = turn.audio.peek();
    if (item === undefined || this.#holdMs(turn, item) > 0) return false;
    const { pacing, clock, policies } = this.#deps;
    if (pacing === 'realtime') {
      if (this.#credit !== undefined) {
        if (this.#credit.audioMs <= 0 && item.durationUs > 0) return false;
      } else {
        const aheadUs = item.ptsUs + item.durationUs - wallPlayheadUs(turn, clock.monotonicMs());
        if (aheadUs > policies.aheadMs * 1000) return false;
      }
    }
    turn.audio.shift();
    const now = clock.monotonicMs();
    if (item.sentence !== turn.sentence) {
      turn.beginnings.push(item.ptsUs);
      turn.sentence = item.sentence;
    }
    if (item.isPause !== true && item.sentence !== turn.voicedSentence) {
      turn.voicedSentence = item.sentence;
      if (turn.flow === 'buffering') this.#flow('running');
    }
    if (wallPlayheadUs(turn, now) >= turn.sentUs) {
      if (turn.sentUs > 0) this.#noteGap(turn, now - turn.anchorMs - usToMs(turn.sentUs - turn.anchorUs));
      turn.anchorMs = now;
      turn.anchorUs = turn.sentUs;
    }
    turn.sentUs = item.ptsUs + item.durationUs;
    if (this.#credit !== undefined) this.#credit.audioMs -= item.durationUs / 1000;
    this.#send(turn, item);
    return true;
  }

  #noteGap(turn: PlayingTurn, ms: number): void {
    turn.qos?.gap(ms);
    // A client that is far away begins later than sound was sent to it, and waits for nothing.
    if (this.playhead().us < turn.sentUs) return;
    turn.lostMs = Math.min(this.#deps.policies.drift.mostTrimMs, turn.lostMs + ms);
  }

  #holdMs(turn: PlayingTurn, item: MediaItem): number {
    const { pacing, policies, clock } = this.#deps;
    return soundHoldMs(turn, item, {
      nowMs: clock.monotonicMs(),
      heardUs: this.playhead().us,
      policies,
      isUnpaced: pacing === 'unpaced',
      onSlowVoice: () => this.#flow('buffering'),
    });
  }

  #sendPicture(turn: PlayingTurn): boolean {
    const lane = turn.picture;
    if (lane === undefined) return false;
    const isPaced = this.#deps.pacing === 'realtime';
    const { us: heardUs } = this.playhead();
    const moment: PictureMoment = {
      heardUs,
      policies: this.#deps.policies,
      link: this.#link,
      creditMs: this.#credit?.videoMs,
    };
    if (isPaced) dropLatePictures(turn, lane, moment);
    const item = lane.peek();
    if (item === undefined || this.#link.holdsPictures) return false;
    if (isPaced && !isPictureDue(turn, item, moment)) return false;
    lane.shift();
    notePicture(turn, item, heardUs);
    const placed = isPaced ? placePicture(turn, item, heardUs) : item;
    if (placed === undefined) {
      if (item.codec !== 'jpeg') turn.onPictureLost();
      return true;
    }
    if (this.#credit !== undefined) this.#credit.videoMs -= item.durationUs / 1000;
    this.#send(turn, item, placed);
    return true;
  }

  #send(turn: PlayingTurn, item: MediaItem, placed = item): void {
    turn.onSend(item);
    this.#blocked = this.#sink?.(placed) === false;
  }

  #wakeLater(turn: PlayingTurn): void {
    const { clock, policies, pacing } = this.#deps;
    if (pacing === 'unpaced' || this.#sink === undefined) return;
    const head = turn.audio.peek();
    const holdMs = head === undefined ? 0 : this.#holdMs(turn, head);
    if (holdMs > 0) {
      if (holdMs < Infinity) this.#cancelTimer = clock.after(Math.max(1, holdMs), () => this.#pump());
      return;
    }
    const next = head ?? turn.picture?.peek();
    if (next === undefined) return;
    if (this.#credit !== undefined) {
      if (turn.audio.ended) this.#giveUpPicturesLater(turn);
      return;
    }
    const endUs = head === undefined ? next.ptsUs : next.ptsUs + next.durationUs;
    const dueMs = (endUs - this.playhead().us) / 1000 - policies.aheadMs;
    const leastMs = head === undefined && this.#link.holdsPictures ? heldPictureMs : 5;
    this.#cancelTimer = clock.after(Math.max(leastMs, dueMs), () => this.#pump());
  }

  /** The sound is over: pictures that the client does not ask for must not keep the turn open. */
  #giveUpPicturesLater(turn: PlayingTurn): void {
    const { clock, policies } = this.#deps;
    const restMs = (turn.sentUs - this.playhead().us) / 1000;
    this.#cancelTimer = clock.after(restMs + policies.playoutGraceMs, () => {
      turn.picture?.clear();
      this.#pump();
    });
  }

  #awaitEnd(turn: PlayingTurn): void {
    const { clock, policies, pacing } = this.#deps;
    const hasCredit = this.#credit !== undefined;
    const moment = { nowMs: clock.monotonicMs(), heardUs: this.playhead().us, hasCredit, policies };
    const restMs = pacing === 'unpaced' ? 0 : untilEndMs(turn, moment);
    if (restMs <= 0) this.#finish(turn);
    else this.#cancelTimer = clock.after(restMs, () => this.#finish(turn));
  }

  #finish(turn: PlayingTurn): void {
    turn.finished = true;
    this.#watch.rest();
    turn.onEnd();
  }
}
