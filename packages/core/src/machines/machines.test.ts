import { describe, expect, it } from 'vitest';
import {
  type AnyMachineSnapshot,
  type AnyStateMachine,
  createActor,
  fromCallback,
  fromPromise,
} from 'xstate';
import { getAdjacencyMap, getShortestPaths } from 'xstate/graph';
import { defaultPolicies } from '../domain/policies.ts';
import type { SessionId, TurnId } from '../domain/ids.ts';
import { type CircuitEvent, circuitMachine } from './circuit.machine.ts';
import { sessionMachine } from './session.machine.ts';
import { type TurnEvent, type TurnPlan, type TurnStart, turnMachine } from './turn.machine.ts';

const everything: TurnPlan = { llm: true, tts: true, avatar: true };
const startWith = (plan: TurnPlan = everything, turn = 1): TurnStart => ({
  sessionId: 's_1' as SessionId,
  turnId: `t_${turn}` as TurnId,
  turn,
  kind: 'user_text',
  plan,
  interruptible: 'yes',
  deadlineAt: 1_000,
});

const never = <Output, Input>() => fromPromise<Output, Input>(() => new Promise(() => {}));
const noDeadline = never<number, { at: number; sessionId: SessionId; turnId: TurnId }>();

/** A turn whose media do nothing, with a list of what it announced. */
const startTurn = (plan?: TurnPlan) => {
  const announced: string[] = [];
  const note = (name: string) => () => {
    announced.push(name);
  };
  const machine = turnMachine.provide({
    actors: { media: fromCallback<TurnEvent, TurnStart>(() => {}), deadline: noDeadline },
    actions: {
      cutMedia: note('cut'),
      announceCompleted: note('completed'),
      announceStopped: note('stopped'),
      announceFailed: note('failed'),
    },
  });
  const turn = createActor(machine, { input: startWith(plan) });
  turn.start();
  return { turn, announced };
};

const dotted = (value: unknown): string =>
  typeof value === 'string'
    ? value
    : Object.entries(value as object)
        .flat()
        .join('.');

const failure: TurnEvent = { type: 'provider_error', code: 'provider.unavailable', recoverable: true };
const interrupt: TurnEvent = { type: 'interrupt', reason: 'interrupt' };
const say: TurnPlan = { llm: false, tts: true, avatar: true };
const managed: TurnPlan = { llm: true, tts: false, avatar: true };
const soundOnly: TurnPlan = { llm: true, tts: true, avatar: false };

/** Events that lead to each running state. */
const way: Record<string, TurnEvent[]> = {
  turnPreparing: [],
  llmRunning: [{ type: 'prepared' }],
  ttsRunning: [{ type: 'prepared' }, { type: 'first_sentence' }],
  avatarRunning: [{ type: 'prepared' }, { type: 'first_sentence' }, { type: 'first_audio' }],
  streamingOutput: [
    { type: 'prepared' },
    { type: 'first_sentence' },
    { type: 'first_audio' },
    { type: 'first_frame' },
  ],
};

