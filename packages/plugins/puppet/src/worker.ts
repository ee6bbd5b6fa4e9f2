import { parentPort } from 'node:worker_threads';
import { createDesk } from './desk.ts';
import { openDrawing } from './drawing.ts';
import { createEasels } from './easels.ts';
import type { WorkerReply, WorkerRequest } from './worker-messages.ts';

const keptLooks = 8;

const port = parentPort;
if (!port) throw new Error('This file runs in a worker thread: the pool starts it');

const easelFor = createEasels(keptLooks);
const transferred = (message: WorkerReply): ArrayBuffer[] =>
  message.type === 'drawn' ? message.pictures.map(({ data }) => data.buffer as ArrayBuffer) : [];

const desk = createDesk({
  openDrawing: (spec) => openDrawing(spec, easelFor),
  reply: (message) => port.postMessage(message, transferred(message)),
});
port.on('message', (request: WorkerRequest) => desk.handle(request));
