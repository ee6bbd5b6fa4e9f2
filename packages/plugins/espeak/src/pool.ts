import { Worker } from 'node:worker_threads';
import { TthError } from '@tth/core/plugin';
import { createMailbox, type Mailbox } from './mailbox.ts';
import type { CancelFlag, FromWorker, SpeakRequest, SpokenPiece, ToWorker, WorkerSetup } from './wire.ts';

/** Jobs that may wait for a worker; a sentence takes about 10 ms of one. */
const maxWaiting = 512;

/** What a pool is doing. `lastFailure`: why its latest worker died, until the next job that ends well. */
export interface PoolStatus {
  readonly workers: number;
  readonly busy: number;
  readonly waiting: number;
  readonly lastFailure: unknown;
  readonly closed: boolean;
}

/** Worker threads that speak, one job each at a time, first come first served. Started when first needed. */
export interface Pool {
  readonly size: number;
  /**
   * The pieces of one request. A worker never waits for the reader: what is not read yet stays here, which a request's
   * length bounds. Ends without a word when `signal` aborts; throws `provider.unavailable` when the worker dies.
   */
  speak(request: SpeakRequest, signal: AbortSignal): AsyncGenerator<SpokenPiece, void, void>;
  status(): PoolStatus;
  close(): Promise<void>;
}

interface Job {
  readonly id: number;
  readonly request: SpeakRequest;
  readonly pieces: Mailbox<SpokenPiece>;
}

interface Slot {
  readonly worker: Worker;
  readonly cancel: CancelFlag;
  job: Job | undefined;
  failure: unknown;
}

const workerUrl = new URL(import.meta.url.endsWith('.ts') ? './worker.ts' : './worker.js', import.meta.url);

const startWorker = (setup: WorkerSetup): Worker => new Worker(workerUrl, { workerData: setup });

/** `start` makes a worker thread that speaks the protocol of `wire.ts`. */
export const createPool = (size: number, start: (setup: WorkerSetup) => Worker = startWorker): Pool => {
  const slots = new Set<Slot>();
  const waiting: Job[] = [];
  let jobs = 0;
  let lastFailure: unknown;
  let closing: Promise<void> | undefined;

  const unavailable = (cause?: unknown): TthError =>
    new TthError(
      'provider.unavailable',
      closing
        ? 'The voice has been closed: make a new one'
        : 'A speech worker died: try again, a new one is started',
      cause === undefined ? {} : { cause },
    );

  const assign = (slot: Slot, job: Job): void => {
    slot.job = job;
    slot.worker.ref(); // a process stays alive while it speaks, and no longer
    slot.worker.postMessage({ job: job.id, request: job.request } satisfies ToWorker);
  };

  const onMessage = (slot: Slot, message: FromWorker): void => {
    const { job } = slot;
    if (!job) return;
    if (message.type === 'piece') {
      job.pieces.push(message.piece);
      return;
    }
    slot.job = undefined;
    if (!closing) slot.worker.unref();
    lastFailure = undefined;
    job.pieces.end();
    dispatch();
  };

  const onExit = (slot: Slot): void => {
    slots.delete(slot);
    if (!closing) lastFailure = slot.failure ?? new Error('The worker thread exited');
    slot.job?.pieces.fail(unavailable(slot.failure));
    if (!closing) dispatch();
  };

  const open = (): Slot => {
    const cancel: CancelFlag = new Int32Array(new SharedArrayBuffer(4));
    const slot: Slot = { worker: start({ cancel }), cancel, job: undefined, failure: undefined };
    slots.add(slot);
    slot.worker.unref();
    slot.worker.on('message', (message: FromWorker) => onMessage(slot, message));
    slot.worker.on('error', (error) => {
      slot.failure = error;
    });
    slot.worker.on('exit', () => onExit(slot));
    return slot;
  };

  const freeSlot = (): Slot | undefined => {
    for (const slot of slots) if (!slot.job) return slot;
    return slots.size < size ? open() : undefined;
  };

  const dispatch = (): void => {
    while (waiting.length > 0) {
      const slot = freeSlot();
      if (!slot) return;
      assign(slot, waiting.shift()!);
    }
  };

  const stop = (job: Job): void => {
    const at = waiting.indexOf(job);
    if (at >= 0) waiting.splice(at, 1);
    for (const slot of slots) if (slot.job === job) Atomics.store(slot.cancel, 0, job.id);
    job.pieces.discard();
  };

  const enqueue = (request: SpeakRequest): Job => {
    if (closing) throw unavailable();
    if (waiting.length >= maxWaiting) {
      throw new TthError('provider.rate_limited', 'Too many sentences wait to be spoken: try again later', {
        details: { waiting: waiting.length },
        retryAfterMs: 1000,
      });
    }
    jobs++;
    const job: Job = { id: jobs, request, pieces: createMailbox() };
    waiting.push(job);
    dispatch();
    return job;
  };

  return {
    size,
    async *speak(request, signal) {
      if (signal.aborted) return;
      const job = enqueue(request);
      const onAbort = (): void => stop(job);
      signal.addEventListener('abort', onAbort, { once: true });
      try {
        for (;;) {
          const piece = await job.pieces.take();
          if (!piece || signal.aborted) return;
          yield piece;
        }
      } finally {
        signal.removeEventListener('abort', onAbort);
        stop(job);
      }
    },
    status: () => ({
      workers: slots.size,
      busy: [...slots].filter(({ job }) => job).length,
      waiting: waiting.length,
      lastFailure,
      closed: closing !== undefined,
    }),
    close: () => {
      closing ??= (async () => {
        await Promise.resolve(); // so that `closing` is set before a job is told why it ends
        for (const job of waiting.splice(0)) job.pieces.fail(unavailable());
        await Promise.all([...slots].map(({ worker }) => worker.terminate()));
      })();
      return closing;
    },
  };
};
