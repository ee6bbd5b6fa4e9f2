import type { LoggedEvent, MediaItem } from '@tth/core';
import { closeCodes } from '@tth/protocol';
import {
  createVirtualClock,
  scriptedLlm,
  scriptedPlugin,
  scriptedTts,
  startVirtualEngine,
} from '@tth/testkit';
import { describe, expect, it } from 'vitest';
import type { Connection } from './connection.ts';
import { createOutbound, outboundLimits } from './outbound-buffer.ts';

const event = { type: 'pong', seq: 1, ts: 0 } as LoggedEvent;
const sound: MediaItem = {
  kind: 'audio',
  codec: 'pcm_s16le',
  turn: 1,
  epoch: 1,
  sentence: 0,
  ptsUs: 0,
  durationUs: 100_000,
  key: true,
  sentenceEnd: false,
  data: new Uint8Array(4_800),
};

/** An outlet on a connection that holds back `unsent` bytes more than it was given. */
const start = async () => {
  const { engine } = await startVirtualEngine({ plugins: [scriptedPlugin([scriptedLlm(), scriptedTts()])] });
  const session = engine.createSession({ accepts: { audio: [], video: [] } });
  const clock = createVirtualClock();
  const state = { unsent: 0, texts: 0, closed: undefined as number | undefined };
  const connection: Connection = {
    id: 1,
    sendText: () => void (state.texts += 1),
    sendBytes: (bytes) => void (state.unsent += bytes.byteLength),
    bufferedBytes: () => state.unsent,
    close: (code) => void (state.closed = code),
  };
  return { state, clock, outlet: createOutbound(connection, session, clock) };
};

describe('outbound buffer', () => {
  it('takes media until the socket holds back 128 KiB, and says when that is', async () => {
    const { state, outlet } = await start();

    let sent = 1;
    while (outlet.media(sound)) sent += 1;

    expect(sent).toBe(Math.floor(outboundLimits.pauseMediaBytes / (32 + 4_800)) + 1);
    expect(state.closed).toBeUndefined();
  });

  it('tells what waits, and whether there is room, without being given anything', async () => {
    const { state, outlet } = await start();
    const told = (unsent: number): [number | undefined, boolean | undefined] => {
      state.unsent = unsent;
      return [outlet.unsentBytes?.(), outlet.hasRoom?.()];
    };
    const { pauseMediaBytes } = outboundLimits;

    expect([told(0), told(pauseMediaBytes), told(pauseMediaBytes + 1)]).toEqual([
      [0, true],
      [pauseMediaBytes, true],
      [pauseMediaBytes + 1, false],
    ]);
  });

  it('sends events past waiting media', async () => {
    const { state, outlet } = await start();
    state.unsent = outboundLimits.slowBytes;

    outlet.event(event);

    expect([state.texts, state.closed]).toEqual([1, undefined]);
  });

  it('closes a client that has held back half a megabyte for five seconds', async () => {
    const { state, clock, outlet } = await start();
    state.unsent = outboundLimits.slowBytes + 1;

    outlet.event(event);
    await clock.advance(outboundLimits.patienceMs - 1);
    outlet.event(event);
    const soFar = state.closed;
    await clock.advance(1);
    outlet.event(event);

    expect([soFar, state.closed]).toEqual([undefined, closeCodes.slowConsumer]);
    expect(state.texts).toBe(2);
  });

  it('forgives a client that has caught up in the meantime', async () => {
    const { state, clock, outlet } = await start();
    state.unsent = outboundLimits.slowBytes + 1;
    outlet.event(event);
    state.unsent = 0;
    outlet.event(event);

    await clock.advance(outboundLimits.patienceMs);
    state.unsent = outboundLimits.slowBytes + 1;
    outlet.event(event);

    expect(state.closed).toBeUndefined();
  });

  it('closes a client at once that holds back a megabyte', async () => {
    const { state, outlet } = await start();
    state.unsent = outboundLimits.maxBytes + 1;

    outlet.event(event);

    expect([state.texts, state.closed]).toEqual([0, closeCodes.slowConsumer]);
  });
});
