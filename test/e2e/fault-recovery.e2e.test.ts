import { TthError } from '@tth/core';
import { describe, expect, it } from 'vitest';
import {
  type HeardTurn,
  answer,
  createStart,
  downIn,
  face,
  followCircuit,
  hastyPolicies,
  hear,
  model,
  serve,
  voice,
} from '../support/faults.ts';
import type { WireClient } from '../support/wire-client.ts';

const start = createStart();

/** An error as a careless plugin lets it out. */
const leak = (): Error => new Error('500 from 10.0.0.7: <html>key sk-12345 is wrong</html>');

const { circuit } = hastyPolicies;
/** Longer than any test. */
const longMs = 600_000;

/** Asks again and again until `isEnough`, and returns every turn. */
const hearUntil = async (client: WireClient, isEnough: () => boolean): Promise<HeardTurn[]> => {
  const turns: HeardTurn[] = [];
  while (!isEnough()) {
    client.send({ type: 'credit', audioMs: 10_000, videoMs: 10_000 });
    turns.push(await hear(client));
  }
  return turns;
};

describe('providers that fail again and again, on the real stack', () => {
  it('A17: a model that wants to be left alone is left alone, then asked again', async () => {
    const tired = new TthError('provider.rate_limited', 'Later.', { retryAfterMs: 400 });
    const first = model(
      'first',
      downIn((call) => call === 0, tired),
    );
    const second = model('second');
    const { server: here, client } = await start([first, second, voice('voice')]);
    const states = followCircuit(here, 'llm:first');

    const turns = await hearUntil(client, () => first.log.calls.length === 2);

    const changes = turns.map((turn) => turn.of('degraded_mode').map(({ reason }) => reason));
    expect(changes).toEqual([['provider.rate_limited'], ...turns.slice(1).map(() => [])]);
    expect(turns.every(({ text }) => text === answer)).toBe(true);
    expect(second.log.calls).toHaveLength(turns.length - 1);
    expect(states).toEqual(['closed', 'throttled', 'closed']);
  });

  it('A18: a model that refuses our key is asked once, and its place is taken without a word from then on', async () => {
    const first = model(
      'first',
      downIn(() => true, 'provider.misconfigured'),
    );
    const second = model('second');
    const { client } = await start([first, second, voice('voice')], {
      circuit: { ...circuit, isolationMs: longMs },
    });

    const turns = [await hear(client), await hear(client), await hear(client)];

    expect(turns.map((turn) => turn.of('degraded_mode').length)).toEqual([1, 0, 0]);
    expect(turns.map(({ ends }) => ends.map(({ type }) => type))).toEqual(
      turns.map(() => ['turn_completed']),
    );
    expect([first.log.calls.length, second.log.calls.length]).toEqual([1, 3]);
  });

  it('A18: a key that is refused with nobody to take over leaves no provider, and no more calls are made', async () => {
    const only = model(
      'only',
      downIn(() => true, 'provider.misconfigured'),
    );
    const { client } = await start([only, voice('voice')], {
      circuit: { ...circuit, isolationMs: longMs },
    });

    const turns = [await hear(client), await hear(client), await hear(client)];

    expect(turns.map(({ ends }) => ends)).toMatchObject([
      [{ type: 'turn_error', error: { code: 'provider.misconfigured' } }],
      [{ type: 'turn_error', error: { code: 'provider.none_available', retryable: true } }],
      [{ type: 'turn_error', error: { code: 'provider.none_available', retryable: true } }],
    ]);
    expect(only.log.calls).toHaveLength(1);
  });

  it.each<{ who: string; providers: () => Parameters<typeof serve>[0] }>([
    {
      who: 'a model with somebody to take over',
      providers: () => [
        model(
          'first',
          downIn(() => true, leak()),
        ),
        model('second'),
        voice('voice'),
      ],
    },
    {
      who: 'the only model',
      providers: () => [
        model(
          'only',
          downIn(() => true, leak()),
        ),
        voice('voice'),
      ],
    },
    {
      who: 'the only voice',
      providers: () => [model('model'), voice('only', { failAt: 3, failure: leak() })],
    },
    {
      who: 'a face',
      providers: () => [model('model'), voice('voice'), face('face', { failAt: 3, failure: leak() })],
    },
  ])('A19: what $who says when it fails stays here', async ({ providers }) => {
    const { server: here, client } = await start(providers());

    const turn = await hear(client);
    const health = await fetch(`${here.url}/v1/health`);

    expect(turn.of('degraded_mode').length + turn.of('turn_error').length).toBeGreaterThan(0);
    for (const { reason } of turn.of('degraded_mode')) expect(['plugin.error', 'returned']).toContain(reason);
    for (const { error } of turn.of('turn_error')) expect(error.code).toBe('plugin.error');
    expect(JSON.stringify(client.events)).not.toMatch(/sk-12345|<html>|10\.0\.0\.7/);
    expect(await health.text()).not.toMatch(/sk-12345|<html>|10\.0\.0\.7/);
  });

  it('A20: with every model down turns fail at once and say when to come back, and the session lives on', async () => {
    const limits = { ...circuit, failureThreshold: 1, cooldownMs: 800, cooldownJitter: 0, lastResortMs: 800 };
    const one = model(
      'one',
      downIn((call) => call === 0),
    );
    const two = model(
      'two',
      downIn((call) => call === 0),
    );
    const { client } = await start([one, two, voice('voice')], {
      circuit: limits,
      retry: { ...hastyPolicies.retry, budgetShare: 0, budgetMin: 0 },
    });

    const broken = await hear(client);
    const refused = await hear(client);
    const callsWhileDown = one.log.calls.length + two.log.calls.length;
    const later = await hearUntil(client, () => one.log.calls.length + two.log.calls.length > 2);

    expect(broken.of('degraded_mode')).toMatchObject([{ from: 'one', to: 'two' }]);
    expect(broken.ends).toMatchObject([{ type: 'turn_error', error: { code: 'provider.unavailable' } }]);
    expect(refused.order).toEqual(['accepted', 'turn_started', 'metrics', 'turn_error']);
    const [refusal] = refused.of('turn_error');
    expect(refusal?.error).toMatchObject({ code: 'provider.none_available', retryable: true });
    expect(refusal?.error.retryAfterMs).toBeGreaterThan(0);
    expect(refusal?.error.retryAfterMs).toBeLessThanOrEqual(800);
    expect(callsWhileDown).toBe(2);
    expect(later.at(-1)).toMatchObject({ text: answer, ends: [{ type: 'turn_completed' }] });
  });

  it('A21: a model that comes and goes costs at most one change a turn, and rests longer each time', async () => {
    const flapping = model(
      'flapping',
      downIn((call) => call < 2 || call % 2 === 1),
    );
    const steady = model('steady');
    const { server: here, client } = await start([flapping, steady, voice('voice')], {
      circuit: { ...circuit, failureThreshold: 2, cooldownMs: 150, cooldownJitter: 0 },
    });
    const states = followCircuit(here, 'llm:flapping');
    const rests: number[] = [];
    const ends = new Set<number>();
    here.engine.inspect((record) => {
      if (record.kind !== 'state' || record.row.view['key'] !== 'llm:flapping') return;
      if (record.row.value !== 'open') return;
      const endAt = Number(record.row.view['until']);
      if (!ends.has(endAt)) rests.push(endAt - Date.now());
      ends.add(endAt);
    });

    const turns = await hearUntil(client, () => rests.length === 3);

    const changes = turns.map((turn) => turn.of('degraded_mode').length);
    expect(Math.max(...changes)).toBe(1);
    const failures = flapping.log.calls.filter(({ state }) => state === 'failed').length;
    expect(changes.filter((count) => count === 1)).toHaveLength(failures);
    expect(turns.every(({ text, ends }) => text === answer && ends[0]?.type === 'turn_completed')).toBe(true);
    expect(flapping.log.calls).toHaveLength(6);
    expect(rests.toSorted((a, b) => a - b)).toEqual(rests);
    expect(states).toEqual(['closed', 'open', 'halfOpen', 'open', 'halfOpen', 'open']);
  });

  it('A3: a model that answers slowly loses its place, without a failure', async () => {
    const slow = model('slow', { betweenMs: 60 });
    const second = model('second');
    const { server: here, client } = await start([slow, second, voice('voice')], {
      llm: { firstItemMs: longMs, idleMs: 200 },
      circuit: { ...circuit, minCalls: 2, slowShare: 0.25, cooldownMs: longMs, maxCooldownMs: longMs },
    });
    const states = followCircuit(here, 'llm:slow');

    const turns = [await hear(client), await hear(client), await hear(client)];

    expect(turns.map(({ text }) => text)).toEqual([answer, answer, answer]);
    expect(turns.flatMap((turn) => turn.of('degraded_mode'))).toEqual([]);
    expect([slow.log.calls.length, second.log.calls.length]).toEqual([2, 1]);
    expect(states).toEqual(['closed', 'open']);
  });
});
