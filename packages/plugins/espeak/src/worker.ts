import { parentPort, workerData } from 'node:worker_threads';
import { loadSynthesizer } from './synthesizer.ts';
import { findWords, withoutMarkup } from './text.ts';
import { createTimeline } from './timeline.ts';
import type { FromWorker, ToWorker, WorkerSetup } from './wire.ts';

// A worker thread: takes one job after the other and posts its pieces while it is being spoken.

const port = parentPort;
if (!port) throw new Error('This module runs in a worker thread of the pool');
const { cancel } = workerData as WorkerSetup;
const synthesizer = await loadSynthesizer();

const send = (message: FromWorker, transfer: ArrayBuffer[] = []): void => port.postMessage(message, transfer);

port.on('message', ({ job, request }: ToWorker) => {
  const cancelled = (): boolean => Atomics.load(cancel, 0) === job;
  const timeline = createTimeline({
    words: findWords(request.text, request.language),
    pauseMs: request.pauseMs,
    onPiece: (piece) => send({ type: 'piece', job, piece }, [piece.pcm.buffer as ArrayBuffer]),
  });
  if (!cancelled()) {
    synthesizer.speak({ ...request, text: withoutMarkup(request.text) }, (sound, events) => {
      if (cancelled()) return true;
      timeline.push(sound, events);
      return false;
    });
    if (!cancelled()) timeline.finish();
  }
  send({ type: 'end', job });
});
