import { type MediaItem, usToSamples } from '../domain/media.ts';
import type { Policies } from '../domain/policies.ts';
import type { Clock } from '../domain/time.ts';
import type { Lane } from './lane.ts';

/** Where media goes. `false` means that its buffer is full: nothing more is sent until `drained()`. */
export type MediaSink = (item: MediaItem) => boolean;

/** `realtime` follows a listener; `unpaced` sends as fast as media comes, for files. */
export type Pacing = 'realtime' | 'unpaced';

export interface Playhead {
  readonly us: number;
  /** Reported by the client, or estimated from when media was sent. */
  readonly source: 'client' | 'pacing';
}

interface PlayingTurn {
  readonly audio: Lane<MediaItem>;
  readonly picture: Lane<MediaItem> | undefined;
  /** An item is about to be sent. */
  readonly onSend: (item: MediaItem) => void;
  readonly onEnd: () => void;
  /** Frames were dropped: the decoder needs a key frame. */
  readonly onPictureLost: () => void;
  heldSinceMs: number | undefined;
  pictureSeen: boolean;
  skippingToKey: boolean;
  sentUs: number;
  /** End of the last picture that was sent. */
  picturedUs: number;
  anchorMs: number;
  anchorUs: number;
  reported: { readonly us: number; readonly atMs: number } | undefined;
  finished: boolean;
}

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

  constructor(deps: PlayoutDeps) {
    this.#deps = deps;
  }

  /** A client came, or left with `undefined`; its credit starts anew. */
  connect(sink: MediaSink | undefined): void {
    this.#sink = sink;
    this.#blocked = false;
    this.#credit = undefined;
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
    this.#pump();
  }

  report(mediaUs: number, ended: boolean): void {
    const turn = this.#turn;
    if (turn === undefined) return;
    const us = Math.min(mediaUs, turn.sentUs);
    turn.reported = { us: ended ? turn.sentUs : us, atMs: this.#deps.clock.monotonicMs() };
    this.#pump();
  }

  begin(turn: Pick<PlayingTurn, 'audio' | 'picture' | 'onSend' | 'onEnd' | 'onPictureLost'>): void {
    const now = this.#deps.clock.monotonicMs();
    const playing: PlayingTurn = {
      ...turn,
      heldSinceMs: undefined,
      pictureSeen: false,
      skippingToKey: false,
      sentUs: 0,
      picturedUs: 0,
      anchorMs: now,
      anchorUs: 0,
      reported: undefined,
      finished: false,
    };
    this.#turn = playing;
    turn.audio.listen(() => this.#pump());
    turn.picture?.listen(() => this.#pump());
  }

  /** Drops everything of the running turn that has not been sent and returns where its listener was. */
  cut(): Playhead {
    const at = this.playhead();
    this.#cancelTimer();
    this.#turn?.audio.clear();
    this.#turn?.picture?.clear();
    this.#turn = undefined;
    return at;
  }

  /** No picture is under way: sound does not wait for one any more. */
  expectNoPicture(): void {
    if (this.#turn !== undefined) this.#turn.pictureSeen = true;
    this.#pump();
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

  #pump(): void {
    const turn = this.#turn;
    if (turn === undefined || turn.finished) return;
    this.#cancelTimer();
    if (this.#sink !== undefined && !this.#blocked) {
      let progress = true;
      while (progress && !this.#blocked && this.#turn === turn) {
        progress = this.#sendAudio(turn) || this.#sendPicture(turn);
      }
    }
    if (this.#turn !== turn) return;
    if (turn.audio.ended && (turn.picture?.ended ?? true)) this.#awaitEnd(turn);
    else this.#wakeLater(turn);
  }

  #sendAudio(turn: PlayingTurn): boolean {
    const item = turn.audio.peek();
    if (item === undefined || this.#isHeld(turn)) return false;
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
    if (this.#wallPlayheadUs(turn, now) >= turn.sentUs) {
      turn.anchorMs = now;
      turn.anchorUs = turn.sentUs;
    }
    turn.sentUs = item.ptsUs + item.durationUs;
    if (this.#credit !== undefined) this.#credit.audioMs -= item.durationUs / 1000;
    this.#send(turn, item);
    return true;
  }

  /** Sound waits a little for its first picture, so that the face does not start late. */
  #isHeld(turn: PlayingTurn): boolean {
    if (turn.picture === undefined || turn.pictureSeen || turn.picture.ended) return false;
    if (turn.picture.peek() !== undefined) return false;
    turn.heldSinceMs ??= this.#deps.clock.monotonicMs();
    const { pacing, policies } = this.#deps;
    if (pacing === 'realtime') return this.#heldMs(turn) < policies.maxHoldMs;
    // A full lane makes the voice wait, and the face may need more of it before it shows anything.
    return !turn.audio.isFull;
  }

  #heldMs(turn: PlayingTurn): number {
    return turn.heldSinceMs === undefined ? 0 : this.#deps.clock.monotonicMs() - turn.heldSinceMs;
  }

  /** Pictures whose time has long passed are worthless; what depends on them is, too. */
  #dropLatePictures(turn: PlayingTurn, lane: Lane<MediaItem>): void {
    const latestUs = this.playhead().us - this.#deps.policies.pictureLateMs * 1000;
    for (let item = lane.peek(); item !== undefined; item = lane.peek()) {
      const isLate = item.ptsUs + item.durationUs < latestUs;
      if (!isLate && !(turn.skippingToKey && !item.key)) break;
      if (isLate && !turn.skippingToKey) {
        turn.skippingToKey = true;
        turn.onPictureLost();
      }
      lane.shift();
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
      if (item.ptsUs > turn.sentUs && !turn.audio.ended) return false;
      if (this.#credit !== undefined) {
        if (this.#credit.videoMs <= 0) return false;
      } else if (item.ptsUs > this.playhead().us + policies.aheadMs * 1000) return false;
    }
    lane.shift();
    turn.pictureSeen = true;
    turn.picturedUs = item.ptsUs + item.durationUs;
    if (this.#credit !== undefined) this.#credit.videoMs -= item.durationUs / 1000;
    this.#send(turn, item);
    return true;
  }

  #send(turn: PlayingTurn, item: MediaItem): void {
    turn.onSend(item);
    this.#blocked = this.#sink?.(item) === false;
  }

  #wakeLater(turn: PlayingTurn): void {
    const { clock, policies, pacing } = this.#deps;
    if (pacing === 'unpaced' || this.#sink === undefined) return;
    const head = turn.audio.peek();
    if (head !== undefined && this.#isHeld(turn)) {
      this.#cancelTimer = clock.after(policies.maxHoldMs - this.#heldMs(turn), () => this.#pump());
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
      turn.finished = true;
      turn.onEnd();
      return;
    }
    const restMs = (turn.sentUs - head.us) / 1000;
    const graceMs = this.#credit !== undefined && turn.reported === undefined ? policies.playoutGraceMs : 0;
    this.#cancelTimer = clock.after(restMs + graceMs, () => {
      turn.finished = true;
      turn.onEnd();
    });
  }
}
