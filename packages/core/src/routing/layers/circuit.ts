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
    id: key,
    input: { key, policy },
  });
  actor.subscribe({ error: () => {} });
  actor.start();
  let failures = 0;

  const admits = (): boolean => {
    const state = actor.getSnapshot();
    return state.hasTag('admits_calls') || state.hasTag('admits_probes');
  };

  /** Notes a call's beginning and returns what notes its outcome. Once a period is over its calls count no more. */
  const begin = (): ((outcome: 'good' | 'bad' | 'uncounted') => void) => {
    const state = actor.getSnapshot();
    const { openedTimes } = state.context;
    const isProbe = state.hasTag('admits_probes');
    if (isProbe) actor.send({ type: 'probe_started', at: clock.now() });
    return (outcome) => {
      const now = actor.getSnapshot();
      if (now.context.openedTimes !== openedTimes) return;
      if (isProbe) {
        if (outcome === 'good') {
          failures = 0;
          actor.send({ type: 'probe_succeeded' });
        } else if (outcome === 'bad') actor.send({ type: 'probe_failed', at: clock.now() });
        else actor.send({ type: 'probe_returned' });
        return;
      }
      if (outcome === 'uncounted') return;
      failures = outcome === 'good' ? 0 : failures + 1;
      if (failures >= policy.failureThreshold) actor.send({ type: 'tripped', at: clock.now() });
    };
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
      const end = begin();
      let outcome: 'good' | 'bad' | 'uncounted' = 'uncounted';
      try {
        for await (const item of open()) yield item;
        if (!signal.aborted) outcome = 'good';
      } catch (error) {
        if (!signal.aborted && countsAsFailure(error)) outcome = 'bad';
        throw error;
      } finally {
        end(outcome);
      }
    },
  };
};
