import { parentPort, workerData } from 'node:worker_threads';
import { speak } from './speak.ts';
import { loadSynthesizer } from './synthesizer.ts';
import type { FromWorker, ToWorker, WorkerSetup } from './wire.ts';

// A worker thread: takes one job after the other and posts its pieces while it is being spoken.

const port = parentPort;
if (!port) throw new Error('This module runs in a worker thread of the pool');
const { cancel } = workerData as WorkerSetup;
const synthesizer = await loadSynthesizer();

const send = (message: FromWorker, transfer: ArrayBuffer[] = []): void => port.postMessage(message, transfer);

port.on('message', ({ job, request }: ToWorker) => {
  const cancelled = (): boolean => Atomics.load(cancel, 0) === job;
  speak(synthesizer, request, cancelled, (piece) => {
    send({ type: 'piece', job, piece }, [piece.pcm.buffer as ArrayBuffer]);
  });
  send({ type: 'end', job });
});
