import {
  type Correction,
  type FaceLevel,
  correctDrift,
  correctionMs,
  fullFace,
  noCorrection,
  stepFace,
} from '../alignment/correct.ts';
import { type DriftEstimator, createDriftEstimator } from '../alignment/drift.ts';
import type { QosMonitor } from '../alignment/qos.ts';
import type { TurnAlignment } from '../domain/controls.ts';
import type { MediaItem } from '../domain/media.ts';
import type { DriftPolicy } from '../domain/policies.ts';
import { type Clock, usToMs } from '../domain/time.ts';

export interface DriftStageDeps {
  readonly clock: Clock;
  readonly policy: DriftPolicy;
  readonly alignment: TurnAlignment;
  readonly qos: QosMonitor;
  /** A correction begins, or ends with `none`. */
  readonly onDrift: (skewMs: number, correction: Correction['kind']) => void;
  /** The face is to be asked for less, or for more again. */
  readonly onFace: (level: FaceLevel, from: FaceLevel) => void;
}

/** Where a picture meets the listener. */
export interface PictureMoment {
  /** The place that is heard now. */
  readonly heardUs: number;
  /** A sentence begins with this picture. */
  readonly atGap: boolean;
}

/** What of the pictures there is, and what is needed. */
export interface FaceMoment {
  readonly behindMs: number;
  readonly atGap: boolean;
}

/**
 * Pictures between face and playout: each is given the time at which the client has to show it. The sound is never moved.
 * The client's reports are measured against what was sent, so a correction does not chase its own effect.
 */
export interface DriftStage {
  readonly alignment: TurnAlignment;
  /**
   * What the client showed minus what it heard, at a place of its sound. `isShort`: no picture for that place was sent in time.
   * Returns how far what it showed was from where it belongs, whatever time it was sent with.
   */
  report(heardUs: number, skewMs: number, isShort: boolean): number;
  /** How far a source's pictures run ahead of its sound, where both are made on clocks of its own. */
  observeSource(audioEndUs: number, videoEndUs: number): void;
  /** The picture as it is to be sent; nothing when it is to be left out. */
  send(item: MediaItem, moment: PictureMoment): MediaItem | undefined;
  /** A look at whether the face keeps up: when a picture came and when a sentence begins. One that stands still is no business of this. */
  watchFace(moment: FaceMoment): void;
  /** What was sent from this place on is void; what comes next begins there. */
  rewind(toUs: number): void;
  /** Pictures that came too late to be sent. */
  late(count: number): void;
}

/** A picture in this many is left out while pictures are late. */
const dropOneIn = 5;
/** A source whose clocks disagree less than this, or in no steady way, is not touched. */
const leastSourceMsPerS = 2;
const mostSourceSpreadMs = 40;
const sourceEveryMs = 250;
/** Reports that differ more than this tell of pictures that come now and then, not of clocks. */
const mostJitterMs = 40;

