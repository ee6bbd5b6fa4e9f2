import { encodePose, neutralPose, poseSize } from '@tth/face';
import type { MediaFrame } from '@tth/protocol';
import { SimulatedClock } from 'xstate';
import { type TthClient, type TthClientOptions, createTthClient } from '../src/client.ts';
import { createSilentOutput } from '../src/playback/silent-output.ts';
import type { PictureDecoder } from '../src/playback/picture-decoder.ts';
import type { Screen } from '../src/playback/screen.ts';
import { type FakeSocket, type Said, createFakeTransport, sessionView } from './fake-transport.ts';

const stepMs = 10;

/** A screen that nothing is drawn on. */
export const noScreen: Screen = {
  requestFrame: () => 0,
  cancelFrame: () => {},
  createCanvas: () => {
    throw new Error('nothing is drawn in this test');
  },
  decodeStill: () => Promise.reject(new Error('nothing is drawn in this test')),
};

const noDecoder: PictureDecoder = { decode: () => {}, reset: () => {}, close: () => {} };

/** A run of speech of one tone, 40 ms unless told otherwise. */
export const speech = (frame: Partial<MediaFrame> = {}): MediaFrame => {
  const durationUs = frame.durationUs ?? 40_000;
  const samples = new Int16Array(Math.round((durationUs * 24) / 1000)).fill(8_000);
  return {
    kind: 'audio',
    codec: 'pcm_s16le',
    key: true,
    sentenceEnd: false,
    idle: false,
    turn: 1,
    epoch: 1,
    seq: 0,
    ptsUs: 0,
    durationUs,
    sentence: 0,
    payload: new Uint8Array(samples.buffer),
    ...frame,
  };
};

/** Five resting poses over 200 ms. */
export const poses = (frame: Partial<MediaFrame> = {}): MediaFrame => {
  const payload = new Uint8Array(poseSize * 5);
  for (let n = 0; n < 5; n += 1) encodePose(neutralPose(), payload, n * poseSize);
  return { ...speech({ durationUs: 200_000 }), kind: 'pose', codec: 'pose', payload, ...frame };
};

/** A client, its server and their clock, all in the test's hands. */
export const createWorld = (options: TthClientOptions = {}) => {
  const clock = new SimulatedClock();
  const { transport, sockets, newest } = createFakeTransport();
  let ids = 0;
  let seq = 0;
  const returns = new Set<() => void>();
  const client: TthClient = createTthClient({
    url: 'ws://tth.test/v1/stream',
    clock,
    transport,
    audio: createSilentOutput(clock),
    screen: noScreen,
    surroundings: {
      onReturn: (listener) => {
        returns.add(listener);
        return () => returns.delete(listener);
      },
    },
    decoder: noDecoder,
    random: () => 0.5,
    newId: () => `m${(ids += 1)}`,
    ...options,
  });

  const say = (said: Said): void => newest().event((seq += 1), said);

  const answerHello = (): FakeSocket => {
    const socket = newest();
    seq = 0;
    socket.open();
    say({ type: 'session_created', ...sessionView });
    return socket;
  };

  return {
    client,
    clock,
    sockets,
    newest,
    say,
    answerHello,
    /** The next event leaves out this many. */
    skipEvents: (count: number): void => {
      seq += count;
    },
    lastSeq: () => seq,

    /** The page was asleep for this long: all its timers come late, at once; then it notices. */
    sleep: (ms: number): void => {
      clock.increment(ms);
      for (const listener of returns) listener();
    },

    /** Lets virtual time pass in steps, so that what is due meanwhile happens in order. */
    advance: (ms: number): void => {
      for (let passed = 0; passed < ms; passed += stepMs) clock.increment(Math.min(stepMs, ms - passed));
    },

    connect: async (): Promise<FakeSocket> => {
      const connected = client.connect();
      while (sockets.length === 0) await Promise.resolve();
      const socket = answerHello();
      await connected;
      return socket;
    },

    /** The server begins a turn. */
    startTurn: (turn: number, epoch = 1): void =>
      say({ type: 'turn_started', turnId: `t${turn}`, turn, epoch, kind: 'user_text' }),

    /** Speech of this length, in chunks of 40 ms, ending a sentence. */
    speak: (ms: number, frame: Partial<MediaFrame> = {}): void => {
      const count = ms / 40;
      for (let n = 0; n < count; n += 1) {
        const ptsUs = (frame.ptsUs ?? 0) + n * 40_000;
        newest().media(speech({ ...frame, ptsUs, sentenceEnd: n === count - 1 }));
      }
    },
  };
};

export type World = ReturnType<typeof createWorld>;
