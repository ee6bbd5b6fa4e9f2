import { createQosMonitor } from '../src/alignment/qos.ts';
import { neutralControls } from '../src/domain/controls.ts';
import { seededRandom } from '../src/domain/ids.ts';
import type { MediaItem } from '../src/domain/media.ts';
import { defaultPolicies } from '../src/domain/policies.ts';
import type { Clock } from '../src/domain/time.ts';
import { createDriftStage } from '../src/pipeline/drift.stage.ts';
import { Lane } from '../src/pipeline/lane.ts';
import { Playout } from '../src/pipeline/playout.ts';

export interface SimulationOptions {
  readonly seconds: number;
  /** How fast the listener's screen counts time, in terms of its loudspeaker. */
  readonly pictureClock: number;
  /** False: nothing is corrected, everything else is the same. */
  readonly corrects: boolean;
  readonly seed?: number;
}

export interface Simulated {
  /** What was shown minus what was heard, eleven times a second, in milliseconds; by what pictures show, not by their times. */
  readonly skewsMs: readonly number[];
  /** When a correction began or ended, in milliseconds of the hour. */
  readonly corrections: readonly { readonly atMs: number; readonly kind: string; readonly skewMs: number }[];
  readonly underruns: number;
  readonly metrics: Readonly<Record<string, number>>;
}

const chunkMs = 100;
const pictureMs = 40;
const sentenceMs = 4_000;
const tickMs = 10;
const laneMs = 1_000;
/** Way of a message through the network: this, and up to this much more. Messages do not overtake each other. */
const wayMs = 20;
const jitterMs = 200;
/** The face needs this for a picture, and in some cases this much longer. */
const drawMs = 20;
const lateShare = 0.02;
const lateMs = 250;
const bufferMs = 200;
/** Room of the listener: what the way there and back takes at most, and some. */
const grantedMs = 800;
/** Between two looks: no multiple of a picture, so that every part of one is looked at. */
const lookMs = 90;

/** A clock that runs as fast as the processor can, without a turn of the event loop. */
const createFastClock = () => {
  let nowMs = 0;
  const timers = new Set<{ readonly dueMs: number; readonly task: () => void }>();
  const clock: Clock = {
    now: () => nowMs,
    monotonicMs: () => nowMs,
    after: (delayMs, task) => {
      const timer = { dueMs: nowMs + Math.max(0, delayMs), task };
      timers.add(timer);
      return () => timers.delete(timer);
    },
  };
  const runUntil = (endMs: number): void => {
    for (;;) {
      let next: { readonly dueMs: number; readonly task: () => void } | undefined;
      for (const timer of timers) if (next === undefined || timer.dueMs < next.dueMs) next = timer;
      if (next === undefined || next.dueMs > endMs) break;
      timers.delete(next);
      nowMs = Math.max(nowMs, next.dueMs);
      next.task();
    }
    nowMs = endMs;
  };
  return { clock, runUntil };
};

/** A connection that delivers in order, sooner or later. */
const createWay = (clock: Clock, random: () => number) => {
  let arrivesMs = 0;
  return (deliver: () => void): void => {
    arrivesMs = Math.max(arrivesMs, clock.monotonicMs() + wayMs + random() * jitterMs);
    clock.after(arrivesMs - clock.monotonicMs(), deliver);
  };
};

const laneOf = (): Lane<MediaItem> =>
  new Lane({ capMs: laneMs, durationMs: ({ durationUs }) => durationUs / 1000 });

/** What a picture shows: the place in the speech that it was drawn for, wherever it was moved to. */
const contentUs = ({ data }: MediaItem): number => new Float64Array(data.slice().buffer)[0]!;

const itemOf = (kind: 'audio' | 'video', fromMs: number, durationMs: number): MediaItem => {
  const endsSentence = kind === 'audio' && (fromMs + durationMs) % sentenceMs === 0;
  return {
    kind,
    codec: kind === 'audio' ? 'pcm_s16le' : 'h264',
    turn: 1,
    epoch: 1,
    sentence: Math.floor(fromMs / sentenceMs),
    ptsUs: fromMs * 1000,
    durationUs: durationMs * 1000,
    key: true,
    sentenceEnd: endsSentence,
    data: new Uint8Array(Float64Array.of(fromMs * 1000).buffer),
  };
};

/**
 * One long turn in virtual time, through the engine's own playout, estimator and correction. The listener's screen and loudspeaker
 * have clocks of their own, and it knows nothing of the correction: it shows a picture when its screen's clock reaches the
 * picture's time, and reports four times a second.
 */
