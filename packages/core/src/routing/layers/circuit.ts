import { type Actor, type Snapshot, createActor } from 'xstate';
import { TthError, errorTable, isTthError } from '../../domain/errors.ts';
import { type Random, systemRandom } from '../../domain/ids.ts';
import type { CircuitPolicy } from '../../domain/policies.ts';
import type { Clock } from '../../domain/time.ts';
import { circuitMachine } from '../../machines/circuit.machine.ts';
import { CallWindow } from '../call-window.ts';
import { deadlineActor } from './deadline-actor.ts';
import { type Layer, type Outcome, throughLayers } from './layer.ts';

export type CircuitState = 'closed' | 'open' | 'halfOpen' | 'throttled' | 'isolated';

/** What a call's deadline tells its circuit: whether an item was slow. */
export interface Pace {
  slow: boolean;
}

/** One provider's circuit: a window that counts calls, and the actor that hears its verdicts. */
export interface Circuit {
  readonly key: string;
  readonly actor: Actor<typeof circuitMachine>;
  readonly state: CircuitState;
  /** Why the provider rests or last rested. */
  readonly reason: string | null;
  readonly window: CallWindow;
  /** False when the provider must not be called now. A probe is admitted once at a time. */
  admits(): boolean;
  /** Milliseconds until a call is admitted: 0 now, Infinity when only `release` helps. Unmoved by jumps of wall time. */
  opensInMs(): number;
  /** Begins a call. The ticket names it to `answered` and `ended`; `refused` when there is no admission. */
  enter(): number;
  /** The call's first useful item. Counts it as good for now and returns where, for `ended`. */
  answered(ticket: number, slow: boolean): number;
  /**
   * The call's end. `countedIn`: what `answered` returned and whether it was slow then, or `uncounted`.
   * A ticket of an earlier time counts in nothing.
   */
  ended(
    ticket: number,
    outcome: Outcome,
    error: unknown,
    countedIn: number,
    wasSlow: boolean,
    slow: boolean,
  ): void;
  /** Keeps the provider from being called until `release`. */
  isolate(reason: string): void;
  /** Lets an isolated provider prove itself. */
  release(): void;
  /** The circuit as a layer. `isUseful`: whether an item shows that the provider works. */
  layer<Item>(isUseful?: (item: Item) => boolean, pace?: Pace): Layer<Item>;
  /** A call through the circuit alone. */
  guard<Item>(open: () => AsyncIterable<Item>, signal: AbortSignal): AsyncIterable<Item>;
  stop(): void;
}

export interface CircuitOptions {
  readonly key: string;
  readonly policy: CircuitPolicy;
  readonly clock: Clock;
  readonly random?: Random;
  /** How long a probe may be without an answer. */
  readonly probeMs: number;
  /** As `actor.getPersistedSnapshot()` gave it. Deadlines that have passed end at once. */
  readonly snapshot?: Snapshot<unknown>;
  readonly onChange?: (from: CircuitState, circuit: Circuit) => void;
}

/** The ticket of a call that was not admitted. */
export const refused = -1;
/** Says that `answered` was not called for a call. */
export const uncounted = -1;

type Reading = 'failure' | 'busy' | 'misconfigured' | 'nothing';

const read = (error: unknown): Reading => {
  if (!isTthError(error)) return 'failure';
  if (error.code === 'provider.rate_limited') return 'busy';
  if (error.code === 'provider.misconfigured') return 'misconfigured';
  if (error.code === 'turn.budget') return 'nothing';
  return errorTable[error.code].retry === 'other_provider' ? 'failure' : 'nothing';
};

/** How long a provider that is too busy rests. */
const throttleMs = (error: unknown, policy: CircuitPolicy): number => {
  const asked = isTthError(error) ? error.retryAfterMs : undefined;
  const isUsable = asked !== undefined && Number.isFinite(asked) && asked >= 0;
  return isUsable ? Math.min(asked, policy.maxThrottleMs) : policy.throttleMs;
};

