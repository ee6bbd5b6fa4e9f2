import { defaultPolicies, systemClock } from '@tth/core';
import { ConsecutiveBreaker, SamplingBreaker, circuitBreaker, handleAll } from 'cockatiel';
import CircuitBreaker from 'opossum';
import { createCircuit, uncounted } from '../../../packages/core/src/routing/layers/circuit.ts';
import { type Figure, quantile, single } from '../measure.ts';

/** What is called: it answers at once, as a provider never does, so that the cost of the circuit stands alone. */
const answer = async (): Promise<number> => 1;

const createCandidates = () => {
  const circuit = createCircuit({
    key: 'llm:bench',
    policy: defaultPolicies.circuit,
    clock: systemClock,
    probeMs: 1_000,
  });
  const consecutive = circuitBreaker(handleAll, {
    halfOpenAfter: 5_000,
    breaker: new ConsecutiveBreaker(5),
  });
  const sampling = circuitBreaker(handleAll, {
    halfOpenAfter: 5_000,
    breaker: new SamplingBreaker({ threshold: 0.5, duration: 30_000, minimumRps: 1 }),
  });
  const opossum = new CircuitBreaker(answer, { timeout: false });

  /** What the circuit's layer does around a call: admission, the first item, the end. */
  const throughOurs = async (): Promise<number> => {
    const ticket = circuit.enter();
    let outcome: 'ended' | 'failed' = 'failed';
    let countedIn = uncounted;
    let failure: unknown;
    try {
      const result = await answer();
      countedIn = circuit.answered(ticket, false);
      outcome = 'ended';
      return result;
    } catch (error) {
      failure = error;
      throw error;
    } finally {
      circuit.ended(ticket, outcome, failure, countedIn, false, false);
    }
  };

  return {
    calls: {
      bare: answer,
      'TTH, timed window and a row of failures': throughOurs,
      'cockatiel, a row of failures and no window': () => consecutive.execute(answer),
      'cockatiel, timed window': () => sampling.execute(answer),
      'opossum, timed window': () => opossum.fire(),
    } satisfies Record<string, () => Promise<unknown>>,
    stop: () => {
      circuit.stop();
      opossum.shutdown();
    },
  };
};

const microsecondsPerCall = async (call: () => Promise<unknown>, count: number): Promise<number> => {
  const startedMs = performance.now();
  for (let each = 0; each < count; each++) await call();
  return ((performance.now() - startedMs) * 1000) / count;
};

/**
 * What an admitted call costs more than a bare one, next to two established libraries. The target is the
 * cheaper of those that count over time as ours does; a row of failures needs no clock and is cheaper.
 */
export const measureCircuit = async (isQuick: boolean): Promise<Figure[]> => {
  const callsPerGo = 20_000;
  const goes = isQuick ? 5 : 25;
  const { calls, stop } = createCandidates();
  const names = Object.keys(calls) as (keyof typeof calls)[];
  const costs = Object.fromEntries(names.map((name) => [name, [] as number[]]));
  for (const name of names) await microsecondsPerCall(calls[name], callsPerGo);
  // In turns, so that noise of the machine meets all alike.
  for (let go = 0; go < goes; go++) {
    for (const name of names) costs[name]!.push(await microsecondsPerCall(calls[name], callsPerGo));
  }
  stop();
  const added = (name: string): number =>
    Math.max(0, quantile(costs[name]!, 0.5) - quantile(costs['bare']!, 0.5));
  const cheapest = Math.min(...names.filter((name) => name.endsWith('timed window')).map(added));
  return names
    .filter((name) => name !== 'bare')
    .map((name) => {
      const target = { text: `≤ ${cheapest.toFixed(3)}`, isMet: added(name) <= cheapest };
      return single(
        `added per call, ${name}`,
        'µs',
        added(name),
        goes * callsPerGo,
        name.startsWith('TTH') ? target : undefined,
      );
    });
};
