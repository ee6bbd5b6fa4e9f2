import type { AnyActorRef, InspectionEvent } from 'xstate';
import type { Clock } from '../domain/time.ts';

/** One actor as an inspector shows it. `view` holds allow-listed context only: no text, no secrets. */
export interface ActorView {
  readonly actor: string;
  readonly parent: string | null;
  readonly system: string;
  readonly name: string;
  readonly machine: string | null;
  readonly status: 'created' | 'active' | 'done' | 'error' | 'stopped';
  readonly value: string;
  readonly view: Readonly<Record<string, unknown>>;
}

export type ProbeRecord =
  | {
      readonly kind: 'actor' | 'state';
      readonly t: number;
      readonly actor: string;
      readonly event?: string;
      readonly row: ActorView;
    }
  | {
      readonly kind: 'event';
      readonly t: number;
      readonly actor: string;
      readonly event: string;
      readonly from?: string;
    };

/** What of each machine's context may leave the process. Everything else stays. */
const visible: Readonly<Record<string, readonly string[]>> = {
  session: ['closeReason'],
  turn: ['turnId', 'turn', 'kind', 'plan', 'deadlineAt', 'stopReason', 'failure'],
  circuit: ['key', 'reason', 'openedTimes', 'until', 'goodProbes'],
};

interface Snapshot {
  readonly status: ActorView['status'];
  readonly value?: unknown;
  readonly context?: Readonly<Record<string, unknown>>;
  readonly machine?: { readonly id: string };
  readonly children?: Readonly<Record<string, AnyActorRef | undefined>>;
}

const machineOf = (ref: AnyActorRef): string | null => {
  const { logic } = ref as { readonly logic?: { readonly id?: string } };
  return logic?.id ?? null;
};

const dotted = (value: unknown): string => {
  if (typeof value === 'string') return value;
  if (typeof value !== 'object' || value === null) return '';
  return Object.entries(value)
    .map(([key, inner]) => [key, dotted(inner)].filter((part) => part !== '').join('.'))
    .join(' | ');
};

/** Where rows of an actor system belong. */
export interface ProbeLabels {
  /** What a row calls its system: the session, or `process` for machines that outlive sessions. */
  readonly system: string;
  /** Makes actor ids unique; the system by default. For several actor systems under one name. */
  readonly prefix?: string;
}

/** Watches one actor system and tells `sink`. It can never disturb what it watches. */
export const attachProbe = (
  root: AnyActorRef,
  { system, prefix = system }: ProbeLabels,
  clock: Clock,
  sink: (record: ProbeRecord) => void,
): (() => void) => {
  const t0 = clock.monotonicMs();
  const idOf = (ref: { readonly sessionId: string }): string => `${prefix}/${ref.sessionId}`;

  /** An actor that is only being created has no snapshot yet. */
  const rowOf = (ref: AnyActorRef, snapshot: Snapshot | undefined): ActorView => {
    const machine = snapshot?.machine?.id ?? machineOf(ref);
    const fields = machine === null ? [] : (visible[machine] ?? []);
    const parent = ref._parent;
    return {
      actor: idOf(ref),
      parent: parent === undefined ? null : idOf(parent),
      system,
      name: ref.id,
      machine,
      status: snapshot?.status ?? 'created',
      value: dotted(snapshot?.value),
      view: Object.fromEntries(
        fields
          .map((field) => [field, snapshot?.context?.[field]] as const)
          .filter(([, value]) => value != null),
      ),
    };
  };

  const guarded = (task: () => void): void => {
    try {
      task();
    } catch {
      // An observer that throws would end the session it watches.
    }
  };

  const walk = (ref: AnyActorRef): void => {
    const snapshot = ref.getSnapshot() as Snapshot | undefined;
    sink({
      kind: 'actor',
      t: clock.monotonicMs() - t0,
      actor: idOf(ref),
      row: rowOf(ref, snapshot),
    });
    for (const child of Object.values(snapshot?.children ?? {})) if (child !== undefined) walk(child);
  };

  const onEvent = (event: InspectionEvent): void => {
    const ref = event.actorRef as AnyActorRef;
    const t = clock.monotonicMs() - t0;
    const actor = idOf(ref);
    if (event.type === '@xstate.actor') {
      sink({ kind: 'actor', t, actor, row: rowOf(ref, undefined) });
    } else if (event.type === '@xstate.snapshot') {
      const row = rowOf(ref, event.snapshot);
      sink({ kind: 'state', t, actor, event: event.event.type, row });
    } else if (event.type === '@xstate.event') {
      const from = event.sourceRef === undefined ? {} : { from: idOf(event.sourceRef) };
      sink({ kind: 'event', t, actor, event: event.event.type, ...from });
    }
  };

  guarded(() => walk(root));
  const subscription = root.system.inspect((event) => guarded(() => onEvent(event)));
  return () => subscription.unsubscribe();
};
