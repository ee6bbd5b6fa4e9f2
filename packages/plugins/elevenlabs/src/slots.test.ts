import { createVirtualClock } from '@tth/testkit';
import { describe, expect, it } from 'vitest';
import { createSlots } from './slots.ts';

const never = new AbortController().signal;
const start = (planned: number) => {
  const clock = createVirtualClock();
  return { clock, slots: createSlots(planned, clock) };
};

describe('slots', () => {
  it('give as many as the plan has, and again what was freed, once', async () => {
    const { slots } = start(2);
    const free = await slots.take(never);
    await slots.take(never);

    free();
    free();

    expect(slots.taken).toBe(1);
    await slots.take(never);
    expect(slots.taken).toBe(2);
  });

  it('wait 200 ms for one that is freed', async () => {
    const { clock, slots } = start(1);
    const free = await slots.take(never);
    const next = slots.take(never);

    await clock.advance(150);
    free();

    await expect(next).resolves.toBeTypeOf('function');
    expect(clock.pendingTimers).toBe(0);
  });

  it('are waited for on when somebody else was faster', async () => {
    const { clock, slots } = start(1);
    const first = await slots.take(never);
    const patient = slots.take(never);

    first();
    const second = await slots.take(never);
    await clock.advance(100);
    second();

    await expect(patient).resolves.toBeTypeOf('function');
    expect(clock.pendingTimers).toBe(0);
  });

  it('refuse with provider.rate_limited when none is', async () => {
    const { clock, slots } = start(1);
    await slots.take(never);
    const refused = slots.take(never).catch((thrown: unknown) => thrown);

    await clock.advance(200);

    expect(await refused).toMatchObject({ code: 'provider.rate_limited', retryAfterMs: 200 });
    expect(slots.taken).toBe(1);
  });

  it('give none to a call that is stopped while it waits', async () => {
    const { slots } = start(1);
    const free = await slots.take(never);
    const call = new AbortController();
    const waiting = slots.take(call.signal).catch((thrown: unknown) => thrown);

    call.abort(new Error('stop'));
    free();

    expect(await waiting).toMatchObject({ message: 'stop' });
    expect(slots.taken).toBe(0);
  });

  it('are no more than ElevenLabs says, and never more than the plan', () => {
    const { slots } = start(5);

    slots.learn(3);
    expect(slots.limit).toBe(3);
    slots.learn(50);
    expect(slots.limit).toBe(5);
    slots.learn(0);
    expect(slots.limit).toBe(5);
  });

  it('are one fewer for a minute after a refusal, and never none', async () => {
    const { clock, slots } = start(2);

    slots.lower();
    slots.lower();
    expect(slots.limit).toBe(1);
    await clock.advance(60_000);

    expect(slots.limit).toBe(2);
  });
});
