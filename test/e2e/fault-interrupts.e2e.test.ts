import { setTimeout } from 'node:timers/promises';
import type { AvatarOutput } from '@tth/core/plugin';
import { describe, expect, it } from 'vitest';
import {
  answer,
  createStart,
  begin,
  ended,
  face,
  followCircuit,
  hastyPolicies,
  hear,
  model,
  turnOf,
  voice,
} from '../support/faults.ts';
import { until } from '../support/until.ts';
import { afterTheEnd } from '../support/wire-client.ts';

const start = createStart();

const once = { terminals: 1, late: 0 };
const { circuit } = hastyPolicies;
/** Longer than any test. */
const longMs = 600_000;
const patient = { firstItemMs: longMs, idleMs: longMs };

describe('an interrupt among failures', () => {
  it('I11: while another voice takes over ends every call of the turn', async () => {
    const mind = model('mind');
    const first = voice('first', { failAt: 4 });
    const second = voice('second', (call) => (call === 0 ? { hangAt: 0 } : {}));
    const { client } = await start([mind, first, second], { tts: patient });

    const turnId = await begin(client);
    await until(() => second.log.open === 1);
    client.send({ type: 'interrupt', turnId });
    const stopped = await ended(client, turnId);

    expect(stopped.of('degraded_mode')).toMatchObject([{ stage: 'tts', from: 'first', to: 'second' }]);
    expect(stopped.ends).toMatchObject([{ type: 'turn_stopped', reason: 'interrupt' }]);
    expect(afterTheEnd(client, turnId)).toEqual(once);
    expect([mind.log.open, first.log.open, second.log.open]).toEqual([0, 0, 0]);
  });

  it('I11: while another model takes over ends both calls and the turn, once', async () => {
    const first = model('first', (call) => (call === 0 ? { failAt: 4 } : {}));
    const second = model('second', { hangAt: 0 });
    const { client } = await start([first, second, voice('voice')], { llm: patient });

    const turnId = await begin(client);
    await client.next('degraded_mode');
    await until(() => second.log.open === 1);
    client.send({ type: 'interrupt', turnId });
    const stopped = await ended(client, turnId);
    const next = await hear(client);

    expect(stopped.ends).toMatchObject([{ type: 'turn_stopped', reason: 'interrupt' }]);
    expect(answer.startsWith(stopped.text)).toBe(true);
    expect(afterTheEnd(client, turnId)).toEqual(once);
    expect([first.log.open, second.log.open]).toEqual([0, 0]);
    expect(second.log.calls[0]?.state).toBe('aborted');
    expect(next.ends).toMatchObject([{ type: 'turn_completed', heardText: answer }]);
  });

  it('I12: during a probe says nothing of the provider: the next turn probes it again', async () => {
    const first = model('first', (call) => (call === 0 ? { failAt: 0 } : call === 1 ? { hangAt: 0 } : {}));
    const second = model('second');
    const { server: here, client } = await start([first, second, voice('voice')], {
      llm: patient,
      circuit: { ...circuit, failureThreshold: 1, cooldownMs: 100, cooldownJitter: 0, probesToClose: 1 },
    });
    const states = followCircuit(here, 'llm:first');

    await hear(client);
    await until(() => states.at(-1) === 'halfOpen');
    const probing = await begin(client);
    await until(() => first.log.open === 1);
    client.send({ type: 'interrupt', turnId: probing });
    const stopped = await ended(client, probing);
    await until(() => first.log.open === 0);
    const next = await hear(client);

    expect(stopped.order).toEqual(['accepted', 'turn_started', 'accepted', 'metrics', 'turn_stopped']);
    expect(first.log.calls.map(({ state }) => state)).toEqual(['failed', 'aborted', 'ended']);
    expect(next.of('degraded_mode')).toEqual([]);
    expect(next.text).toBe(answer);
    expect(states).toEqual(['closed', 'open', 'halfOpen', 'closed']);
  });

  it('I12: after the first words of a probe speaks for the provider, which is in service again', async () => {
    const first = model('first', (call) => (call === 0 ? { failAt: 0 } : call === 1 ? { hangAt: 3 } : {}));
    const { server: here, client } = await start([first, model('second'), voice('voice')], {
      llm: patient,
      circuit: {
        ...circuit,
        failureThreshold: 1,
        cooldownMs: 100,
        cooldownJitter: 0,
        probesToClose: 1,
        healthyMs: longMs,
      },
    });
    const states = followCircuit(here, 'llm:first');

    await hear(client);
    await until(() => states.at(-1) === 'halfOpen');
    const probing = await begin(client);
    await client.next('text_delta', ({ turnId }) => turnId === probing);
    client.send({ type: 'interrupt', turnId: probing });
    const stopped = await ended(client, probing);

    expect(stopped.ends).toMatchObject([{ type: 'turn_stopped' }]);
    await until(() => states.length === 4);
    expect(states).toEqual(['closed', 'open', 'halfOpen', 'closed']);
  });

  it('I19: nothing of a face that goes on after it was told to stop reaches the next turn', async () => {
    const stubborn = face('stubborn');
    let sent = 0;
    const next = async (): Promise<IteratorResult<AvatarOutput>> => {
      await setTimeout(5);
      const ptsUs = sent * 40_000;
      sent += 1;
      const frame = { codec: 'pose', key: true, ptsUs, durationUs: 40_000, data: new Uint8Array(4) } as const;
      return { done: false, value: { type: 'picture', frame } };
    };
    const { client } = await start([
      model('model'),
      voice('voice', { betweenMs: 5 }),
      {
        ...stubborn.definition,
        create: (...given: Parameters<typeof stubborn.definition.create>) => ({
          ...stubborn.definition.create(...given),
          inferStream: () => ({ [Symbol.asyncIterator]: () => ({ next }) }),
        }),
      },
    ]);

    const turnId = await begin(client);
    await client.nextMedia(({ kind }) => kind === 'pose');
    client.send({ type: 'interrupt', turnId });
    await ended(client, turnId);
    const sentAtTheEnd = sent;
    const following = await begin(client);
    await until(() => sent > sentAtTheEnd + 3);
    client.send({ type: 'interrupt', turnId: following });
    await ended(client, following);

    expect(turnOf(client, turnId).ends).toMatchObject([{ type: 'turn_stopped', reason: 'interrupt' }]);
    expect(afterTheEnd(client, turnId)).toEqual(once);
    expect(afterTheEnd(client, following)).toEqual(once);
  });
});
