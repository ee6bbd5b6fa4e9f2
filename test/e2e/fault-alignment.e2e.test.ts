import { defaultPolicies } from '@tth/core';
import { type AvatarOutput, pause } from '@tth/core/plugin';
import { closeCodes } from '@tth/protocol';
import { describe, expect, it } from 'vitest';
import {
  answer,
  begin,
  closedSentences,
  createStart,
  ended,
  face,
  followCircuit,
  hear,
  model,
  soundThatCounts,
  turnOf,
  voice,
} from '../support/faults.ts';
import { until } from '../support/until.ts';
import { afterTheEnd } from '../support/wire-client.ts';

const start = createStart();

/** A voice whose sentences are over soon. */
const quick = { msPerCharacter: 30 };

/** A face that stands still once, before its nth picture, and then goes on. */
const stallingFace = (id: string, atPicture: number, forMs: number) => {
  const { definition } = face(id, { betweenMs: 5 });
  return {
    ...definition,
    create: (...given: Parameters<typeof definition.create>) => {
      const made = definition.create(...given);
      return {
        ...made,
        async *inferStream(...call: Parameters<typeof made.inferStream>): AsyncGenerator<AvatarOutput, void> {
          const [, , { clock, signal }] = call;
          let pictures = 0;
          for await (const output of made.inferStream(...call)) {
            if (output.type === 'picture') pictures += 1;
            if (pictures === atPicture && output.type === 'picture') await pause(clock, forMs, signal);
            yield output;
          }
        },
      };
    },
  } as typeof definition;
};

const poseEnd = (turn: ReturnType<typeof turnOf>): number =>
  Math.max(
    ...turn.log.flatMap((each) =>
      'media' in each && each.media.kind === 'pose' ? [each.media.ptsUs + each.media.durationUs] : [],
    ),
  );
const soundEnd = (turn: ReturnType<typeof turnOf>): number => soundThatCounts(turn).at(-1)!.endUs;

describe('sound and picture out of step, on the real stack', () => {
  it('A11: a voice at 0.7 of real time is buffered before it begins and pauses between sentences only', async () => {
    const slow = voice('slow', { betweenMs: 57 }, { ...quick, chunkMs: 40 });
    const circuit = { ...defaultPolicies.circuit, minCalls: 3 };
    const { server } = await start([model('model'), slow], { circuit });
    const circuits = followCircuit(server, 'tts:slow');
    const client = await server.connect();

    const turn = await hear(client);

    const flows = turn.of('flow').map(({ state }) => state);
    expect(flows.slice(0, 2)).toEqual(['buffering', 'running']);
    expect(turn.order.indexOf('flow')).toBeLessThan(turn.order.indexOf('audio'));
    const states = turn.log.flatMap((entry) =>
      'event' in entry && entry.event.type === 'flow'
        ? [entry.event.state]
        : 'media' in entry && entry.media.kind === 'audio'
          ? [entry.media.sentenceEnd ? 'end' : 'sound']
          : [],
    );
    for (const [n, state] of states.entries()) {
      if (state === 'buffering') expect([undefined, 'end']).toContain(states[n - 1]);
      if (state === 'buffering') expect(states[n + 1]).toBe('running');
    }
    expect(soundThatCounts(turn).length).toBeGreaterThan(0);
    expect(closedSentences(turn)).toEqual([0, 1, 2]);
    expect(turn.of('degraded_mode')).toEqual([]);
    expect(turn.ends).toMatchObject([{ type: 'turn_completed', heardText: answer }]);
    expect(slow.log.calls).toHaveLength(3);
    await until(() => circuits.at(-1) === 'open');
  });

  it('A12: pictures that stall for a moment are held, and nothing is announced', async () => {
    const { server } = await start(
      [model('model'), voice('voice', {}, quick), stallingFace('face', 12, 700)],
      {
        avatar: defaultPolicies.avatar,
      },
    );
    const client = await server.connect({ video: ['pose'] });

    const turn = await hear(client);

    expect(turn.of('degraded_mode')).toEqual([]);
    expect(poseEnd(turn)).toBe(soundEnd(turn));
    expect(turn.ends).toMatchObject([{ type: 'turn_completed', heardText: answer }]);
    expect(afterTheEnd(client, turn.turnId)).toEqual({ terminals: 1, late: 0 });
  });

  it('A12: pictures that stall for good are announced as lost, and come back in step with a sentence', async () => {
    const stalls = face('face', (call) => (call === 0 ? { hangAt: 12 } : {}));
    const { server } = await start([model('model'), voice('voice'), stalls]);
    const client = await server.connect({ video: ['pose'] });

    const turn = await hear(client);

    expect(turn.of('degraded_mode')).toMatchObject([
      { stage: 'avatar', from: 'face', to: 'audio_only', reason: 'provider.stalled' },
      { stage: 'avatar', from: 'audio_only', to: 'face', reason: 'returned' },
    ]);
    const returned = turn.order.lastIndexOf('degraded_mode');
    const lost = turn.order.indexOf('degraded_mode');
    expect(turn.order.slice(lost, returned)).not.toContain('pose');
    const sentenceStarts = soundThatCounts(turn)
      .filter(({ sentence }, n, all) => sentence !== all[n - 1]?.sentence)
      .map(({ ptsUs }) => ptsUs);
    const first = turn.log
      .slice(returned)
      .flatMap((each) => ('media' in each && each.media.kind === 'pose' ? [each.media] : []))[0]!;
    expect(sentenceStarts).toContain(first.ptsUs);
    expect(poseEnd(turn)).toBe(soundEnd(turn));
    expect(turn.ends).toMatchObject([{ type: 'turn_completed', heardText: answer }]);
  });

  /** Pictures that come slowly must not be taken for pictures that do not come. */
  const impatient = {
    avatar: defaultPolicies.avatar,
    drift: { ...defaultPolicies.drift, behindForMs: 200 },
    pictureLateMs: 100,
  };

  it('A13: a face at 0.8 of real time loses pictures, then is asked for fewer, and keeps up with those', async () => {
    const slow = face('slow', { betweenMs: 50 });
    const { server } = await start([model('model'), voice('voice'), slow], impatient);
    const client = await server.connect({ video: ['pose'] });

    const turn = await hear(client);

    expect(turn.of('degraded_mode')).toMatchObject([
      { stage: 'avatar', from: 'slow', to: 'reduced_fps', reason: 'behind' },
    ]);
    expect(slow.log.calls.map(({ control }) => control.fps)).toEqual([25, 13]);
    expect(turn.of('video_format').map(({ format }) => format.fps)).toEqual([25, 13]);
    const announced = turn.order.indexOf('degraded_mode');
    const long = turn.log.findIndex(
      (each) => 'media' in each && each.media.kind === 'pose' && each.media.durationUs > 41_000,
    );
    expect(announced).toBeLessThan(long);
    expect(poseEnd(turn)).toBe(soundEnd(turn));
    expect(turn.ends).toMatchObject([{ type: 'turn_completed', heardText: answer }]);
  });

  it('A13: a face that cannot keep up with fewer pictures either is given up; the sound is whole', async () => {
    const slow = face('slow', { betweenMs: 120 });
    const { server } = await start([model('model'), voice('voice'), slow], impatient);
    const client = await server.connect({ video: ['pose'] });

    const turn = await hear(client);

    expect(turn.of('degraded_mode').slice(0, 2)).toMatchObject([
      { stage: 'avatar', from: 'slow', to: 'reduced_fps', reason: 'behind' },
      { stage: 'avatar', from: 'slow', to: 'audio_only', reason: 'provider.stalled' },
    ]);
    expect(turn.of('metrics')[0]!.values['picturesLate']).toBeGreaterThan(0);
    expect(closedSentences(turn)).toEqual([0, 1, 2]);
    expect(soundEnd(turn)).toBe(answer.replace('. ', '.').replace('. ', '.').length * 50_000);
    expect(turn.ends).toMatchObject([{ type: 'turn_completed', heardText: answer }]);
    await until(() => slow.log.open === 0);
  });
});

