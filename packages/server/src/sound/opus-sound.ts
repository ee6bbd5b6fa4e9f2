import type { Clock, MediaItem } from '@tth/core';
import { sampleRateHz, samplesToUs, usToSamples } from '@tth/core/plugin';
import { opusPreSkipSamples } from '@tth/protocol';
import type { OpusEncoders } from './opus-encoders.ts';

const packetSamples = sampleRateHz / 50;
const preSkip = (opusPreSkipSamples * sampleRateHz) / 48_000;
/** Sound inside the encoder before its source has to wait, and until it may go on. */
const fullSamples = sampleRateHz;
const roomySamples = sampleRateHz / 2;
/** An encoder that owes packets and gives none for this long hangs; on a busy machine its thread starts slowly. */
const patienceMs = 5_000;

/** A stretch of one sentence's sound, encoded by itself. Counted in samples from its start. */
interface Run {
  /** The first piece: turn, epoch and sentence of all of it. */
  readonly first: MediaItem;
  readonly fromSample: number;
  /** Pieces that may have to be sent as they are, should the encoder fail. */
  pieces: MediaItem[];
  samples: number;
  /** Nothing from here on is sent: the end of the sound, or where it was taken back. */
  limit: number;
  packets: number;
  sentSamples: number;
  isFinished: boolean;
  endsSentence: boolean;
  isDropped: boolean;
}

type Entry = Run | { readonly task: () => void };

export interface OpusSoundOptions {
  readonly encoders: OpusEncoders;
  readonly clock: Clock;
  /** Packets and, after a failure, PCM; in order. */
  readonly send: (item: MediaItem) => void;
  /** Whether the connection takes more; once it does not, its source is told by others when it does again. */
  readonly hasRoom: () => boolean;
  /** Called once, before the sound that is sent as PCM from then on. */
  readonly onFailure: (reason: string) => void;
  /** There is room again after `push` said that there was none. */
  readonly onRoom: () => void;
}

/** A session's sound on its way through the encoder. */
export interface OpusSound {
  readonly hasFailed: boolean;
  /**
   * Takes PCM in order. What does not follow on from the last piece begins a new run. False: wait for `onRoom`, or for the
   * connection.
   */
  push(item: MediaItem): boolean;
  /** Sound after this time is void; what comes next begins there. */
  discard(afterUs: number): void;
  /** Everything inside is void. */
  drop(): void;
  /** No more sound comes for now: what is inside comes out. */
  finish(): void;
  /** Runs `task` when every finished run before it has been sent; at once if they have. */
  after(task: () => void): void;
  close(): void;
}

/** The part of a piece that lies between two samples of its run, or nothing. */
const cutPiece = (item: MediaItem, run: Run, from: number, to: number): MediaItem | undefined => {
  const start = usToSamples(item.ptsUs) - run.fromSample;
  const [first, last] = [Math.max(from, start), Math.min(to, start + item.data.byteLength / 2)];
  if (last <= first) return undefined;
  const ptsUs = samplesToUs(run.fromSample + first);
  return {
    ...item,
    ptsUs,
    durationUs: samplesToUs(run.fromSample + last) - ptsUs,
    sentenceEnd: false,
    data: item.data.subarray((first - start) * 2, (last - start) * 2),
  };
};

/**
 * Makes Opus packets of PCM without changing a time: the place of each packet comes from counted samples alone.
 * Every sentence is a run of its own, so that nothing of it waits for the next. When the encoder fails, what it still
 * held goes out as PCM, from the very sample at which the packets end.
 */