export const createDriftStage = (deps: DriftStageDeps): DriftStage => {
  const { clock, policy, alignment, qos, onDrift, onFace } = deps;
  const leadUs = alignment.leadMs * 1000;
  const isIdle = alignment.driftPolicy === 'none';
  const client = createDriftEstimator();
  const source: DriftEstimator = createDriftEstimator();
  let sourceSeenMs = -Infinity;
  let sourceStartMs: number | undefined;
  let correction = noCorrection;
  let shiftUs = 0;
  /** How fast the pictures are moved for good, because the clocks are that far apart. */
  let trimMsPerS = 0;
  /** Which move the pictures from a time on were sent with, oldest first. */
  let moves: { readonly fromUs: number; readonly byUs: number }[] = [];
  let sentUs = -1;
  let sinceDrop = 0;
  let awaitsKey = false;
  let face = fullFace(clock.monotonicMs());

  const movedBy = (shownUs: number): number => {
    const at = moves.findLastIndex(({ fromUs }) => fromUs <= shownUs);
    moves = moves.slice(Math.max(0, at));
    return moves[0]?.byUs ?? 0;
  };

  /** Pictures of a source that is too fast carry times that are too late: they would be shown late. */
  const sourceErrorMs = (audioMs: number): number => {
    const found = source.estimate(audioMs);
    if (found === undefined || sourceStartMs === undefined) return 0;
    const isSteady = Math.abs(found.msPerS) >= leastSourceMsPerS && found.spreadMs <= mostSourceSpreadMs;
    return isSteady ? (-found.msPerS * (audioMs - sourceStartMs)) / 1000 : 0;
  };

  const decide = (errorMs: number, atGap: boolean): void => {
    const next = correctDrift(correction, { errorMs, nowMs: clock.monotonicMs(), atGap }, policy);
    const changes = (next.kind === 'none') !== (correction.kind === 'none');
    correction = next;
    if (!changes) return;
    if (next.kind !== 'none') qos.count('corrections');
    onDrift(errorMs, next.kind);
  };

  /** Moves what comes next and says whether this picture is to be left out. */
  const move = (item: MediaItem, { heardUs, atGap }: PictureMoment): boolean => {
    const durationMs = usToMs(item.durationUs);
    const aheadMs = Math.max(0, usToMs(item.ptsUs - heardUs));
    const found = client.estimate(clock.monotonicMs() + aheadMs);
    const trimUs = Math.round(trimMsPerS * durationMs);
    if (found !== undefined && found.jitterMs > mostJitterMs) {
      shiftUs += trimUs;
      return false;
    }
    const errorMs = (found?.skewMs ?? 0) + sourceErrorMs(usToMs(item.ptsUs)) - usToMs(shiftUs);
    const before = correction.kind;
    decide(errorMs, atGap);
    if (correction.kind !== before) {
      const mostMsPerS = policy.firmRate * 1000;
      trimMsPerS = Math.max(-mostMsPerS, Math.min(mostMsPerS, found?.msPerS ?? 0));
    }
    shiftUs += Math.round(trimMsPerS * durationMs);
    if (correction.kind === 'hold') qos.count('picturesHeld');
    if (correction.kind === 'drop' && item.codec === 'jpeg') {
      sinceDrop = (sinceDrop + 1) % dropOneIn;
      if (sinceDrop !== 0) return false;
      shiftUs -= Math.min(item.durationUs, Math.round(-errorMs * 1000));
      return true;
    }
    shiftUs += Math.round(correctionMs(correction, errorMs, durationMs, policy) * 1000);
    return false;
  };

  return {
    alignment,

    report: (heardUs, skewMs, isShort) => {
      const offMs = skewMs - usToMs(movedBy(heardUs + skewMs * 1000));
      qos.skew(offMs);
      // A picture that was not sent in time cannot be shown in time: that says nothing about the client's clocks.
      if (!isShort) client.observe({ atMs: clock.monotonicMs(), skewMs });
      return offMs;
    },

    observeSource: (audioEndUs, videoEndUs) => {
      const audioMs = usToMs(audioEndUs);
      if (audioMs - sourceSeenMs < sourceEveryMs) return;
      sourceSeenMs = audioMs;
      sourceStartMs ??= audioMs;
      source.observe({ atMs: audioMs, skewMs: usToMs(videoEndUs - audioEndUs) });
    },

    send: (item, moment) => {
      const isLeftOut = !isIdle && move(item, moment);
      // The lead comes in gradually: nothing can be shown before the turn begins.
      const byUs = shiftUs - Math.min(leadUs, Math.floor(item.ptsUs / 2));
      const ptsUs = Math.max(0, item.ptsUs + byUs);
      // What was sent already lies there: a decoder must not go back, and what depends on a missing picture is void.
      if (isLeftOut || ptsUs <= sentUs || (awaitsKey && !item.key)) {
        awaitsKey = item.codec !== 'jpeg';
        qos.count('picturesDropped');
        return undefined;
      }
      awaitsKey = false;
      sentUs = ptsUs;
      if (moves.at(-1)?.byUs !== byUs) moves.push({ fromUs: ptsUs, byUs });
      return byUs === 0 ? item : { ...item, ptsUs };
    },

    watchFace: (moment) => {
      const { level } = face;
      face = stepFace(face, { ...moment, nowMs: clock.monotonicMs() }, policy);
      if (face.level !== level && !isIdle) onFace(face.level, level);
    },

    rewind: (toUs) => {
      sentUs = Math.min(sentUs, toUs + shiftUs - leadUs - 1);
    },

    late: (count) => qos.count('picturesLate', count),
  };
};