describe('turn', () => {
  it.each<[from: string, event: TurnEvent, to: string, plan?: TurnPlan]>([
    ['turnPreparing', { type: 'prepared' }, 'running.llmRunning'],
    ['turnPreparing', { type: 'prepared' }, 'running.ttsRunning', say],
    ['turnPreparing', { type: 'prepared' }, 'running.avatarRunning', { ...managed, llm: false }],
    ['llmRunning', { type: 'first_sentence' }, 'running.ttsRunning'],
    ['llmRunning', { type: 'first_sentence' }, 'running.avatarRunning', managed],
    ['ttsRunning', { type: 'first_audio' }, 'running.avatarRunning'],
    ['ttsRunning', { type: 'first_audio' }, 'running.streamingOutput', soundOnly],
    ['avatarRunning', { type: 'first_frame' }, 'running.streamingOutput'],
    ['avatarRunning', { type: 'picture_lost' }, 'running.streamingOutput'],
    ['streamingOutput', { type: 'end_turn' }, 'turnCompleted'],
    ['llmRunning', failure, 'turnError'],
    ['ttsRunning', failure, 'turnError'],
    ['avatarRunning', failure, 'turnError'],
    ['streamingOutput', failure, 'turnError'],
    ['streamingOutput', { type: 'first_sentence' }, 'running.streamingOutput'],
  ])('goes from %s by %o to %s', (from, event, to, plan) => {
    const { turn } = startTurn(plan);
    for (const step of way[from]!) turn.send(step);

    turn.send(event);

    expect(dotted(turn.getSnapshot().value)).toBe(to);
  });

  it.each(Object.keys(way))(
    'can be interrupted in %s: it is cut, then stopped, and nothing more',
    (state) => {
      const { turn, announced } = startTurn();
      for (const step of way[state]!) turn.send(step);
      expect(turn.getSnapshot().hasTag('interruptible')).toBe(true);

      turn.send(interrupt);

      expect(turn.getSnapshot()).toMatchObject({ value: 'turnStopped', status: 'done' });
      expect(turn.getSnapshot().output).toEqual({ outcome: 'stopped', recoverable: true });
      expect(announced).toEqual(['cut', 'stopped']);
    },
  );

  it('reports whether its session can go on', () => {
    const { turn, announced } = startTurn();

    turn.send({ ...failure, recoverable: false });

    expect(turn.getSnapshot().output).toEqual({ outcome: 'failed', recoverable: false });
    expect(announced).toEqual(['cut', 'failed']);
  });

  it('fails when its media crash', async () => {
    const machine = turnMachine.provide({ actors: { deadline: noDeadline } });
    const turn = createActor(machine, { input: startWith() });
    turn.start();
    await Promise.resolve();

    expect(turn.getSnapshot()).toMatchObject({ value: 'turnError' });
    expect(turn.getSnapshot().context.failure).toBe('internal.unexpected');
  });
});

/** A session whose turns end when they are told to, as the runtime's do. */
const startSession = () => {
  const machine = sessionMachine.provide({
    actors: {
      turn: turnMachine.provide({
        actors: { media: fromCallback<TurnEvent, TurnStart>(() => {}), deadline: noDeadline },
      }),
      release: never<void, { sessionId: SessionId; reason: string }>(),
    },
  });
  const session = createActor(machine, { input: { sessionId: 's_1' as SessionId } });
  session.start();
  const endTurn = (event: TurnEvent): void => session.getSnapshot().children['turn']?.send(event);
  return { session, endTurn, state: () => dotted(session.getSnapshot().value) };
};

describe('session', () => {
  it('goes from created to idle, into a turn and back', () => {
    const { session, state, endTurn } = startSession();
    expect(state()).toBe('sessionCreated');
    session.send({ type: 'opened' });
    expect(state()).toBe('idle');
    session.send({ type: 'user_text', start: startWith() });
    expect(state()).toBe('inTurn.speaking');
    expect(session.getSnapshot().hasTag('busy')).toBe(true);

    endTurn({ type: 'end_turn' });

    expect(state()).toBe('idle');
    expect(session.getSnapshot().context.current).toBeNull();
  });

  it.each<[what: string, event: TurnEvent, state: string]>([
    ['is interrupted', interrupt, 'idle'],
    ['fails in a way that can be recovered from', failure, 'idle'],
    ['fails for good', { ...failure, recoverable: false }, 'sessionClosing'],
  ])('after a turn that %s is %s', (_, event, expected) => {
    const { session, state, endTurn } = startSession();
    session.send({ type: 'opened' });
    session.send({ type: 'say', start: startWith(say) });

    endTurn(event);

    expect(state()).toBe(expected);
  });

  it('goes straight from one turn into the next when a new text comes', () => {
    const { session, state } = startSession();
    session.send({ type: 'opened' });
    session.send({ type: 'user_text', start: startWith(everything, 1) });
    session.send({ type: 'user_text', start: startWith(everything, 2) });

    expect(state()).toBe('inTurn.speaking');
    expect(session.getSnapshot().context.current?.turn).toBe(2);
  });

  it.each(['sessionCreated', 'idle', 'inTurn.speaking'])('can be closed while %s', (from) => {
    const { session, state } = startSession();
    if (from !== 'sessionCreated') session.send({ type: 'opened' });
    if (from === 'inTurn.speaking') session.send({ type: 'user_text', start: startWith() });
    expect(state()).toBe(from);

    session.send({ type: 'close_session', reason: 'test' });

    expect(state()).toBe('sessionClosing');
    expect(session.getSnapshot().context.closeReason).toBe('test');
  });

  it('is closed even when releasing fails', async () => {
    const machine = sessionMachine.provide({
      actors: { release: fromPromise(() => Promise.reject(new Error('stuck'))) },
    });
    const session = createActor(machine, { input: { sessionId: 's_1' as SessionId } });
    session.start();
    session.send({ type: 'close_session', reason: 'test' });
    await new Promise(setImmediate);

    expect(session.getSnapshot()).toMatchObject({ value: 'closed', status: 'done' });
  });
});

