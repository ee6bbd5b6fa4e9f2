import { extname } from 'node:path';
import { Worker } from 'node:worker_threads';
import type { OpusReply, OpusRequest } from './opus-messages.ts';

/** What comes out of a stream, in order. After `onFailure` nothing comes any more. */
export interface OpusListener {
  onPacket(data: Uint8Array): void;
  /** Everything of the run that `finish` ended has come out. */
  onFinished(): void;
  onFailure(reason: string): void;
}

/** One session's way through the encoder. A run begins with the first sound and ends with `finish`. */
export interface OpusStream {
  /** Copies the samples on their way to the encoding thread. 24 kHz mono. */
  encode(pcm: Int16Array): void;
  finish(): void;
  /** Nothing more comes out. May be called again. */
  release(): void;
}

export interface OpusEncoders {
  open(listener: OpusListener): OpusStream;
  /** Ends the thread; open streams fail. */
  close(): Promise<void>;
}

const startOpusWorker = (moduleUrl: string): Worker =>
  new Worker(new URL(`./opus-worker${extname(import.meta.url)}`, import.meta.url), { workerData: moduleUrl });

/**
 * Encodes every session's sound on one thread beside the event loop. It starts with the first stream, keeps no
 * process alive, and after a crash the next stream starts another.
 */
export const createOpusEncoders = (
  moduleUrl: string,
  start: (moduleUrl: string) => Worker = startOpusWorker,
): OpusEncoders => {
  let running: { readonly worker: Worker; readonly streams: Map<number, OpusListener> } | undefined;
  let lastStream = 0;

  const launch = (): NonNullable<typeof running> => {
    const launched = { worker: start(moduleUrl), streams: new Map<number, OpusListener>() };
    const { worker, streams } = launched;
    const lose = (reason: string): void => {
      if (running === launched) running = undefined;
      const lost = [...streams.values()];
      streams.clear();
      for (const listener of lost) listener.onFailure(reason);
    };
    worker.on('message', (reply: OpusReply) => {
      const listener = streams.get(reply.stream);
      if (listener === undefined) return;
      if (reply.type === 'packets') for (const packet of reply.packets) listener.onPacket(packet);
      else if (reply.type === 'finished') listener.onFinished();
      else {
        streams.delete(reply.stream);
        listener.onFailure(reply.reason);
      }
    });
    worker.on('error', (error: Error) => lose(error.message));
    worker.on('exit', () => lose('the encoding thread ended'));
    worker.unref();
    return launched;
  };

  return {
    open: (listener) => {
      running ??= launch();
      const { worker, streams } = running;
      lastStream += 1;
      const stream = lastStream;
      streams.set(stream, listener);
      const post = (request: OpusRequest, transfer: ArrayBuffer[] = []): void => {
        if (streams.has(stream)) worker.postMessage(request, transfer);
      };
      return {
        encode: (samples) => {
          // A view would travel with all of the memory that it looks at.
          const pcm = samples.slice();
          post({ type: 'encode', stream, pcm }, [pcm.buffer]);
        },
        finish: () => post({ type: 'finish', stream }),
        release: () => {
          post({ type: 'release', stream });
          streams.delete(stream);
        },
      };
    },
    close: async () => {
      await running?.worker.terminate();
    },
  };
};
