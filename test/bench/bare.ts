import { encodeMediaFrame } from '@tth/protocol';
import { answerQuestions } from './child.ts';
import { type Socket, uws } from './uws.ts';

// The socket library alone: ready frames of sound go to every socket that asks, each at its time, from one loop. No turns,
// no text, no providers, nothing encoded. More sessions than this no server on that library can carry.

interface Talk {
  startedMs: number | undefined;
  frames: number;
}

const frameMs = 40;
const aheadMs = 400;
const lookEveryMs = 1;

/** One frame of 40 ms, whose number and time are written anew for each socket. */
const frame = encodeMediaFrame({
  kind: 'audio',
  codec: 'pcm_s16le',
  key: true,
  idle: false,
  sentenceEnd: false,
  turn: 1,
  epoch: 1,
  seq: 0,
  ptsUs: 0,
  durationUs: frameMs * 1000,
  sentence: 0,
  payload: new Uint8Array(frameMs * 48),
});
const header = new DataView(frame.buffer, frame.byteOffset);

const sockets = new Set<Socket<Talk>>();
const push = (): void => {
  const nowMs = performance.now();
  for (const socket of sockets) {
    const talk = socket.getUserData();
    if (talk.startedMs === undefined) continue;
    const dueFrames = (nowMs - talk.startedMs + aheadMs) / frameMs;
    for (; talk.frames < dueFrames; talk.frames += 1) {
      header.setUint32(12, talk.frames, true);
      header.setBigUint64(16, BigInt(talk.frames * frameMs * 1000), true);
      socket.send(frame, true);
    }
  }
  setTimeout(push, lookEveryMs);
};

uws
  .App<Talk>()
  .ws('/*', {
    upgrade: (response, request, context) => {
      const field = (name: string): string => request.getHeader(`sec-websocket-${name}`);
      const talk: Talk = { startedMs: undefined, frames: 0 };
      response.upgrade(talk, field('key'), field('protocol'), field('extensions'), context);
    },
    message: (socket, bytes) => {
      const { type } = JSON.parse(Buffer.from(bytes).toString('utf8')) as { type: string };
      if (type === 'hello')
        socket.send(JSON.stringify({ v: 1, type: 'session_created', ts: Date.now() }), false);
      if (type !== 'user_text') return;
      socket.getUserData().startedMs = performance.now();
      sockets.add(socket);
    },
    close: (socket) => void sockets.delete(socket),
  })
  .listen('127.0.0.1', 0, (token) => answerQuestions(uws.us_socket_local_port(token)));
push();
