import { stopped } from '../domain/cancellation.ts';
import type { Stage } from '../domain/capabilities.ts';
import { type Clock, pause } from '../domain/time.ts';
import type { Health } from '../plugin/adapter.ts';
import type { Circuit, CircuitState } from './layers/circuit.ts';
import type { CallCounts, Observer } from './layers/observe.ts';
import type { Usage, UsageMeter } from './layers/usage.ts';

/** What is known of a provider without asking it: how its calls went. And what it said when it was asked. */
export interface ProviderHealth {
  readonly stage: Stage;
  readonly provider: string;
  readonly state: CircuitState;
  /** Why it rests or last rested. */
  readonly reason: string | null;
  readonly counts: CallCounts;
  /** What it has been used for since the start. */
  readonly usage: Usage;
  /** Its own word, asked for while its circuit is open. */
  readonly checked: { readonly at: number; readonly health: Health } | undefined;
}

/** What the registry knows a provider by. */
export interface WatchedProvider {
  readonly stage: Stage;
  readonly adapter: { readonly id: string; health(signal: AbortSignal): Promise<Health> };
  readonly circuit: Circuit;
  readonly observer: Observer;
  readonly usage: UsageMeter;
}

export interface HealthRegistry {
  /** Begins to ask a provider while its circuit is open. Call it whenever that opens. */
  check(provider: WatchedProvider): void;
  report(providers: readonly WatchedProvider[]): readonly ProviderHealth[];
  /** Ends every question that is under way. */
  close(): void;
}

const unanswered: Health = { status: 'down', detail: 'The health check failed or took too long.' };

/** `everyMs`: between two questions, and the longest that is waited for an answer. */
export const createHealthRegistry = (clock: Clock, everyMs: number): HealthRegistry => {
  const closing = new AbortController();
  const checked = new Map<Circuit, ProviderHealth['checked']>();
  const asking = new Set<Circuit>();

  const ask = async ({ adapter }: WatchedProvider): Promise<Health> => {
    const question = new AbortController();
    const signal = AbortSignal.any([question.signal, closing.signal]);
    try {
      return await Promise.race([
        adapter.health(signal),
        pause(clock, everyMs, signal).then(() => unanswered),
      ]);
    } catch {
      return unanswered;
    } finally {
      question.abort(stopped);
    }
  };

  const askWhileOpen = async (provider: WatchedProvider): Promise<void> => {
    const { circuit } = provider;
    while (circuit.state === 'open' && !closing.signal.aborted) {
      const health = await ask(provider);
      if (closing.signal.aborted) return;
      checked.set(circuit, { at: clock.now(), health });
      await pause(clock, everyMs, closing.signal);
    }
    asking.delete(circuit);
  };

  return {
    check: (provider) => {
      if (asking.has(provider.circuit)) return;
      asking.add(provider.circuit);
      void askWhileOpen(provider);
    },
    report: (providers) =>
      providers.map(({ stage, adapter, circuit, observer, usage }) => ({
        stage,
        provider: adapter.id,
        state: circuit.state,
        reason: circuit.reason,
        counts: { ...observer.counts },
        usage: { ...usage.totals },
        checked: checked.get(circuit),
      })),
    close: () => closing.abort(stopped),
  };
};
