import { parentPort, workerData } from 'node:worker_threads';
import type { CodecModule } from '@tth/core/plugin';
import { createOpusDesk } from './opus-desk.ts';
import type { OpusReply, OpusRequest } from './opus-messages.ts';

const port = parentPort;
if (!port) throw new Error('This file runs in a worker thread: the encoders start it');

const transferred = (message: OpusReply): ArrayBuffer[] =>
  message.type === 'packets' ? message.packets.map(({ buffer }) => buffer as ArrayBuffer) : [];

const { createAudioEncoder } = (await import(workerData as string)) as CodecModule;
const handle = createOpusDesk(createAudioEncoder, (message) =>
  port.postMessage(message, transferred(message)),
);
port.on('message', (request: OpusRequest) => handle(request));
