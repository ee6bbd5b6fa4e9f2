import type { MediaFrame } from '@tth/protocol';
import type { Clock } from '../clock.ts';
import { type AudioOutput, type PlayoutReport, sampleRateHz } from './audio-output.ts';
import { type HeardPosition, createHeardTimeline } from './heard.ts';
import { noJitter, observeArrival, targetDepthMs } from './jitter.ts';

/** What was played so far, and how loud it was over the last 40 ms (0 to 1). */
export interface AudioStats {
  readonly playedSamples: number;
  readonly bufferedMs: number;
  readonly underruns: number;
  readonly rms: number;
  readonly peak: number;
}

export interface AudioPlayerListener {
  /** This much was played or thrown away, in the order it came. */
  onConsumed(us: number): void;
  /** The output reported; the heard position may have moved. */
  onProgress(): void;
}

interface Waiting {
  readonly samples: number;
  readonly durationUs: number;
}

const samplesMs = (samples: number): number => (samples * 1000) / sampleRateHz;

/**
 * Speech to the output, and back the place that is heard: the master clock. Chunks must be of the current epoch.
 */
export const createAudioPlayer = (output: AudioOutput, clock: Clock, listener: AudioPlayerListener) => {
  const timeline = createHeardTimeline();
  const waiting: Waiting[] = [];
  let consumedOfHead = 0;
  let consumedUsOfHead = 0;
  let consumedSamples = 0;
  let writtenSamples = 0;
  let generation = 0;
  let jitter = noJitter;
  let depthMs = 0;
  let written: { readonly turn: number; readonly endUs: number; readonly sentenceEnd: boolean } | undefined;
  let latest: Pick<PlayoutReport, 'playedSamples' | 'underruns' | 'rms' | 'peak'> = {
    playedSamples: 0,
    underruns: 0,
    rms: 0,
    peak: 0,
  };

  /** Turns samples gone from the queue into the durations of the frames that brought them, exact at every frame's end. */
  const consume = (samples: number): void => {
    let left = samples;
    for (let head = waiting[0]; head !== undefined && left > 0; head = waiting[0]) {
      const taken = Math.min(left, head.samples - consumedOfHead);
      left -= taken;
      consumedOfHead += taken;
      const consumedUs = Math.floor((head.durationUs * consumedOfHead) / head.samples);
      listener.onConsumed(consumedUs - consumedUsOfHead);
      consumedUsOfHead = consumedUs;
      if (consumedOfHead < head.samples) return;
      waiting.shift();
      consumedOfHead = 0;
      consumedUsOfHead = 0;
    }
  };

  /** What a cut took away is known before the output says so. */
  const consumeUpTo = (samples: number): void => {
    const newly = samples - consumedSamples;
    if (newly <= 0) return;
    consumedSamples = samples;
    consume(newly);
  };

  const onReport = (report: PlayoutReport): void => {
    latest = report;
    timeline.add(report);
    consumeUpTo(report.playedSamples + report.flushedSamples);
    listener.onProgress();
  };

  const setDepth = (toMs: number): void => {
    if (toMs === depthMs) return;
    depthMs = toMs;
    output.post({ type: 'threshold', samples: Math.round((toMs * sampleRateHz) / 1000) });
  };

  const heard = (): HeardPosition | undefined => timeline.at(output.heardTimeS());

  return {
    onReport,

    /** Queues a chunk. One that begins before the end of what is queued replaces it from there on. */
    accept({ turn, ptsUs, durationUs, sentenceEnd, payload }: MediaFrame): void {
      const samples = samplesOf(payload);
      if (samples.length === 0) {
        listener.onConsumed(durationUs);
        if (!sentenceEnd) return;
      }
      jitter = observeArrival(jitter, { atMs: clock.now(), turn, ptsUs, sentenceEnd });
      setDepth(targetDepthMs(jitter));
      if (written?.turn === turn && ptsUs < written.endUs - 1_000) {
        output.post({ type: 'discard', turn, afterUs: ptsUs });
      }
      written = { turn, endUs: ptsUs + durationUs, sentenceEnd };
      if (samples.length > 0) waiting.push({ samples: samples.length, durationUs });
      writtenSamples += samples.length;
      output.post({ type: 'chunk', turn, ptsUs, sentenceEnd, samples });
    },

    /** Silence, at once. */
    cut(): void {
      generation += 1;
      written = undefined;
      timeline.cut(generation);
      output.post({ type: 'cut', generation });
      consumeUpTo(writtenSamples);
    },

    /** No more speech comes for now: what is queued is played, however little it is. */
    playOut: (): void => setDepth(0),

    /** Forgets queued speech of a turn from `afterUs` on. */
    discard(turn: number, afterUs: number): void {
      if (written?.turn === turn) written = { ...written, endUs: Math.min(written.endUs, afterUs) };
      output.post({ type: 'discard', turn, afterUs });
    },

    heard,

    /** True when everything that came was heard, and it was no torn sentence whose rest is on its way. */
    isOver: (): boolean =>
      waiting.length === 0 && written?.sentenceEnd === true && heard()?.playing === false,

    /** Microseconds that wait to be played, by the durations of their frames. */
    bufferedUs: (): number => waiting.reduce((sum, { durationUs }) => sum + durationUs, 0) - consumedUsOfHead,

    stats: (): AudioStats => ({
      playedSamples: latest.playedSamples,
      bufferedMs: samplesMs(writtenSamples - consumedSamples),
      underruns: latest.underruns,
      rms: latest.rms,
      peak: latest.peak,
    }),
  };
};

export type AudioPlayer = ReturnType<typeof createAudioPlayer>;

/** The payload as samples, without a copy: its message is used for nothing else. */
const samplesOf = (payload: Uint8Array): Int16Array => {
  const { buffer, byteOffset, byteLength } = payload;
  if (byteOffset % 2 !== 0) return samplesOf(payload.slice());
  return new Int16Array(buffer as ArrayBuffer, byteOffset, byteLength >> 1);
};
