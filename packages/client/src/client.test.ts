import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { sessionView } from '../test/fake-transport.ts';
import { createWorld, poses, speech } from '../test/world.ts';
import type { ClientEvents } from './events.ts';

const heard = { heardMs: 0, heardText: '', heardSource: 'client' } as const;
const emotion = { label: 'neutral', intensity: 0 } as const;

const connected = async (options?: Parameters<typeof createWorld>[0]) => {
  const world = createWorld(options);
  const socket = await world.connect();
  const collect = <Type extends keyof ClientEvents>(type: Type): ClientEvents[Type][] => {
    const all: ClientEvents[Type][] = [];
    world.client.on(type, (event) => all.push(event));
    return all;
  };
  return { ...world, socket, collect };
};

/** A turn of the client's own that the server has begun. */
const talking = async () => {
  const world = await connected();
  const turn = world.client.send('Hello');
  world.say({ type: 'accepted', clientMsgId: turn.clientMsgId, turnId: 't1', effect: 'turn' });
  world.startTurn(1);
  return { ...world, turn };
};

describe('client', () => {
  it('connects with what it accepts and resolves with the session', async () => {
    const { client, socket } = await connected({
      persona: 'guide',
      controls: { render: { framing: 'close' } },
    });

    expect(socket.received[0]).toMatchObject({
      type: 'hello',
      accepts: { audio: ['pcm_s16le'], video: ['pose'] },
      persona: 'guide',
      controls: { render: { framing: 'close' } },
    });
    await expect(client.connect()).resolves.toMatchObject({ sessionId: 's1', persona: { name: 'Mira' } });
    expect(client.state).toBe('open');
  });

  it('opens with room for 400 ms of each kind', async () => {
    const { socket } = await connected();

    expect(socket.last('credit')).toEqual({ type: 'credit', audioMs: 400, videoMs: 400 });
  });

  it('rejects with the reason when the server refuses it', async () => {
    const { client, newest, sockets } = createWorld();
    const refused = client.connect();
    while (sockets.length === 0) await Promise.resolve();
    newest().open();

    newest().event(1, {
      type: 'error',
      error: { code: 'auth.forbidden', message: 'no key', retryable: false },
    });
    newest().lose(4502);

    await expect(refused).rejects.toMatchObject({ code: 'auth.forbidden' });
    expect(client.state).toBe('closed');
  });

  it('says what to do when it is used before connect', () => {
    const { client } = createWorld();

    expect(() => client.send('Hello')).toThrow(expect.objectContaining({ code: 'client.not_connected' }));
  });

  it('sends what was said before the connection was open as soon as it is', async () => {
    const { client, sockets, answerHello } = createWorld();
    const connected = client.connect();
    client.send('Hello');
    while (sockets.length === 0) await Promise.resolve();

    const socket = answerHello();
    await connected;

    expect(socket.received.map(({ type }) => type)).toEqual(['hello', 'credit', 'user_text']);
  });

  it('plays a turn from its first sound to its end and tells the server where it is', async () => {
    const { turn, speak, advance, collect, client, socket, say } = await talking();
    const speaking = collect('speaking');
    const progress = collect('playback');

    speak(400);
    advance(200);
    expect(client.stats()).toMatchObject({ underruns: 0 });
    expect(client.stats().playedMs).toBeGreaterThan(120);
    expect(client.stats().rms).toBeCloseTo(8_000 / 32_768, 2);
    advance(400);
    say({ type: 'turn_completed', turnId: 't1', durationMs: 400, sentences: 1, ...heard });

    expect(speaking).toEqual([true, false]);
    expect(progress.length).toBeGreaterThan(5);
    expect(socket.last('playback')).toMatchObject({
      turnId: 't1',
      mediaMs: expect.closeTo(400) as number,
      ended: true,
    });
    expect(socket.all('playback').filter(({ ended }) => ended)).toHaveLength(1);
    expect(client.stats().playedSamples).toBe(400 * 24);
    await expect(turn.done).resolves.toMatchObject({ outcome: 'completed' });
  });

  it('shows the caption of the sentence that is heard, and none after the last', async () => {
    const { speak, advance, collect, say } = await talking();
    const captions = collect('caption');
    say({ type: 'sentence', turnId: 't1', sentence: 0, text: 'One.', emotion });
    say({ type: 'sentence', turnId: 't1', sentence: 1, text: 'Two.', emotion });

    speak(200, { sentence: 0 });
    speak(200, { sentence: 1, ptsUs: 200_000 });
    advance(150);
    expect(captions).toEqual([{ text: 'One.', sentence: 0 }]);
    advance(400);
    expect(captions).toHaveLength(2);
    say({ type: 'turn_completed', turnId: 't1', durationMs: 400, sentences: 2, ...heard });

    expect(captions).toEqual([{ text: 'One.', sentence: 0 }, { text: 'Two.', sentence: 1 }, null]);
  });

  it('is silent as soon as it is interrupted, before the server knows', async () => {
    const { client, speak, advance, collect, socket } = await talking();
    const speaking = collect('speaking');
    speak(400);
    advance(200);
    const { playedSamples } = client.stats();

    client.interrupt();
    expect(speaking).toEqual([true, false]);
    advance(300);

    expect(client.stats().playedSamples - playedSamples).toBeLessThan(40 * 24);
    expect(client.stats()).toMatchObject({ bufferedMs: 0, rms: 0 });
    expect(socket.last('interrupt')).toMatchObject({ type: 'interrupt' });
    expect(socket.received.at(-2)).toMatchObject({ type: 'playback', turnId: 't1', ended: false });
  });

  it('plays nothing that the server sent before it knew of an interrupt', async () => {
    const { client, advance, speak, socket, say, startTurn } = await talking();
    client.interrupt();

    speak(200);
    speak(200, { epoch: 2, turn: 2 });
    advance(300);
    expect(client.stats()).toMatchObject({ playedSamples: 0, staleDropped: 10 });

    const { clientMsgId } = socket.last('interrupt');
    say({ type: 'accepted', clientMsgId, effect: 'stopped' });
    say({ type: 'turn_stopped', turnId: 't1', reason: 'interrupt', ...heard });
    startTurn(3, 3);
    speak(200, { epoch: 3, turn: 3 });
    advance(400);
    expect(client.stats().playedSamples).toBe(200 * 24);
  });

  it('gives back the room of what it threw away once the interrupt is answered', async () => {
    const { client, advance, speak, socket, say } = await talking();
    speak(200);
    advance(100);
    client.interrupt();
    speak(200);
    advance(200);
    const before = socket.all('credit').length;

    say({ type: 'accepted', clientMsgId: socket.last('interrupt').clientMsgId, effect: 'stopped' });

    const granted = socket.all('credit').reduce((sum, { audioMs }) => sum + audioMs, 0);
    expect(socket.all('credit').length).toBe(before + 1);
    expect(granted).toBeCloseTo(800);
  });

  it('drops media of older epochs once a newer one is known', async () => {
    const { client, advance, speak, startTurn } = await talking();
    speak(200);
    advance(60);

    startTurn(2, 2);
    speak(200, { epoch: 1, turn: 1, ptsUs: 200_000 });
    advance(300);

    expect(client.stats()).toMatchObject({ staleDropped: 5, bufferedMs: 0 });
    expect(client.stats().playedSamples).toBeLessThan(100 * 24);
  });

  it('stops one turn by its handle', async () => {
    const { turn, socket, say } = await talking();

    turn.stop();
    say({ type: 'turn_stopped', turnId: 't1', reason: 'interrupt', ...heard });

    expect(socket.last('interrupt').turnId).toBe('t1');
    await expect(turn.done).resolves.toMatchObject({ outcome: 'stopped', reason: 'interrupt' });
  });

  it('plays the rest of a turn that broke off, however short it is', async () => {
    const { client, advance, newest, say } = await talking();
    newest().media(speech());
    advance(500);
    expect(client.stats().playedSamples).toBe(0);

    const error = { code: 'provider.stalled', message: 'no more speech', retryable: true } as const;
    say({ type: 'turn_error', turnId: 't1', error, partial: true, ...heard });
    advance(200);

    expect(client.stats().playedSamples).toBe(40 * 24);
  });

  it('may be interrupted without a connection', () => {
    const { client } = createWorld();

    expect(() => client.interrupt()).not.toThrow();
  });

  it('leaves the turn that sounds alone when it stops one that waits', async () => {
    const { client, socket, say, speak, advance } = await talking();
    const next = client.send('And then?');
    say({ type: 'accepted', clientMsgId: next.clientMsgId, turnId: 't2', effect: 'queued' });
    speak(200);

    next.stop();
    advance(400);

    expect(socket.last('interrupt').turnId).toBe('t2');
    expect(client.stats().playedSamples).toBe(200 * 24);
  });

  it('lets go of poses with the sound and gives back their room, drawn or not', async () => {
    const { client, advance, speak, newest, socket } = await talking();
    newest().media(poses());
    newest().media(poses({ ptsUs: 200_000 }));
    speak(400);

    advance(300);
    client.stats();

    const granted = socket.all('credit').reduce((sum, { videoMs }) => sum + videoMs, 0);
    expect(granted).toBeGreaterThanOrEqual(500);
    expect(granted).toBeLessThanOrEqual(700);
  });

  it('says again what a failed voice had begun, from the place the server names', async () => {
    const { client, advance, speak, say } = await talking();
    speak(400);
    advance(60);

    say({ type: 'audio_discard', turnId: 't1', sentence: 0, afterUs: 200_000 });
    speak(80, { ptsUs: 200_000 });
    advance(600);

    expect(client.stats().playedSamples).toBe(280 * 24);
  });

  it('plays a sentence that is sent again from the place where it begins again', async () => {
    const { client, advance, speak } = await talking();
    speak(400);
    advance(60);

    speak(80, { ptsUs: 200_000 });
    advance(600);

    expect(client.stats().playedSamples).toBe(280 * 24);
  });

  it('calls a turn heard whose last sentence was ended by an empty chunk', async () => {
    const { advance, newest, socket, client } = await talking();
    for (let n = 0; n < 4; n += 1) newest().media(speech({ ptsUs: n * 40_000 }));
    newest().media(speech({ ptsUs: 160_000, durationUs: 0, sentenceEnd: true }));

    advance(500);

    expect(client.stats()).toMatchObject({ playedSamples: 160 * 24, underruns: 0 });
    expect(socket.last('playback')).toMatchObject({ mediaMs: expect.closeTo(160) as number, ended: true });
  });

  it('does not call a turn heard whose sentence broke off: the rest may be on its way', async () => {
    const { advance, newest, socket, client } = await talking();
    for (let n = 0; n < 4; n += 1) newest().media(speech({ ptsUs: n * 40_000 }));

    advance(1_000);

    expect(client.stats()).toMatchObject({ playedSamples: 160 * 24, underruns: 1 });
    expect(socket.all('playback').filter(({ ended }) => ended)).toEqual([]);
  });

  it('grants the room of a replaced turn at once, so that the next one need not wait', async () => {
    const { speak, say, socket } = await talking();
    speak(400);

    say({ type: 'turn_stopped', turnId: 't1', reason: 'replaced', ...heard });

    expect(socket.all('credit').reduce((sum, { audioMs }) => sum + audioMs, 0)).toBe(800);
    expect(socket.all('playback')).toEqual([]);
  });

  it('is silent when the server stops a turn of its own accord', async () => {
    const { client, advance, speak, say } = await talking();
    speak(400);
    advance(60);

    say({ type: 'turn_stopped', turnId: 't1', reason: 'replaced', ...heard });
    advance(400);

    expect(client.stats().playedSamples).toBeLessThan(100 * 24);
    expect(client.stats().bufferedMs).toBe(0);
  });

  it('reports while speech waits for a click, so that the server does not give up on it', async () => {
    const suspended = {
      listen: () => {},
      enable: () => Promise.resolve(),
      post: () => {},
      setVolume: () => {},
      heardTimeS: () => 0,
      close: () => Promise.resolve(),
    };
    const { speak, advance, startTurn, socket } = await connected({ audio: suspended });
    startTurn(1);

    speak(400);
    advance(2_000);

    expect(socket.all('playback').length).toBeGreaterThan(5);
    expect(socket.last('playback')).toMatchObject({ turnId: 't1', mediaMs: 0, ended: false });
  });

  it('goes on with the same turn after a short loss, without a burst of what is old', async () => {
    const { turn, client, advance, speak, newest, socket, lastSeq } = await talking();
    speak(400);
    advance(100);
    newest().lose(1006);
    advance(260);

    expect(newest()).not.toBe(socket);
    newest().open();
    newest().event(lastSeq() + 1, {
      type: 'session_resumed',
      ...sessionView,
      token: 'secret-2',
      recovered: true,
      replayed: 0,
      how: 'local',
    });
    const { audioMs } = newest().last('credit');
    expect(audioMs).toBeGreaterThan(300);
    expect(audioMs).toBeLessThan(400);
    newest().media(speech({ ptsUs: 400_000, sentenceEnd: true }));
    newest().event(lastSeq() + 2, { type: 'text_delta', turnId: 't1', text: 'still here' });
    advance(400);

    expect(turn.text).toBe('still here');
    expect(client.stats()).toMatchObject({ playedSamples: 440 * 24, underruns: 0 });
  });

  it('fails open turns and forgets old media when the session is gone, and starts a new one', async () => {
    const { turn, client, advance, speak, newest, answerHello, startTurn } = await talking();
    speak(400, { epoch: 5 });
    newest().lose(1006);
    advance(260);
    newest().open();
    newest().lose(4503);

    const socket = answerHello();
    await expect(turn.done).resolves.toMatchObject({
      outcome: 'failed',
      error: { code: 'client.session_lost' },
    });
    expect(socket.last('credit').audioMs).toBeGreaterThan(0);
    const { playedSamples } = client.stats();
    startTurn(1, 0);
    speak(200, { epoch: 0 });
    advance(500);

    expect(client.stats().playedSamples - playedSamples).toBeGreaterThanOrEqual(200 * 24);
    expect(client.state).toBe('open');
  });

  it('asks for the controls it was told in every later session', async () => {
    const { client, socket, newest, advance } = await connected({ controls: { emotion: { label: 'warm' } } });
    client.setControls({ emotion: { intensity: 0.5 }, render: { framing: 'half' } });
    expect(socket.last('controls').controls).toEqual({
      emotion: { intensity: 0.5 },
      render: { framing: 'half' },
    });

    newest().lose(1006);
    advance(260);
    newest().open();

    expect(newest().last('hello').controls).toMatchObject({
      emotion: { label: 'warm', intensity: 0.5 },
      render: { framing: 'half' },
    });
  });

  it('tells of media that it does not understand and goes on', async () => {
    const { newest, collect, client } = await connected();
    const errors = collect('client_error');

    newest().bytes(new ArrayBuffer(7));

    expect(errors).toEqual([expect.objectContaining({ code: 'protocol.invalid_message' })]);
    expect(client.state).toBe('open');
  });

  it('closes the session, fails open turns and cannot be used again', async () => {
    const { turn, client, socket } = await talking();

    await client.close();
    await client.close();

    expect(socket.received.at(-1)).toEqual({ type: 'close_session' });
    await expect(turn.done).resolves.toMatchObject({ outcome: 'failed', error: { code: 'client.closed' } });
    expect(() => client.say('more')).toThrow(expect.objectContaining({ code: 'client.not_connected' }));
    await expect(client.connect()).rejects.toMatchObject({ code: 'client.closed' });
  });

  it('never holds more than 400 ms of a kind that it granted and did not use, whatever happens', async () => {
    const steps = fc.oneof(
      fc.record({
        do: fc.constant('send' as const),
        ms: fc.integer({ min: 5, max: 200 }),
        end: fc.boolean(),
      }),
      fc.record({ do: fc.constant('pose' as const), ms: fc.integer({ min: 5, max: 200 }) }),
      fc.record({ do: fc.constant('pass' as const), ms: fc.integer({ min: 10, max: 300 }) }),
      fc.record({ do: fc.constantFrom('interrupt' as const, 'answer' as const, 'stop' as const) }),
    );
    await fc.assert(
      fc.asyncProperty(fc.array(steps, { maxLength: 60 }), async (script) => {
        const { client, newest, socket, advance, say, startTurn } = await connected();
        let epoch = 1;
        let turn = 1;
        let ptsUs = 0;
        let posePtsUs = 0;
        const sentUs = { audio: 0, video: 0 };
        const grantedUs = () => ({
          audio: socket.all('credit').reduce((sum, { audioMs }) => sum + Math.round(audioMs * 1000), 0),
          video: socket.all('credit').reduce((sum, { videoMs }) => sum + Math.round(videoMs * 1000), 0),
        });
        startTurn(turn, epoch);
        for (const step of script) {
          if (step.do === 'send') {
            const durationUs = step.ms * 1000;
            if (grantedUs().audio - sentUs.audio < durationUs) continue;
            newest().media(speech({ turn, epoch, ptsUs, durationUs, sentenceEnd: step.end }));
            ptsUs += durationUs;
            sentUs.audio += durationUs;
          } else if (step.do === 'pose') {
            const durationUs = step.ms * 1000;
            if (grantedUs().video - sentUs.video < durationUs) continue;
            newest().media(poses({ turn, epoch, ptsUs: posePtsUs, durationUs }));
            posePtsUs += durationUs;
            sentUs.video += durationUs;
          } else if (step.do === 'pass') advance(step.ms);
          else if (step.do === 'interrupt') client.interrupt();
          else if (step.do === 'answer') {
            for (const { clientMsgId } of socket.all('interrupt')) {
              if (clientMsgId !== undefined) say({ type: 'accepted', clientMsgId, effect: 'stopped' });
            }
          } else {
            say({ type: 'turn_stopped', turnId: `t${turn}`, reason: 'replaced', ...heard });
            turn += 1;
            epoch += 1;
            ptsUs = 0;
            posePtsUs = 0;
            startTurn(turn, epoch);
          }
          const granted = grantedUs();
          for (const kind of ['audio', 'video'] as const) {
            expect(granted[kind] - sentUs[kind]).toBeLessThanOrEqual(400_000);
          }
          const usedMs = (sentUs.audio - (granted.audio - 400_000)) / 1000;
          expect(client.stats().bufferedMs).toBeLessThanOrEqual(usedMs + 0.1);
        }
        for (const { clientMsgId } of socket.all('interrupt')) {
          if (clientMsgId !== undefined) say({ type: 'accepted', clientMsgId, effect: 'stopped' });
        }
        say({ type: 'turn_stopped', turnId: `t${turn}`, reason: 'interrupt', ...heard });
        advance(1_000);

        expect(grantedUs()).toEqual({ audio: sentUs.audio + 400_000, video: sentUs.video + 400_000 });
      }),
      { numRuns: 40 },
    );
  });
});
