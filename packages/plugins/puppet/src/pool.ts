import { extname } from 'node:path';
import { Worker } from 'node:worker_threads';
import { TthError } from '@tth/core/plugin';
import type { DrawingSpec, DrawnPicture, FramePlan, WorkerReply, WorkerRequest } from './worker-messages.ts';

/** A drawing as the main thread sees it. Answers come in order of the calls. */
export interface PoolDrawing {
  /** The pictures that have come out. Takes `poses` away from the caller. Empty once released. */
  draw(frames: readonly FramePlan[], poses: Uint8Array): Promise<readonly DrawnPicture[]>;
  /** The pictures still inside the encoder. */
  finish(): Promise<readonly DrawnPicture[]>;
  /** Stops drawing and frees the encoder; what is being waited for comes back empty. May be called again. */
  release(): void;
}

export interface Pool {
  /** Begins a drawing on the least busy worker. It is released when `signal` aborts. */
  open(spec: DrawingSpec, signal: AbortSignal): PoolDrawing;
  readonly drawings: number;
  readonly workers: number;
  /** Ends all workers. Drawings under way fail with `provider.unavailable`. May be called again. */
  close(): Promise<void>;
}

export interface PoolOptions {
  readonly maxWorkers: number;
  readonly startWorker?: () => Worker;
}

interface Answer {
  readonly resolve: (pictures: readonly DrawnPicture[]) => void;
  readonly reject: (error: TthError) => void;
}

interface Seat {
  readonly worker: Worker;
  /** Answers waited for, oldest first, of each drawing on this worker. */
  readonly drawings: Map<number, Answer[]>;
  failure: TthError | undefined;
}

const startDrawingWorker = (): Worker =>
  new Worker(new URL(`./worker${extname(import.meta.url)}`, import.meta.url));

const unavailable = (message: string, cause?: unknown): TthError =>
  new TthError('provider.unavailable', message, { cause });

/**
 * Shares worker threads among drawings. Workers start when first needed, keep the process alive only while they
 * draw, and are replaced after a crash by the next `open`.
 */
export const createPool = ({ maxWorkers, startWorker = startDrawingWorker }: PoolOptions): Pool => {
  const seats = new Set<Seat>();
  let lastDrawing = 0;
  let isClosed = false;

  const fail = (seat: Seat, error: TthError): void => {
    if (!seats.delete(seat)) return;
    seat.failure = error;
    for (const answers of seat.drawings.values()) for (const { reject } of answers.splice(0)) reject(error);
  };

  const leave = (seat: Seat, drawing: number): Answer[] => {
    const answers = seat.drawings.get(drawing) ?? [];
    seat.drawings.delete(drawing);
    if (seat.drawings.size === 0) seat.worker.unref();
    return answers;
  };

  const receive = (seat: Seat, reply: WorkerReply): void => {
    if (reply.type === 'drawn') {
      seat.drawings.get(reply.drawing)?.shift()?.resolve(reply.pictures);
      return;
    }
    const error = unavailable(
      'The face could not be drawn. Try again, or ask for the pose codec.',
      reply.reason,
    );
    for (const { reject } of leave(seat, reply.drawing)) reject(error);
  };

  const addSeat = (): Seat => {
    const seat: Seat = { worker: startWorker(), drawings: new Map(), failure: undefined };
    const lost = (cause?: unknown): void =>
      fail(seat, unavailable('A drawing worker ended. Try again.', cause));
    seat.worker.on('message', (reply: WorkerReply) => receive(seat, reply));
    seat.worker.on('error', lost);
    seat.worker.on('exit', () => lost());
    seats.add(seat);
    return seat;
  };

  const chooseSeat = (): Seat => {
    const [best] = [...seats].sort((a, b) => a.drawings.size - b.drawings.size);
    return best && (best.drawings.size === 0 || seats.size >= maxWorkers) ? best : addSeat();
  };

  const open = (spec: DrawingSpec, signal: AbortSignal): PoolDrawing => {
    if (isClosed) throw unavailable('The puppet was closed.');
    const seat = chooseSeat();
    const drawing = ++lastDrawing;
    const post = (request: WorkerRequest, transfer: ArrayBuffer[] = []): void =>
      seat.worker.postMessage(request, transfer);
    const ask = (request: WorkerRequest, transfer?: ArrayBuffer[]): Promise<readonly DrawnPicture[]> => {
      if (seat.failure) return Promise.reject(seat.failure);
      const answers = seat.drawings.get(drawing);
      if (!answers) return Promise.resolve([]);
      post(request, transfer);
      return new Promise((resolve, reject) => answers.push({ resolve, reject }));
    };
    const release = (): void => {
      signal.removeEventListener('abort', release);
      if (!seat.drawings.has(drawing)) return;
      for (const { resolve } of leave(seat, drawing)) resolve([]);
      post({ type: 'release', drawing });
    };

    seat.drawings.set(drawing, []);
    seat.worker.ref();
    post({ type: 'open', drawing, spec });
    if (signal.aborted) release();
    else signal.addEventListener('abort', release);
    return {
      draw: (frames, poses) => ask({ type: 'draw', drawing, frames, poses }, [poses.buffer as ArrayBuffer]),
      finish: () => ask({ type: 'finish', drawing }),
      release,
    };
  };

  return {
    open,
    get drawings() {
      return [...seats].reduce((sum, seat) => sum + seat.drawings.size, 0);
    },
    get workers() {
      return seats.size;
    },
    close: async () => {
      isClosed = true;
      const ended = [...seats];
      for (const seat of ended) fail(seat, unavailable('The puppet was closed.'));
      await Promise.all(ended.map(({ worker }) => worker.terminate()));
    },
  };
};
