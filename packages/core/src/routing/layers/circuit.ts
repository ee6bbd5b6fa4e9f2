import { type Actor, createActor } from 'xstate';
import { TthError, errorTable, isTthError } from '../../domain/errors.ts';
import type { CircuitPolicy } from '../../domain/policies.ts';
import type { Clock } from '../../domain/time.ts';
import { circuitMachine } from '../../machines/circuit.machine.ts';
import { deadlineActor } from './deadline-actor.ts';

/** One provider's circuit: a counter that admits calls, and the actor that hears its verdicts. */
export interface Circuit {
  readonly key: string;
  readonly actor: Actor<typeof circuitMachine>;
  /** False when the provider must not be called now. A probe is admitted once per half-open period. */
  admits(): boolean;
  stop(): void;
  /** Passes a call's items through and counts its outcome; refuses at once while the circuit is open. */
  guard<Item>(open: () => AsyncIterable<Item>, signal: AbortSignal): AsyncIterable<Item>;
}

const countsAsFailure = (error: unknown): boolean =>
  !isTthError(error) || errorTable[error.code].retry === 'other_provider';

export const createCircuit = (key: string, policy: CircuitPolicy, clock: Clock): Circuit => {
  const actor = createActor(circuitMachine.provide({ actors: { deadline: deadlineActor(clock) } }), {
    input: { key, policy },
  });
  actor.subscribe({ error: () => {} });
  actor.start();
  let failures = 0;
  let probing = false;

  const admits = (): boolean => {
    const state = actor.getSnapshot();
    return state.hasTag('admits_calls') || (state.hasTag('admits_probes') && !probing);
  };
  const succeeded = (): void => {
    failures = 0;
    probing = false;
    if (actor.getSnapshot().hasTag('admits_probes')) actor.send({ type: 'probe_succeeded' });
  };
  const failed = (): void => {
    failures += 1;
    probing = false;
    const state = actor.getSnapshot();
    if (state.hasTag('admits_probes')) actor.send({ type: 'probe_failed', at: clock.now() });
    else if (state.hasTag('admits_calls') && failures >= policy.failureThreshold) {
      actor.send({ type: 'tripped', at: clock.now() });
    }
  };

  return {
    key,
    actor,
    admits,
    stop: () => actor.stop(),
    async *guard(open, signal) {
      if (!admits()) {
        throw new TthError('provider.unavailable', 'The provider failed repeatedly and is given a rest.', {
          details: { provider: key },
        });
      }
      probing = actor.getSnapshot().hasTag('admits_probes');
      let settled = false;
      const settle = (outcome: () => void): void => {
        if (!settled) outcome();
        settled = true;
      };
      try {
        for await (const item of open()) yield item;
        settle(signal.aborted ? () => (probing = false) : succeeded);
      } catch (error) {
        settle(signal.aborted || !countsAsFailure(error) ? () => (probing = false) : failed);
        throw error;
      } finally {
        settle(() => (probing = false));
      }
    },
  };
};