export const simulate = ({ seconds, pictureClock, corrects, seed = 1 }: SimulationOptions): Simulated => {
  const { clock, runUntil } = createFastClock();
  const source = seededRandom(seed);
  const random = (): number => source.next();
  const there = createWay(clock, random);
  const back = createWay(clock, random);
  const audio = laneOf();
  const picture = laneOf();
  const qos = createQosMonitor();
  const corrections: { atMs: number; kind: string; skewMs: number }[] = [];
  const skewsMs: number[] = [];
  const playout = new Playout({ clock, policies: defaultPolicies, pacing: 'realtime' });
  const drift = createDriftStage({
    clock,
    policy: defaultPolicies.drift,
    alignment: { ...neutralControls.alignment, driftPolicy: corrects ? 'drop_and_hold' : 'none' },
    qos,
    onDrift: (skewMs, kind) => corrections.push({ atMs: clock.monotonicMs(), kind, skewMs }),
    onFace: (level) => corrections.push({ atMs: clock.monotonicMs(), kind: level, skewMs: 0 }),
  });

  // The listener.
  let bufferedUs = 0;
  let heardUs = 0;
  let isPlaying = false;
  let screenUs = 0;
  let underruns = 0;
  let shown: MediaItem | undefined;
  const waiting: MediaItem[] = [];
  const owed = { audioMs: 0, videoMs: 0 };
  const grant = (): void => {
    if (owed.audioMs + owed.videoMs === 0) return;
    if (isPlaying && owed.audioMs + owed.videoMs < 100) return;
    const { audioMs, videoMs } = owed;
    Object.assign(owed, { audioMs: 0, videoMs: 0 });
    back(() => playout.grant(audioMs, videoMs));
  };
  const play = (): void => {
    if (!isPlaying && bufferedUs - heardUs >= bufferMs * 1000) isPlaying = true;
    if (!isPlaying) return grant();
    const stepUs = Math.min(tickMs * 1000, bufferedUs - heardUs);
    if (stepUs < tickMs * 1000) {
      isPlaying = false;
      underruns += 1;
    }
    heardUs += stepUs;
    screenUs += stepUs * pictureClock;
    owed.audioMs += stepUs / 1000;
    for (
      let next = waiting[0];
      next !== undefined && next.ptsUs - 500 * pictureMs <= screenUs;
      next = waiting[0]
    ) {
      shown = waiting.shift()!;
      owed.videoMs += next.durationUs / 1000;
    }
    grant();
  };
  const tell = (): void => {
    if (!isPlaying || shown === undefined) return;
    const report = { mediaUs: heardUs, skewMs: (shown.ptsUs - heardUs) / 1000, underruns };
    back(() => playout.report(report.mediaUs, false, report));
  };

  // Voice and face.
  const endMs = seconds * 1000;
  let spokenMs = 0;
  let drawnMs = 0;
  let freeAtMs = 0;
  const speak = (): void => {
    for (; spokenMs < endMs && !audio.isFull; spokenMs += chunkMs)
      audio.push(itemOf('audio', spokenMs, chunkMs));
  };
  const draw = (untilMs: number): void => {
    for (; drawnMs + pictureMs <= untilMs; drawnMs += pictureMs) {
      const item = itemOf('video', drawnMs, pictureMs);
      const needsMs = drawMs + (random() < lateShare ? lateMs : 0);
      freeAtMs = Math.max(freeAtMs, clock.monotonicMs() + needsMs);
      clock.after(freeAtMs - clock.monotonicMs(), () => picture.push(item));
    }
  };

  playout.connect((item) => {
    if (item.kind === 'audio') {
      draw((item.ptsUs + item.durationUs) / 1000);
      there(() => (bufferedUs = item.ptsUs + item.durationUs));
    } else there(() => waiting.push(item));
    return true;
  });
  playout.begin({ audio, picture, drift, qos, onSend: () => {}, onEnd: () => {}, onPictureLost: () => {} });
  playout.grant(grantedMs, grantedMs);
  for (let ms = 0; ms < endMs; ms += tickMs) {
    runUntil(ms);
    speak();
    play();
    if (ms % 250 === 0) tell();
    if (ms % lookMs === 0 && isPlaying && shown !== undefined)
      skewsMs.push((contentUs(shown) - heardUs) / 1000);
  }
  return { skewsMs, corrections, underruns, metrics: qos.values() };
};

/** The size that 99 of 100 do not exceed. */
export const p99 = (values: readonly number[]): number =>
  values.map(Math.abs).toSorted((a, b) => a - b)[Math.ceil(values.length * 0.99) - 1] ?? 0;