/** The arrows of the design's diagram of sessions and turns, by name; a session's state and its turn's as one. */
describe('diagram 8', () => {
  const stateOf = (session: ReturnType<typeof startSession>['session']): string => {
    const { value, children } = session.getSnapshot();
    const turn = children['turn']?.getSnapshot() as AnyMachineSnapshot | undefined;
    return turn === undefined ? dotted(value) : (dotted(turn.value).split('.').at(-1) ?? '');
  };
  const reach = (state: string) => {
    const started = startSession();
    if (state === 'sessionCreated') return started;
    started.session.send({ type: 'opened' });
    if (state === 'idle') return started;
    started.session.send({ type: 'user_text', start: startWith() });
    for (const event of way[state] ?? []) started.endTurn(event);
    return started;
  };

  it.each<[from: string, event: string, to: string]>([
    ['sessionCreated', 'opened', 'idle'],
    ['idle', 'user_text', 'turnPreparing'],
    ['turnPreparing', 'prepared', 'llmRunning'],
    ['llmRunning', 'first_sentence', 'ttsRunning'],
    ['ttsRunning', 'first_audio', 'avatarRunning'],
    ['avatarRunning', 'first_frame', 'streamingOutput'],
    ['streamingOutput', 'end_turn', 'idle'],
    ['streamingOutput', 'interrupt', 'idle'],
    ['llmRunning', 'provider_error', 'idle'],
    ['ttsRunning', 'provider_error', 'idle'],
    ['avatarRunning', 'provider_error', 'idle'],
    ['idle', 'close_session', 'sessionClosing'],
  ])('leads from %s by %s to %s', (from, type, to) => {
    const { session, endTurn } = reach(from);
    expect(stateOf(session)).toBe(from);

    if (type === 'opened') session.send({ type });
    else if (type === 'user_text') session.send({ type, start: startWith() });
    else if (type === 'close_session') session.send({ type, reason: 'test' });
    else if (type === 'interrupt') session.send({ type });
    else endTurn(type === 'provider_error' ? failure : ({ type } as TurnEvent));

    expect(stateOf(session)).toBe(to);
  });

  it.each<[by: string, event: TurnEvent, passes: string]>([
    ['interrupt', interrupt, 'interrupted'],
    ['provider_error', failure, 'turnError'],
    ['end_turn', { type: 'end_turn' }, 'turnCompleted'],
  ])('passes the state of its name on the way home by %s', (_, event, passes) => {
    const { turn } = startTurn();
    const seen: string[] = [];
    turn.system.inspect((each) => {
      if (each.type === '@xstate.microstep') seen.push(dotted((each.snapshot as AnyMachineSnapshot).value));
    });
    for (const step of way['streamingOutput']!) turn.send(step);

    turn.send(event);

    expect(seen).toContain(passes);
  });

  it('ends when everything is released', async () => {
    const machine = sessionMachine.provide({ actors: { release: fromPromise(() => Promise.resolve()) } });
    const session = createActor(machine, { input: { sessionId: 's_1' as SessionId } });
    session.start();
    session.send({ type: 'opened' });
    session.send({ type: 'close_session', reason: 'test' });
    await new Promise(setImmediate);

    expect(session.getSnapshot().status).toBe('done');
  });
});

