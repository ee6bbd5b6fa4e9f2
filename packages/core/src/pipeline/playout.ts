import { gapSilenceMs } from '../alignment/correct.ts';
import type { QosMonitor } from '../alignment/qos.ts';
import { type MediaItem, usToSamples } from '../domain/media.ts';
import type { Policies } from '../domain/policies.ts';
import { type Clock, usToMs } from '../domain/time.ts';
import type { DriftStage } from './drift.stage.ts';
import type { Lane } from './lane.ts';
import { type ListenerWatch, createListenerWatch } from './listener-watch.ts';
import { type VoicePace, createVoicePace } from './voice-pace.ts';

/** Where media goes. `false` means that its buffer is full: nothing more is sent until `drained()`. */
export type MediaSink = (item: MediaItem) => boolean;

/** `realtime` follows a listener; `unpaced` sends as fast as media comes, for files. */
export type Pacing = 'realtime' | 'unpaced';

export interface Playhead {
  readonly us: number;
  /** Reported by the client, or estimated from when media was sent. */
  readonly source: 'client' | 'pacing';
}

/** `paused`: the client says nothing any more. `buffering`: the voice is slower than speech. */
export type FlowState = 'paused' | 'running' | 'buffering';

/** What there is to play of a turn, and who wants to know what becomes of it. */
export interface TurnOutput {
  readonly audio: Lane<MediaItem>;
  readonly picture: Lane<MediaItem> | undefined;
  /** An item is about to be sent. */
  readonly onSend: (item: MediaItem) => void;
  readonly onEnd: () => void;
  /** Frames were dropped: the decoder needs a key frame. */
  readonly onPictureLost: () => void;
  readonly onFlow?: (state: FlowState) => void;
  /** Keeps pictures with the sound. Without it they are sent as they come. */
  readonly drift?: DriftStage | undefined;
  readonly qos?: QosMonitor;
  /** Whether the voice is not asked for more for now; by default when its lane is full. */
  readonly isVoiceHeldBack?: () => boolean;
  /** Speech that the face takes in before it gives a picture. */
  readonly prebufferMs?: () => number;
}

/** What a client says of a turn besides where its sound is. `underruns`: all of its life. */
export interface PlaybackQuality {
  readonly skewMs?: number | undefined;
  readonly underruns?: number | undefined;
}

interface PlayingTurn extends TurnOutput {
  readonly pace: VoicePace;
  flow: FlowState;
  heldSinceMs: number | undefined;
  pictureSeen: boolean;
  skippingToKey: boolean;
  /** Sentence whose sound was sent last, and the last that was more than its pause. */
  sentence: number;
  voicedSentence: number;
  /** Sentences whose pictures are still to come: where each begins. */
  beginnings: number[];
  /** Silence before a sentence, for pictures that are late. */
  silence: { readonly sentence: number; readonly forMs: number; sinceMs: number | undefined } | undefined;
  /** End of the sound and of the pictures that were made; no pictures while a face begins. */
  spokenUs: number;
  spokenSentence: number;
  drawnUs: number | undefined;
  sentUs: number;
  /** End of the last picture that was sent, and of the last one that was sent at the last moment. */
  picturedUs: number;
  hurriedUs: number;
  anchorMs: number;
  anchorUs: number;
  reported: { readonly us: number; readonly atMs: number } | undefined;
  finished: boolean;
}

/** A picture that is sent with less time than this before it is due may come too late through no fault of the client. */
const hurryUs = 150_000;

