import { once } from 'node:events';
import type { ServerResponse } from 'node:http';
import { setImmediate, setTimeout as sleep } from 'node:timers/promises';
import type { Step } from './vendor-wire.ts';

/** How far an answer has come. */
export interface Progress {
  /** Pieces that were handed to the connection, and their bytes. */
  pieces: number;
  sentBytes: number;
  /** The connection takes no more for now. */
  isPaused: boolean;
  /** `left`: the caller closed the connection before the end. `cut`: the vendor did. */
  state: 'open' | 'ended' | 'left' | 'cut';
}

/** Keeps count of an answer that is about to be given; `closing` aborts when its connection closes. */
export const follow = (response: ServerResponse, progress: Progress): AbortSignal => {
  const closing = new AbortController();
  response.on('close', () => {
    if (progress.state === 'open') progress.state = response.writableFinished ? 'ended' : 'left';
    closing.abort();
  });
  return closing.signal;
};

/** Carries an answer out, step by step, as fast as its connection takes it. Rejects when that closes before the end. */
export const sendSteps = async (
  steps: Iterable<Step>,
  response: ServerResponse,
  progress: Progress,
  closing: AbortSignal,
): Promise<void> => {
  for (const step of steps) {
    closing.throwIfAborted();
    if (step.kind === 'hang') await once(closing, 'abort');
    else if (step.kind === 'wait') {
      await (step.ms === 0
        ? setImmediate(undefined, { signal: closing })
        : sleep(step.ms, undefined, { signal: closing }));
    } else if (step.kind === 'die') {
      await new Promise((resolve) => response.write('', resolve));
      progress.state = 'cut';
      if (step.how === 'rst') response.socket?.resetAndDestroy();
      else response.socket?.end();
      return;
    } else {
      progress.pieces += 1;
      progress.sentBytes += step.bytes.byteLength;
      if (response.write(step.bytes)) continue;
      progress.isPaused = true;
      await once(response, 'drain', { signal: closing });
      progress.isPaused = false;
    }
  }
  response.end();
};