describe('circuit', () => {
  /** A circuit whose deadlines end when `endOf` says so. */
  const startCircuit = () => {
    const ends: (() => void)[] = [];
    const deadlines: number[] = [];
    const deadline = fromPromise<number, { at: number }>(({ input }) => {
      deadlines.push(input.at);
      return new Promise((resolve) => {
        ends.push(() => resolve(input.at));
      });
    });
    const policy = {
      ...defaultPolicies.circuit,
      cooldownMs: 100,
      maxCooldownMs: 350,
      cooldownJitter: 0,
      calmMs: 10_000,
      healthyMs: 30,
    };
    const circuit = createActor(circuitMachine.provide({ actors: { deadline } }), {
      input: { key: 'tts:test', policy, probeMs: 50, seed: 1 },
    });
    circuit.start();
    const endDeadline = async (): Promise<void> => {
      ends.at(-1)?.();
      await new Promise(setImmediate);
    };
    return { circuit, deadlines, endDeadline };
  };

  const tripped = { type: 'tripped', at: 0, reason: 'failure_rate' } as const;

  /** A circuit whose cooldown is over. */
  const startHalfOpen = async () => {
    const given = startCircuit();
    given.circuit.send(tripped);
    await given.endDeadline();
    return given;
  };

  it('goes from closed by `tripped` to open, by the end of its cooldown to half open', async () => {
    const { circuit, endDeadline } = startCircuit();
    expect(circuit.getSnapshot().hasTag('admits_calls')).toBe(true);

    circuit.send({ ...tripped, at: 1_000 });
    expect(circuit.getSnapshot()).toMatchObject({ value: 'open', context: { until: 1_100 } });
    expect(circuit.getSnapshot().tags.size).toBe(0);
    await endDeadline();

    expect(circuit.getSnapshot().value).toEqual({ halfOpen: 'waiting' });
    expect(circuit.getSnapshot().hasTag('admits_probes')).toBe(true);
  });

  it('closes at the second good probe in a row, and forgets its openings after a long calm', async () => {
    const { circuit, endDeadline } = await startHalfOpen();
    circuit.send({ type: 'probe_started', at: 200 });
    expect(circuit.getSnapshot().hasTag('admits_probes')).toBe(false);
    circuit.send({ type: 'probe_succeeded', at: 210 });
    expect(circuit.getSnapshot().value).toEqual({ halfOpen: 'waiting' });

    circuit.send({ type: 'probe_started', at: 220 });
    circuit.send({ type: 'probe_succeeded', at: 230 });

    expect(circuit.getSnapshot()).toMatchObject({
      value: { closed: 'wary' },
      context: { openedTimes: 1, until: 10_230 },
    });
    await endDeadline();
    expect(circuit.getSnapshot()).toMatchObject({ value: { closed: 'steady' }, context: { openedTimes: 0 } });
  });

  it('takes a probe as good that has answered and runs well for a while', async () => {
    const { circuit, deadlines, endDeadline } = await startHalfOpen();
    circuit.send({ type: 'probe_started', at: 200 });
    circuit.send({ type: 'probe_answered', at: 210 });
    expect(circuit.getSnapshot().hasTag('admits_probes')).toBe(false);

    await endDeadline();

    expect(deadlines.at(-1)).toBe(240);
    expect(circuit.getSnapshot()).toMatchObject({
      value: { halfOpen: 'waiting' },
      context: { goodProbes: 1 },
    });
  });

  it('opens again for twice as long, up to a limit, when a probe fails or never answers', async () => {
    const { circuit, deadlines, endDeadline } = await startHalfOpen();
    circuit.send({ type: 'probe_started', at: 100 });
    circuit.send({ type: 'probe_failed', at: 120 });
    await endDeadline();
    circuit.send({ type: 'probe_started', at: 400 });
    await endDeadline();

    expect(circuit.getSnapshot().value).toBe('open');
    expect(deadlines).toEqual([100, 150, 320, 450, 800]);
  });

  it('waits for a probe as long as nobody calls, and for another when one is given up', async () => {
    const { circuit, deadlines } = await startHalfOpen();
    expect(deadlines).toEqual([100]);

    circuit.send({ type: 'probe_started', at: 9_000 });
    circuit.send({ type: 'probe_returned' });

    expect(circuit.getSnapshot().value).toEqual({ halfOpen: 'waiting' });
    expect(circuit.getSnapshot().hasTag('admits_probes')).toBe(true);
  });

  it('rests until the time that a busy provider names, and is closed afterwards', async () => {
    const { circuit, deadlines, endDeadline } = startCircuit();

    circuit.send({ type: 'throttle', at: 10, until: 3_010 });
    expect(circuit.getSnapshot().tags.size).toBe(0);
    await endDeadline();

    expect(deadlines[0]).toBe(3_010);
    expect(circuit.getSnapshot()).toMatchObject({ value: { closed: 'wary' }, context: { openedTimes: 0 } });
  });

  it.each([{ closed: 'steady' }, 'open', { halfOpen: 'waiting' }, { halfOpen: 'probing' }])(
    'can be taken out of service in %o, for a minute or until it is released',
    async (from) => {
      const { circuit, endDeadline } = startCircuit();
      if (from !== undefined && typeof from !== 'object') circuit.send(tripped);
      if (typeof from === 'object' && 'halfOpen' in from) {
        circuit.send(tripped);
        await endDeadline();
        if (from.halfOpen === 'probing') circuit.send({ type: 'probe_started', at: 100 });
      }
      expect(circuit.getSnapshot().value).toEqual(from);

      circuit.send({ type: 'isolate', at: 500, reason: 'misconfigured', forGood: false });
      expect(circuit.getSnapshot()).toMatchObject({
        value: { isolated: 'forNow' },
        context: { until: 60_500, reason: 'misconfigured' },
      });
      circuit.send({ type: 'isolate', at: 500, reason: 'maintenance', forGood: true });
      expect(circuit.getSnapshot()).toMatchObject({
        value: { isolated: 'untilReleased' },
        context: { until: 0, reason: 'maintenance' },
      });
      circuit.send({ type: 'release' });

      expect(circuit.getSnapshot().value).toEqual({ halfOpen: 'waiting' });
    },
  );

  it.each<[from: string, event: CircuitEvent | 'the end of its deadline', to: string]>([
    ['closed', tripped, 'open'],
    ['open', 'the end of its deadline', 'halfOpen'],
    ['halfOpen', { type: 'probe_succeeded', at: 0 }, 'closed'],
    ['halfOpen', { type: 'probe_failed', at: 0 }, 'open'],
  ])('diagram 18 leads from %s by %o to %s', async (from, event, to) => {
    const given = from === 'halfOpen' ? await startHalfOpen() : startCircuit();
    const top = (): string => dotted(given.circuit.getSnapshot().value).split('.')[0]!;
    if (from === 'open') given.circuit.send(tripped);
    expect(top()).toBe(from);
    const probes = from === 'halfOpen' && to === 'closed' ? 2 : 1;

    for (let each = 0; each < probes; each++) {
      if (from === 'halfOpen') given.circuit.send({ type: 'probe_started', at: 0 });
      if (typeof event === 'string') await given.endDeadline();
      else given.circuit.send(event);
    }

    expect(top()).toBe(to);
  });

  it('spreads its cooldowns by up to a fifth, differently for each seed', () => {
    const cooldowns = Array.from({ length: 50 }, (_, seed) => {
      const circuit = createActor(circuitMachine.provide({ actors: { deadline: never() } }), {
        input: { key: 'k', policy: defaultPolicies.circuit, probeMs: 50, seed },
      });
      circuit.start();
      circuit.send(tripped);
      return circuit.getSnapshot().context.until;
    });

    expect(Math.min(...cooldowns)).toBeGreaterThanOrEqual(4_000);
    expect(Math.max(...cooldowns)).toBeLessThanOrEqual(6_000);
    expect(new Set(cooldowns).size).toBeGreaterThan(40);
  });
});