export const createCircuit = ({
  key,
  policy,
  clock,
  random = systemRandom,
  probeMs,
  snapshot,
  onChange = () => {},
}: CircuitOptions): Circuit => {
  const actor = createActor(circuitMachine.provide({ actors: { deadline: deadlineActor(clock) } }), {
    id: key,
    input: {
      key,
      policy,
      probeMs,
      seed: Math.floor(random.next() * 2 ** 32),
    },
    ...(snapshot && { snapshot }),
  });
  const window = new CallWindow(policy);
  let state: CircuitState = 'closed';
  /** Tickets are generations: what began in another one than the present is late. */
  let generation = 0;
  let isProbing = false;
  let until = 0;
  let dueMs = Number.POSITIVE_INFINITY;

  const follow = (): void => {
    const now = actor.getSnapshot();
    const [next] = (typeof now.value === 'string' ? [now.value] : Object.keys(now.value)) as [CircuitState];
    const probing = now.matches({ halfOpen: 'probing' }) || now.matches({ halfOpen: 'answered' });
    if (now.context.until !== until) {
      ({ until } = now.context);
      dueMs = until === 0 ? Number.POSITIVE_INFINITY : clock.monotonicMs() + Math.max(0, until - clock.now());
    }
    if (next === state && probing === isProbing) return;
    const from = state;
    generation += 1;
    state = next;
    isProbing = probing;
    if (from === state) return;
    if (state === 'closed') window.clear();
    onChange(from, circuit);
  };

  const trip = (): void => {
    const reason = window.verdict();
    if (reason !== undefined) actor.send({ type: 'tripped', at: clock.now(), reason });
  };

  /** True when the error says more than that the call failed: the provider named its own rest. */
  const rest = (error: unknown): boolean => {
    const reading = read(error);
    const at = clock.now();
    if (reading === 'busy') {
      actor.send({ type: 'throttle', at, until: at + throttleMs(error, policy) });
    } else if (reading === 'misconfigured') {
      actor.send({ type: 'isolate', at, reason: 'misconfigured', forGood: false });
    } else return false;
    return true;
  };

  const endProbe = (outcome: Outcome, error: unknown, isAnswered: boolean): void => {
    const at = clock.now();
    const isBad = outcome === 'failed' && read(error) === 'failure';
    if (isBad) actor.send({ type: 'probe_failed', at });
    else if (isAnswered) actor.send({ type: 'probe_succeeded', at });
    else actor.send({ type: 'probe_returned' });
  };

  const circuit: Circuit = {
    key,
    actor,
    window,
    get state() {
      return state;
    },
    get reason() {
      return actor.getSnapshot().context.reason;
    },
    admits: () => state === 'closed' || (state === 'halfOpen' && !isProbing),
    opensInMs: () => (circuit.admits() ? 0 : Math.max(0, dueMs - clock.monotonicMs())),

    enter: () => {
      if (state === 'closed') return generation;
      if (state !== 'halfOpen' || isProbing) return refused;
      actor.send({ type: 'probe_started', at: clock.now() });
      return generation;
    },

    answered: (ticket, slow) => {
      if (ticket !== generation) return uncounted;
      if (isProbing) {
        actor.send({ type: 'probe_answered', at: clock.now() });
        return 0;
      }
      const bucket = window.count(clock.monotonicMs(), false, slow);
      if (slow) trip();
      return bucket;
    },

    ended: (ticket, outcome, error, countedIn, wasSlow, slow) => {
      if (ticket !== generation) return;
      if (outcome === 'failed' && rest(error)) return;
      const isAnswered = countedIn !== uncounted;
      if (isProbing) {
        endProbe(outcome, error, isAnswered);
        return;
      }
      const isBad = outcome === 'failed' && read(error) === 'failure';
      if (isBad || (isAnswered && slow !== wasSlow)) {
        if (isAnswered) window.withdraw(countedIn, wasSlow);
        window.count(clock.monotonicMs(), isBad, slow);
      }
      if (isBad || (isAnswered && outcome !== 'failed')) window.ended(isBad);
      if (isBad || slow) trip();
    },

    isolate: (reason) => actor.send({ type: 'isolate', at: clock.now(), reason, forGood: true }),
    release: () => actor.send({ type: 'release' }),

    layer:
      (isUseful = () => true, pace = { slow: false }) =>
      () => {
        const ticket = circuit.enter();
        if (ticket === refused) {
          const waitMs = circuit.opensInMs();
          throw new TthError('provider.unavailable', 'The provider failed repeatedly and is given a rest.', {
            details: { provider: key, state },
            ...(Number.isFinite(waitMs) && { retryAfterMs: waitMs }),
          });
        }
        let countedIn = uncounted;
        let wasSlow = false;
        return {
          item: (item) => {
            if (countedIn !== uncounted || !isUseful(item)) return;
            wasSlow = pace.slow;
            countedIn = circuit.answered(ticket, wasSlow);
          },
          end: (outcome, error) => circuit.ended(ticket, outcome, error, countedIn, wasSlow, pace.slow),
        };
      },

    guard: (open, signal) => throughLayers(open, [circuit.layer()], signal),
    stop: () => actor.stop(),
  };

  actor.subscribe({ next: follow, error: () => {} });
  actor.start();
  follow();
  return circuit;
};
