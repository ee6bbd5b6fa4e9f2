import { setTimeout as sleep } from 'node:timers/promises';
import { neutralControls, silentLog, systemClock, systemRandom } from '@tth/core';
import { type SpeechControl, createHttp, createSockets, pcmBytes, samplesToUs } from '@tth/core/plugin';
import { type ClientMessage, encodeMediaFrame } from '@tth/protocol';
import { createInferContext } from '@tth/testkit';
import { answerQuestions } from './child.ts';
import { instantLlm, instantTts } from './providers.ts';
import { type Socket, uws } from './uws.ts';

// The least that can be written by hand: one loop, no framework, the same sockets, providers and bytes on the
// wire. It checks nothing, survives nothing and knows one kind of turn. What it costs, the work itself costs.

/** One connection. `isPaced` until the client grants credit. */
interface Talk {
  turns: number;
  isPaced: boolean;
  running: AbortController;
}

/** How much of a turn has been sent, and since when. */
interface TurnClock {
  readonly talk: Talk;
  readonly turn: number;
  readonly signal: AbortSignal;
  sentUs: number;
  frames: number;
  startedMs: number | undefined;
}

const aheadMs = 400;

const deps = {
  clock: systemClock,
  random: systemRandom,
  log: silentLog,
  secrets: { reveal: () => '' },
  http: createHttp({ clock: systemClock, log: silentLog }),
  socket: createSockets({ clock: systemClock, log: silentLog }),
  services: {},
};
const llm = instantLlm.create({}, deps);
const tts = instantTts.create({}, deps);
const speechControl: SpeechControl = { ...neutralControls.character, emotion: neutralControls.emotion };

const say = (socket: Socket<Talk>, type: string, fields: object): void =>
  socket.send(JSON.stringify({ v: 1, type, ts: Date.now(), ...fields }), false);

const speak = async (
  socket: Socket<Talk>,
  text: string,
  sentence: number,
  clock: TurnClock,
): Promise<void> => {
  const { talk, turn, signal } = clock;
  const send = (payload: Uint8Array, durationUs: number, sentenceEnd: boolean): void => {
    const header = { kind: 'audio', codec: 'pcm_s16le', key: true, idle: false, epoch: 1 } as const;
    const { frames: seq, sentUs: ptsUs } = clock;
    const place = { turn, seq, ptsUs, durationUs, sentence, sentenceEnd };
    socket.send(encodeMediaFrame({ ...header, ...place, payload }), true);
    clock.frames += 1;
    clock.sentUs += durationUs;
  };
  const input = { text, previousText: '', nextText: '' };
  for await (const { pcm } of tts.inferStream(input, speechControl, createInferContext({ signal }))) {
    const durationUs = samplesToUs(pcm.length);
    if (talk.isPaced) {
      clock.startedMs ??= performance.now();
      const earlyMs = (clock.sentUs + durationUs) / 1000 - (performance.now() - clock.startedMs) - aheadMs;
      if (earlyMs > 0) await sleep(earlyMs);
    }
    if (signal.aborted) return;
    send(pcmBytes(pcm), durationUs, false);
  }
  send(new Uint8Array(), 0, true);
};

const answer = async (
  socket: Socket<Talk>,
  message: ClientMessage & { type: 'user_text' },
): Promise<void> => {
  const talk = socket.getUserData();
  talk.running.abort();
  talk.running = new AbortController();
  talk.turns += 1;
  const { signal } = talk.running;
  const clock: TurnClock = { talk, turn: talk.turns, signal, sentUs: 0, frames: 0, startedMs: undefined };
  const turnId = `t_${talk.turns}`;
  say(socket, 'accepted', { clientMsgId: message.clientMsgId, turnId, effect: 'turn' });
  say(socket, 'turn_started', { turnId, turn: talk.turns, epoch: 1, kind: 'user_text' });

  let spoken = Promise.resolve();
  let sentences = 0;
  let waiting = '';
  const speakNext = (text: string): void => {
    const sentence = sentences++;
    say(socket, 'sentence', { turnId, sentence, text });
    spoken = spoken.then(() => (signal.aborted ? undefined : speak(socket, text, sentence, clock)));
  };
  const messages = [{ role: 'user' as const, content: message.text }];
  for await (const delta of llm.inferStream(
    { messages },
    { language: 'en-US' },
    createInferContext({ signal }),
  )) {
    if (signal.aborted) return;
    if (delta.type !== 'text_delta') continue;
    say(socket, 'text_delta', { turnId, text: delta.text });
    waiting += delta.text;
    for (let end = /[.!?]\s+/.exec(waiting); end !== null; end = /[.!?]\s+/.exec(waiting)) {
      speakNext(waiting.slice(0, end.index + 1));
      waiting = waiting.slice(end.index + end[0].length);
    }
  }
  if (waiting.trim() !== '') speakNext(waiting);
  await spoken;
  if (!signal.aborted) say(socket, 'turn_completed', { turnId, durationMs: clock.sentUs / 1000, sentences });
};

uws
  .App<Talk>()
  .ws('/*', {
    upgrade: (response, request, context) => {
      const talk: Talk = { turns: 0, isPaced: true, running: new AbortController() };
      const header = (name: string): string => request.getHeader(`sec-websocket-${name}`);
      response.upgrade(talk, header('key'), header('protocol'), header('extensions'), context);
    },
    message: (socket, bytes) => {
      const message = JSON.parse(Buffer.from(bytes).toString('utf8')) as ClientMessage;
      if (message.type === 'hello') say(socket, 'session_created', { sessionId: 's_1' });
      if (message.type === 'credit') socket.getUserData().isPaced = false;
      if (message.type === 'user_text') void answer(socket, message);
    },
    close: (socket) => socket.getUserData().running.abort(),
  })
  .listen('127.0.0.1', 0, (token) => answerQuestions(uws.us_socket_local_port(token)));