const circuitEvents: CircuitEvent[] = [
  { type: 'tripped', at: 0, reason: 'slow_rate' },
  { type: 'throttle', at: 0, until: 1 },
  { type: 'isolate', at: 0, reason: 'test', forGood: false },
  { type: 'isolate', at: 0, reason: 'test', forGood: true },
  { type: 'release' },
  { type: 'probe_started', at: 0 },
  { type: 'probe_answered', at: 0 },
  { type: 'probe_succeeded', at: 0 },
  { type: 'probe_returned' },
  { type: 'probe_failed', at: 0 },
];

const serialized = (snapshot: AnyMachineSnapshot): string => JSON.stringify(snapshot.value) + snapshot.status;

const machines: { machine: AnyStateMachine; input: unknown; events: readonly { type: string }[] }[] = [
  {
    machine: sessionMachine,
    input: { sessionId: 's_1' },
    events: [
      { type: 'opened' },
      { type: 'user_text', start: startWith() } as { type: string },
      { type: 'say', start: startWith(say) } as { type: string },
      { type: 'interrupt' },
      { type: 'close_session', reason: 'x' } as { type: string },
      { type: 'xstate.done.actor.turn', output: { outcome: 'completed', recoverable: true } } as {
        type: string;
      },
      { type: 'xstate.done.actor.release' },
    ],
  },
  {
    machine: turnMachine,
    input: startWith(),
    events: [...way['streamingOutput']!, { type: 'end_turn' }, failure, interrupt, { type: 'picture_lost' }],
  },
  {
    machine: circuitMachine,
    input: { key: 'k', policy: defaultPolicies.circuit, probeMs: 50, seed: 1 },
    events: [
      ...circuitEvents,
      ...['cooldown', 'calm', 'throttle', 'isolation', 'probe', 'healthy'].map(
        (id): { type: string } => ({ type: `xstate.done.actor.${id}`, output: 0 }) as { type: string },
      ),
    ],
  },
];