/** What is left of a piece of sound when `sentence` is taken back to `toUs`; the end of the one before stays. */
const soundBefore = (item: MediaItem, sentence: number, toUs: number): MediaItem | undefined => {
  if (item.sentence < sentence || item.ptsUs + item.durationUs < toUs) return item;
  if (item.ptsUs >= toUs) return undefined;
  const durationUs = toUs - item.ptsUs;
  return { ...item, durationUs, data: item.data.subarray(0, 2 * usToSamples(durationUs)) };
};

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
  }

  /** A client came, or left with `undefined`; its credit starts anew. */
  connect(sink: MediaSink | undefined): void {
    this.#sink = sink;
    if (sink !== undefined && this.#turn?.pictureSeen === true) this.#skipToKey(this.#turn);
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

  report(mediaUs: number, ended: boolean, { skewMs, underruns }: PlaybackQuality = {}): void {
    this.#speaks = true;
    this.#watch.spoke();
    const turn = this.#turn;
    if (turn === undefined) return;
    const us = Math.min(mediaUs, turn.sentUs);
    turn.reported = { us: ended ? turn.sentUs : us, atMs: this.#deps.clock.monotonicMs() };
    if (underruns !== undefined) {
      turn.qos?.count('underruns', underruns - this.#underruns);
      this.#underruns = underruns;
    }
    const isShort = us > turn.picturedUs || us < turn.hurriedUs;
    if (skewMs !== undefined && !ended) turn.drift?.report(us, skewMs, isShort);
    this.#pump();
  }

  begin(turn: TurnOutput): void {
    const { clock, policies } = this.#deps;
    const now = clock.monotonicMs();
    const playing: PlayingTurn = {
      ...turn,
      pace: createVoicePace(policies.slowVoiceBufferMs, policies.audioLaneMs),
      flow: 'running',
      sentence: -1,
      voicedSentence: -1,
      beginnings: [],
      silence: undefined,
      spokenUs: 0,
      spokenSentence: -1,
      drawnUs: undefined,
      heldSinceMs: undefined,
      pictureSeen: false,
      skippingToKey: false,
      sentUs: 0,
      picturedUs: 0,
      hurriedUs: 0,
      anchorMs: now,
      anchorUs: 0,
      reported: undefined,
      finished: false,
    };
    this.#turn = playing;
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

  /** Drops everything of the running turn that has not been sent and returns where its listener was. */
  cut(): Playhead {
    const at = this.playhead();
    const turn = this.#turn;
    // Closing a lane wakes its listener: by then the turn must be gone, or it would be waited for once more.
    this.#turn = undefined;
    this.#cancelTimer();
    this.#watch.rest();
    turn?.audio.clear();
    turn?.picture?.clear();
    return at;
  }

  /** No picture is under way: sound does not wait for one any more. */
  expectNoPicture(): void {
    if (this.#turn !== undefined) {
      this.#turn.pictureSeen = true;
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
    turn.audio.revise((item) => soundBefore(item, sentence, toUs));
    turn.picture?.revise((item) => (item.ptsUs < toUs ? item : undefined));
    const wasSent = turn.sentUs > toUs || turn.picturedUs > toUs;
    if (turn.sentUs > toUs) {
      const us = Math.min(toUs, this.playhead().us);
      const now = this.#deps.clock.monotonicMs();
      turn.sentUs = toUs;
      turn.anchorUs = us;
      turn.anchorMs = now;
      if (turn.reported !== undefined) turn.reported = { us, atMs: now };
    }
    turn.picturedUs = Math.min(turn.picturedUs, toUs);
    turn.spokenUs = Math.min(turn.spokenUs, toUs);
    if (turn.drawnUs !== undefined) turn.drawnUs = Math.min(turn.drawnUs, toUs);
    turn.pace.rewind(sentence);
    turn.drift?.rewind(toUs);
    return wasSent;
  }

  playhead(): Playhead {
    const turn = this.#turn;
    if (turn === undefined) return { us: 0, source: 'pacing' };
    const now = this.#deps.clock.monotonicMs();
    if (turn.reported !== undefined) {
      const us = turn.reported.us + (now - turn.reported.atMs) * 1000;
      return { us: Math.min(turn.sentUs, Math.round(us)), source: 'client' };
    }
    return { us: this.#wallPlayheadUs(turn, now), source: 'pacing' };
  }

  #wallPlayheadUs(turn: PlayingTurn, now: number): number {
    return Math.min(turn.sentUs, Math.round(turn.anchorUs + (now - turn.anchorMs) * 1000));
  }

  #noteSpeech(turn: PlayingTurn, item: MediaItem): void {
    if (item.isPause !== true) {
      turn.pace.arrived(item, this.#deps.clock.monotonicMs(), turn.isVoiceHeldBack?.() ?? turn.audio.isFull);
    }
    turn.spokenUs = item.ptsUs + item.durationUs;
    const begins = item.sentence !== turn.spokenSentence && turn.spokenSentence >= 0;
    turn.spokenSentence = item.sentence;
    if (begins) this.#watchFace(turn, true);
  }

  /** A face owes pictures only of the speech that it was given, less what it takes in beforehand. */
  #behindMs(turn: PlayingTurn): number {
    if (turn.drawnUs === undefined || (turn.picture?.ended ?? true)) return 0;
    const dueUs = Math.min(this.playhead().us, turn.spokenUs - (turn.prebufferMs?.() ?? 0) * 1000);
    return usToMs(dueUs - turn.drawnUs);
  }

  #watchFace(turn: PlayingTurn, atGap: boolean): void {
    if (this.#deps.pacing === 'unpaced' || turn.picture === undefined) return;
    turn.drift?.watchFace({ behindMs: this.#behindMs(turn), atGap });
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
        const aheadUs = item.ptsUs + item.durationUs - this.#wallPlayheadUs(turn, clock.monotonicMs());
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
    if (this.#wallPlayheadUs(turn, now) >= turn.sentUs) {
      if (turn.sentUs > 0) turn.qos?.gap(now - turn.anchorMs - usToMs(turn.sentUs - turn.anchorUs));
      turn.anchorMs = now;
      turn.anchorUs = turn.sentUs;
    }
    turn.sentUs = item.ptsUs + item.durationUs;
    if (this.#credit !== undefined) this.#credit.audioMs -= item.durationUs / 1000;
    this.#send(turn, item);
    return true;
  }

  /** How long this piece of sound has to wait, or how long until that must be looked at again. 0: not at all. */
  #holdMs(turn: PlayingTurn, item: MediaItem): number {
    const firstMs = this.#pictureHoldMs(turn);
    if (firstMs > 0 || this.#deps.pacing === 'unpaced') return firstMs;
    // The pause before a sentence passes while its voice is still at work.
    if (item.isPause === true || item.sentence === turn.voicedSentence) return 0;
    return this.#voiceHoldMs(turn, item) || this.#silenceMs(turn, item);
  }

  /** Sound waits a little for its first picture, so that the face does not start late. */
  #pictureHoldMs(turn: PlayingTurn): number {
    if (turn.picture === undefined || turn.pictureSeen || turn.picture.ended) return 0;
    if (turn.picture.peek() !== undefined) return 0;
    const { pacing, policies, clock } = this.#deps;
    const now = clock.monotonicMs();
    turn.heldSinceMs ??= now;
    const mostMs = turn.drift?.alignment.maxHoldMs ?? policies.maxHoldMs;
    if (pacing === 'realtime') return Math.max(0, mostMs - (now - turn.heldSinceMs));
    // A full lane makes the voice wait, and the face may need more of it before it shows anything.
    return turn.audio.isFull ? 0 : Infinity;
  }

  /** A voice that is slower than speech pauses between sentences, not within them. */
  #voiceHoldMs(turn: PlayingTurn, { sentence }: MediaItem): number {
    if (turn.audio.isClosed) return 0;
    const verdict = turn.pace.verdict(sentence, turn.audio.loadMs, this.#deps.clock.monotonicMs());
    if (verdict === 'ready') return 0;
    const leftMs = usToMs(turn.sentUs - this.playhead().us);
    if (leftMs > 0) return leftMs;
    if (verdict === 'slow') this.#flow('buffering');
    return Infinity;
  }

  /** When pictures are late the next sentence begins a moment later, once what is under way was heard. */
  #silenceMs(turn: PlayingTurn, { sentence }: MediaItem): number {
    const { policies, clock } = this.#deps;
    const { drift } = turn;
    if (drift === undefined || drift.alignment.driftPolicy === 'none' || turn.voicedSentence < 0) return 0;
    const behindMs = this.#behindMs(turn);
    if (turn.silence?.sentence !== sentence) {
      const forMs = gapSilenceMs(behindMs, drift.alignment.maxHoldMs, policies.drift);
      turn.silence = { sentence, forMs, sinceMs: undefined };
    }
    if (turn.silence.forMs === 0 || behindMs <= policies.drift.leaveMs) return 0;
    const leftMs = usToMs(turn.sentUs - this.playhead().us);
    if (leftMs > 0) return leftMs;
    turn.silence.sinceMs ??= clock.monotonicMs();
    return Math.max(0, turn.silence.forMs - (clock.monotonicMs() - turn.silence.sinceMs));
  }

  /** What was sent before is not there to build upon: it was lost, or another client got it. */
  #skipToKey(turn: PlayingTurn): void {
    turn.skippingToKey = true;
    turn.onPictureLost();
  }

  /** Pictures whose time has long passed are worthless; what depends on them is, too. */
  #dropLatePictures(turn: PlayingTurn, lane: Lane<MediaItem>): void {
    const latestUs = this.playhead().us - this.#deps.policies.pictureLateMs * 1000;
    for (let item = lane.peek(); item !== undefined; item = lane.peek()) {
      const isLate = item.ptsUs + item.durationUs < latestUs;
      if (!isLate && !(turn.skippingToKey && !item.key)) break;
      if (isLate && !turn.skippingToKey) this.#skipToKey(turn);
      lane.shift();
      turn.drift?.late(1);
    }
    if (lane.peek() !== undefined) turn.skippingToKey = false;
  }

  #sendPicture(turn: PlayingTurn): boolean {
    const lane = turn.picture;
    if (lane === undefined) return false;
    const { policies, pacing } = this.#deps;
    if (pacing === 'realtime') this.#dropLatePictures(turn, lane);
    const item = lane.peek();
    if (item === undefined) return false;
    if (pacing === 'realtime') {
      const leadUs = (turn.drift?.alignment.leadMs ?? 0) * 1000;
      if (item.ptsUs - leadUs > turn.sentUs && !turn.audio.ended) return false;
      if (this.#credit !== undefined) {
        if (this.#credit.videoMs <= 0) return false;
      } else if (item.ptsUs > this.playhead().us + policies.aheadMs * 1000) return false;
    }
    lane.shift();
    turn.pictureSeen = true;
    turn.picturedUs = item.ptsUs + item.durationUs;
    if (item.ptsUs - this.playhead().us < hurryUs) turn.hurriedUs = turn.picturedUs;
    const placed = this.#place(turn, item);
    if (placed === undefined) {
      if (item.codec !== 'jpeg') turn.onPictureLost();
      return true;
    }
    if (this.#credit !== undefined) this.#credit.videoMs -= item.durationUs / 1000;
    this.#send(turn, item, placed);
    return true;
  }

  /** When the client is to show a picture. */
  #place(turn: PlayingTurn, item: MediaItem): MediaItem | undefined {
    const next = turn.beginnings.findIndex((us) => us >= item.ptsUs + item.durationUs);
    const begun = next < 0 ? turn.beginnings.length : next;
    turn.beginnings.splice(0, begun);
    if (turn.drift === undefined || this.#deps.pacing === 'unpaced') return item;
    return turn.drift.send(item, { heardUs: this.playhead().us, atGap: begun > 0 });
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
    this.#cancelTimer = clock.after(Math.max(5, dueMs), () => this.#pump());
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
    const head = this.playhead();
    if (pacing === 'unpaced' || head.us >= turn.sentUs) {
      this.#finish(turn);
      return;
    }
    const restMs = (turn.sentUs - head.us) / 1000;
    const graceMs = this.#credit !== undefined && turn.reported === undefined ? policies.playoutGraceMs : 0;
    this.#cancelTimer = clock.after(restMs + graceMs, () => this.#finish(turn));
  }

  #finish(turn: PlayingTurn): void {
    turn.finished = true;
    this.#watch.rest();
    turn.onEnd();
  }
}