describe('clients that fall silent, on the real stack', () => {
  const hasty = { silentClientMs: 100, lostClientMs: 500 };

  it('N1: a client with flow control that says nothing is sent no more media, and everything else', async () => {
    const { server } = await start([model('model'), voice('voice')], hasty);
    const client = await server.connect();
    client.send({ type: 'credit', audioMs: 400, videoMs: 0 });
    const turnId = await begin(client);
    await client.nextMedia();

    await client.next('flow', ({ state }) => state === 'paused');
    const sent = client.media.length;
    client.send({ type: 'controls', clientMsgId: 'while-paused', controls: {} });
    await client.next('accepted', ({ clientMsgId }) => clientMsgId === 'while-paused');

    expect(turnOf(client, turnId).ends).toEqual([]);
    expect(client.media).toHaveLength(sent);
    expect(await client.closed).toBe(closeCodes.slowConsumer);
    expect(client.media).toHaveLength(sent);
  });

  it('N1: a client that speaks again in time is sent the rest', async () => {
    const { server } = await start([model('model'), voice('voice')], { silentClientMs: 100 });
    const client = await server.connect();
    client.send({ type: 'credit', audioMs: 400, videoMs: 0 });
    const turnId = await begin(client);
    await client.next('flow', ({ state }) => state === 'paused');

    client.send({ type: 'credit', audioMs: 60_000, videoMs: 0 });
    await client.next('flow', ({ state }) => state === 'running');
    await until(() => closedSentences(turnOf(client, turnId)).length === 3);
    client.send({ type: 'playback', turnId, mediaMs: 60_000, ended: true });
    const turn = await ended(client, turnId);

    expect(turn.of('flow').map(({ state }) => state)).toEqual(['paused', 'running']);
    expect(turn.ends).toMatchObject([{ type: 'turn_completed', heardText: answer }]);
  });

  it('N12: a client without flow control is never paused or closed for saying nothing', async () => {
    const { server } = await start([model('model'), voice('voice', {}, quick)], hasty);
    const client = await server.connect();

    const turn = await hear(client);

    expect(turn.of('flow')).toEqual([]);
    expect(turn.ends).toMatchObject([{ type: 'turn_completed', heardText: answer }]);
  });
});