const leaves = (machine: AnyStateMachine): string[] => {
  const collect = (node: AnyStateMachine['root']): string[] => {
    const children = Object.values(node.states);
    return children.length === 0 ? [node.path.join('.')] : children.flatMap(collect);
  };
  return collect(machine.root);
};

describe.each(machines)('every state of the $machine.id machine', ({ machine, input, events }) => {
  const options = { input, events, serializeState: serialized, limit: 10_000 } as never;

  it('can be reached', () => {
    const paths = getShortestPaths(machine, options);
    const reached = new Set(paths.map(({ state }) => dotted((state as AnyMachineSnapshot).value)));
    // Left in the step in which it is entered.
    reached.add(machine === turnMachine ? 'interrupted' : '');

    expect(leaves(machine).filter((leaf) => !reached.has(leaf))).toEqual([]);
  });

  it('has a way out, unless it is final', () => {
    const map = getAdjacencyMap(machine, options);
    const stuck = Object.entries(map).filter(([key, { state, transitions }]) => {
      const isFinal = (state as AnyMachineSnapshot).status === 'done';
      const leads = Object.values(transitions as Record<string, { state: unknown }>).some(
        (each) => serialized(each.state as AnyMachineSnapshot) !== key,
      );
      return !isFinal && !leads;
    });

    expect(stuck.map(([key]) => key)).toEqual([]);
  });
});