export const createOpusSound = (options: OpusSoundOptions): OpusSound => {
  const { encoders, clock, send, hasRoom, onFailure, onRoom } = options;
  /** Oldest first; the encoder works on the first run that is there. */
  const entries: Entry[] = [];
  let hasFailed = false;
  let isFull = false;
  let lastSignMs = 0;
  let stopWatching: (() => void) | undefined;

  const runs = (): Run[] => entries.filter((entry) => 'first' in entry);
  const oldest = (): Run | undefined => entries.find((entry) => 'first' in entry);
  const open = (): Run | undefined => runs().findLast(({ isFinished }) => !isFinished);

  const insideSamples = (): number =>
    runs()
      .filter(({ isDropped }) => !isDropped)
      // What was sent may lie beyond the place that the sound was taken back to.
      .reduce(
        (sum, { samples, limit, sentSamples }) => sum + Math.max(0, Math.min(samples, limit) - sentSamples),
        0,
      );

  const owesPackets = (): boolean =>
    runs().some((run) => run.isFinished || run.packets < Math.floor(run.samples / packetSamples));

  const watch = (afterMs: number): void => {
    stopWatching = clock.after(afterMs, () => {
      stopWatching = undefined;
      if (!owesPackets()) return;
      const restMs = lastSignMs + patienceMs - clock.monotonicMs();
      if (restMs > 0) watch(restMs);
      else fail('the encoder gives nothing back');
    });
  };

  const noteSign = (): void => {
    lastSignMs = clock.monotonicMs();
    if (!isFull || insideSamples() > roomySamples) return;
    isFull = false;
    onRoom();
  };

  /** Tasks wait for the runs before them that somebody will still hear. */
  const runTasks = (): void => {
    for (let at = 0; at < entries.length;) {
      const entry = entries[at]!;
      if ('task' in entry) {
        entries.splice(at, 1);
        entry.task();
      } else if (entry.isDropped) at += 1;
      else return;
    }
  };

  const finish = (run: Run | undefined): void => {
    if (run === undefined || run.isFinished) return;
    run.isFinished = true;
    run.limit = Math.min(run.limit, run.samples);
    stream.finish();
  };

  const sendPacket = (run: Run, data: Uint8Array): void => {
    const from = run.sentSamples;
    const decodedTo = (run.packets + 1) * packetSamples - preSkip;
    const to = Math.min(run.limit, decodedTo);
    run.packets += 1;
    if (run.isDropped || to <= from) return;
    run.sentSamples = to;
    run.pieces = run.pieces.filter(
      ({ ptsUs, data: { byteLength } }) => usToSamples(ptsUs) - run.fromSample + byteLength / 2 > to,
    );
    const ptsUs = samplesToUs(run.fromSample + from);
    send({
      ...run.first,
      codec: 'opus',
      key: run.packets === 1,
      sentenceEnd: run.endsSentence && to === run.limit,
      ptsUs,
      durationUs: samplesToUs(run.fromSample + to) - ptsUs,
      data,
    });
  };

  /** Sends what is left of a run as it is, and the end of its sentence if no packet said it. */
  const sendRest = (run: Run): void => {
    if (run.isDropped) return;
    const isSaid = run.sentSamples > 0 && run.sentSamples === run.limit;
    for (const piece of run.pieces) {
      const rest = cutPiece(piece, run, run.sentSamples, run.limit);
      if (rest !== undefined) send(rest);
    }
    if (!run.endsSentence || isSaid) return;
    const ptsUs = samplesToUs(run.fromSample + run.limit);
    send({ ...run.first, sentenceEnd: true, ptsUs, durationUs: 0, data: new Uint8Array(0) });
  };

  const fail = (reason: string): void => {
    if (hasFailed) return;
    hasFailed = true;
    stopWatching?.();
    stream.release();
    onFailure(reason);
    for (const entry of entries.splice(0)) {
      if ('task' in entry) entry.task();
      else sendRest({ ...entry, limit: Math.min(entry.limit, entry.samples) });
    }
    noteSign();
  };

  const stream = encoders.open({
    onPacket: (data) => {
      const run = oldest();
      if (run !== undefined) sendPacket(run, data);
      noteSign();
    },
    onFinished: () => {
      const run = oldest();
      if (run === undefined) return;
      sendRest(run);
      entries.splice(entries.indexOf(run), 1);
      noteSign();
      runTasks();
    },
    onFailure: fail,
  });

  const begin = (item: MediaItem): Run => {
    const run: Run = {
      first: item,
      fromSample: usToSamples(item.ptsUs),
      pieces: [],
      samples: 0,
      limit: Number.POSITIVE_INFINITY,
      packets: 0,
      sentSamples: 0,
      isFinished: false,
      endsSentence: false,
      isDropped: false,
    };
    entries.push(run);
    return run;
  };

  const follows = (run: Run, { turn, epoch, sentence, ptsUs }: MediaItem): boolean =>
    turn === run.first.turn &&
    epoch === run.first.epoch &&
    sentence === run.first.sentence &&
    usToSamples(ptsUs) === run.fromSample + run.samples;

  return {
    get hasFailed() {
      return hasFailed;
    },
    push: (item) => {
      if (hasFailed) {
        send(item);
        return hasRoom();
      }
      const last = open();
      const isNext = last !== undefined && follows(last, item);
      if (!isNext) finish(last);
      const run = isNext ? last : begin(item);
      const { buffer, byteOffset, byteLength } = item.data;
      if (byteLength > 0) {
        run.pieces.push(item);
        run.samples += byteLength / 2;
        stream.encode(new Int16Array(buffer, byteOffset, byteLength / 2));
      }
      run.endsSentence = item.sentenceEnd;
      if (item.sentenceEnd) finish(run);
      if (stopWatching === undefined) {
        lastSignMs = clock.monotonicMs();
        watch(patienceMs);
      }
      isFull = insideSamples() >= fullSamples;
      return !isFull && hasRoom();
    },
    discard: (afterUs) => {
      const afterSample = usToSamples(afterUs);
      for (const run of runs()) {
        const limit = Math.max(0, afterSample - run.fromSample);
        if (limit >= run.samples) continue;
        run.limit = Math.min(run.limit, limit);
        run.endsSentence = false;
        finish(run);
      }
      noteSign();
    },
    drop: () => {
      for (const run of runs()) {
        run.isDropped = true;
        finish(run);
      }
      noteSign();
      runTasks();
    },
    finish: () => finish(open()),
    after: (task) => {
      entries.push({ task });
      runTasks();
    },
    close: () => {
      stopWatching?.();
      stream.release();
    },
  };
};
