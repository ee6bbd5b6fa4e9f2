import { createVirtualClock } from '@tth/testkit';
import { describe, expect, it } from 'vitest';
import { type ErrorCode, TthError } from '../../domain/errors.ts';
import { createCircuit } from './circuit.ts';

const policy = { failureThreshold: 3, cooldownMs: 1_000, maxCooldownMs: 4_000, probeTimeoutMs: 2_000 };
const never = new AbortController().signal;

const start = () => {
  const clock = createVirtualClock();
  const circuit = createCircuit('tts:test', policy, clock);
  const call = async (outcome: ErrorCode | Error | 'ok', signal = never): Promise<string> => {
    async function* provider(): AsyncGenerator<number, void> {
      yield 1;
      if (outcome instanceof Error) throw outcome;
      if (outcome !== 'ok') throw new TthError(outcome, 'as told');
    }
    try {
      for await (const _ of circuit.guard(provider, signal));
      return 'ok';
    } catch (error) {
      return error instanceof TthError ? error.code : 'other';
    }
  };
  const trip = async (): Promise<void> => {
    for (let i = 0; i < policy.failureThreshold; i++) await call('provider.timeout');
  };
  return { clock, circuit, call, trip };
};

describe('circuit of a provider', () => {
  it('refuses calls from the third failure in a row until the cooldown ends', async () => {
    const { clock, circuit, call, trip } = start();
    await trip();
    expect(circuit.admits()).toBe(false);
    expect(await call('ok')).toBe('provider.unavailable');

    await clock.advance(999);
    expect(circuit.admits()).toBe(false);
    await clock.advance(1);

    expect(circuit.admits()).toBe(true);
  });

  it('forgets failures at the first success', async () => {
    const { circuit, call } = start();

    for (const outcome of [
      'provider.stalled',
      'provider.stalled',
      'ok',
      'provider.stalled',
      'provider.stalled',
    ] as const) {
      await call(outcome);
    }

    expect(circuit.admits()).toBe(true);
  });

  it.each<{ outcome: ErrorCode | Error; counts: boolean }>([
    { outcome: 'provider.timeout', counts: true },
    { outcome: 'provider.protocol_error', counts: true },
    { outcome: 'plugin.error', counts: true },
    { outcome: new Error('unexpected'), counts: true },
    { outcome: 'provider.rejected', counts: false },
    { outcome: 'guard.output_blocked', counts: false },
  ])('counts $outcome as a failure of the provider: $counts', async ({ outcome, counts }) => {
    const { circuit, call } = start();

    for (let i = 0; i < 3; i++) await call(outcome);

    expect(circuit.admits()).toBe(!counts);
  });

  it('does not count what was aborted', async () => {
    const { circuit, call } = start();

    for (let i = 0; i < 5; i++) await call('provider.timeout', AbortSignal.abort());

    expect(circuit.admits()).toBe(true);
  });

  it('lets one probe through after the cooldown and closes when it succeeds', async () => {
    const { clock, circuit, call, trip } = start();
    await trip();
    await clock.advance(1_000);
    const provider = async function* (): AsyncGenerator<number, void> {
      yield 1;
    };
    const probe = circuit.guard(provider, never)[Symbol.asyncIterator]();

    await probe.next();
    expect(circuit.admits()).toBe(false);
    await probe.next();

    expect(circuit.admits()).toBe(true);
    expect(circuit.actor.getSnapshot().value).toBe('closed');
    expect(await call('ok')).toBe('ok');
  });

  it('doubles its cooldown with each probe that fails, up to a limit', async () => {
    const { clock, circuit, call, trip } = start();
    await trip();
    for (const cooldownMs of [1_000, 2_000, 4_000, 4_000]) {
      await clock.advance(cooldownMs - 1);
      expect(circuit.admits()).toBe(false);
      await clock.advance(1);
      expect(circuit.admits()).toBe(true);
      await call('provider.timeout');
    }
  });

  it('gives a probe back uncounted when its reader leaves', async () => {
    const { clock, circuit, trip } = start();
    await trip();
    await clock.advance(1_000);
    const provider = async function* (): AsyncGenerator<number, void> {
      yield 1;
      yield 2;
    };
    const probe = circuit.guard(provider, never)[Symbol.asyncIterator]();

    await probe.next();
    await probe.return?.();

    expect(circuit.actor.getSnapshot().matches('halfOpen')).toBe(true);
    expect(circuit.admits()).toBe(true);
  });

  it('does not count silence against a provider that nobody calls', async () => {
    const { clock, circuit, call, trip } = start();
    await trip();

    await clock.advance(3_600_000);

    expect(clock.pendingTimers).toBe(0);
    expect(circuit.admits()).toBe(true);
    expect(await call('ok')).toBe('ok');
  });

  it('does not let a call of an earlier time decide about now', async () => {
    const { clock, circuit, trip } = start();
    const provider = async function* (): AsyncGenerator<number, void> {
      yield 1;
    };
    const old = circuit.guard(provider, never)[Symbol.asyncIterator]();
    await old.next();
    await trip();
    await clock.advance(1_000);

    await old.next();

    expect(circuit.actor.getSnapshot().matches('halfOpen')).toBe(true);
  });

  it('leaves no timer behind when it is stopped', async () => {
    const { clock, circuit, trip } = start();
    await trip();

    circuit.stop();
    await clock.settle();

    expect(clock.pendingTimers).toBe(0);
  });
});
