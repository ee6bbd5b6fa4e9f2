import { type Actor, createActor } from 'xstate';
import type { Persona } from '../control/personas.ts';
import type { ControlTally } from '../control/tally.ts';
import type { ControlPatch, LooseControls } from '../domain/controls.ts';
import type { TthError } from '../domain/errors.ts';
import type {
  ControlOutcome,
  Heard,
  LoggedEvent,
  SessionEvent,
  SessionView,
  StopReason,
} from '../domain/events.ts';
import type { SessionId, TurnId } from '../domain/ids.ts';
import { type AudioCodec, sampleRateHz } from '../domain/media.ts';
import { usToMs } from '../domain/time.ts';
import type { sessionMachine } from '../machines/session.machine.ts';
import { heardText } from '../pipeline/heard.ts';
import { type MediaSink, type Pacing, Playout } from '../pipeline/playout.ts';
import type { ConversationTurn, SessionStore } from '../plugin/services.ts';
import { Conversation } from './conversation.ts';
import { EventHistory } from './event-log.ts';
import { toFailure } from './failure.ts';
import type { SessionCommand } from './session-command.ts';
import { type CommandDeps, SessionCommands } from './session-commands.ts';
import { SessionControls } from './session-controls.ts';
import { findAvatar } from './turn-providers.ts';
import type { TurnWork } from './turn-work.ts';

/** A connection as the session sees it. */
export interface SessionOutlet {
  event(event: LoggedEvent): void;
  /** Is given sound as `pcm_s16le`, whatever it makes of it. */
  media: MediaSink;
  /** Whether `media` would be taken at once; where it does not say, it is. */
  hasRoom?(): boolean;
  /** What waits for the client to take, in memory of our own; nothing where it does not say. */
  unsentBytes?(): number;
  /** What it sends sound as; `pcm_s16le` where it does not say. */
  readonly audioCodec?: AudioCodec;
  /** Another connection took this session over. */
  replaced(): void;
  /** The client says nothing any more of what it is sent. */
  lost?(): void;
}

export interface SessionOptions {
  readonly persona: Persona;
  /** Whom `character.personaId` may name; as they were when the session began. */
  readonly personas: readonly Persona[];
  readonly accepts: { readonly audio: readonly string[]; readonly video: readonly string[] };
  readonly controls: LooseControls;
  readonly pacing: Pacing;
  /** Only providers whose routes carry all of these serve the session. */
  readonly tags: readonly string[];
  /** Whose session it is: nothing is shared across tenants. */
  readonly tenant?: string | undefined;
}

export interface SessionDeps extends CommandDeps {
  readonly tally: ControlTally;
  readonly store: SessionStore;
  readonly machine: typeof sessionMachine;
  readonly onClosed: (session: SessionHandle) => void;
}

/** A new session waits at least this long for its first connection. */
const firstConnectionMs = 5_000;

/**
 * One conversation: its machine, its playout, its event log and its connection. The one place where
 * machines and pipelines meet.
 */
export class SessionHandle {
  readonly id: SessionId;
  readonly token: string;
  readonly tenant: string;
  readonly accepts: SessionOptions['accepts'];
  readonly pacing: Pacing;
  /** What each of its providers must have, and by what it is given the same one each time. */
  readonly need: { readonly tags: readonly string[]; readonly conversation: string };
  readonly playout: Playout;
  readonly actor: Actor<typeof sessionMachine>;
  readonly createdAt: number;
  readonly work = new Map<TurnId, TurnWork>();
  readonly #deps: SessionDeps;
  readonly #controls: SessionControls;
  readonly #commands: SessionCommands;
  readonly #history: EventHistory;
  readonly #record: Conversation;
  #epoch = 1;
  #lastTurnId: TurnId | undefined;
  #outlet: SessionOutlet | undefined;
  #cancelExpiry: () => void = () => {};
  #onKeyFrameRequest: () => void = () => {};
  #finished = false;
  #closed = Promise.withResolvers<void>();

  constructor(options: SessionOptions, deps: SessionDeps) {
    this.#deps = deps;
    this.id = deps.ids.session();
    this.token = deps.ids.token();
    this.tenant = options.tenant ?? 'local';
    this.accepts = options.accepts;
    this.pacing = options.pacing;
    this.need = { tags: options.tags, conversation: this.id };
    this.#controls = new SessionControls({
      ...options,
      video: options.accepts.video,
      need: this.need,
      router: deps.router,
    });
    this.createdAt = deps.clock.now();
    this.#record = new Conversation(this.id, this.createdAt, {
      clock: deps.clock,
      store: deps.store,
      log: deps.log,
      maxTurns: deps.policies.historyTurns,
      redacts: deps.policies.guard.personalData,
    });
    this.#history = new EventHistory(deps.ids.log(), deps.clock, deps.policies.historyEvents);
    this.playout = new Playout({
      clock: deps.clock,
      policies: deps.policies,
      pacing: options.pacing,
      onLost: () => this.#outlet?.lost?.(),
    });
    this.actor = createActor(deps.machine, { id: 'session', input: { sessionId: this.id } });
    this.#commands = new SessionCommands(this, this.#controls, deps);
  }

  get epoch(): number {
    return this.#epoch;
  }

  /** The turns that have ended, as far as they are remembered. */
  get conversation(): readonly ConversationTurn[] {
    return this.#record.turns;
  }

  get logId(): string {
    return this.#history.logId;
  }

  get controls(): ControlPatch {
    return this.#controls.asked;
  }

  /** Who speaks from the next turn on, where a turn does not say otherwise. */
  get persona(): Persona {
    return this.personaFor(this.controls);
  }

  /** The persona that controls name; the session's own for a name that is not known. */
  personaFor(controls: ControlPatch): Persona {
    return this.#controls.personaFor(controls);
  }

  /** Everything is released: nothing takes effect any more. */
  get isFinished(): boolean {
    return this.#finished;
  }

  get lastTurnId(): TurnId | undefined {
    return this.#lastTurnId;
  }

  /** State in dots, such as `inTurn.speaking`. */
  get state(): string {
    const { value } = this.actor.getSnapshot();
    return typeof value === 'string' ? value : Object.entries(value).flat().join('.');
  }

  /** Resolves when the session has released everything. */
  get closed(): Promise<void> {
    return this.#closed.promise;
  }

  /** To be called once, after the engine can find this session by its id. */
  open(): void {
    this.actor.subscribe({
      error: (error) => {
        this.#deps.log.error({ sessionId: this.id, error }, 'a session ended in an error');
        this.finish('internal');
      },
    });
    this.actor.start();
    this.actor.send({ type: 'opened' });
    this.#expireLater();
  }

  /** Connects a new client. The newest connection wins. */
  attach(outlet: SessionOutlet): void {
    this.#connect(outlet);
    this.emit({ type: 'session_created', ...this.view() });
    if (this.#controls.firstOutcomes.length > 0) {
      this.emit({ type: 'control_report', outcomes: this.#controls.firstOutcomes });
    }
  }

  /** Connects a client that was here before and sends what it missed, if all of it is still known. */
  resume(outlet: SessionOutlet, logId: string | undefined, lastSeq: number): void {
    const missed = this.#history.after(logId ?? '', lastSeq);
    this.#connect(undefined);
    this.emit({
      type: 'session_resumed',
      recovered: missed !== undefined,
      replayed: missed?.length ?? 0,
      how: 'local',
      ...this.view(outlet),
    });
    let told = missed === undefined ? this.#history.lastSeq - 1 : lastSeq;
    // The client may answer what it is told, and so make more to tell.
    while (told < this.#history.lastSeq) {
      const news = this.#history.after(this.logId, told) ?? [];
      for (const event of news) outlet.event(event);
      told = news.at(-1)?.seq ?? this.#history.lastSeq;
    }
    this.#connect(outlet);
    const open = this.running();
    if (missed === undefined) {
      this.emit({
        type: 'session_state',
        state: this.state,
        openTurn:
          open === undefined ? null : { turnId: open.start.turnId, turn: open.start.turn, text: open.reply },
      });
    }
  }

  /** The connection is gone; the session waits for another. */
  detach(outlet: SessionOutlet): void {
    if (this.#outlet !== outlet) return;
    this.#outlet = undefined;
    this.playout.connect(undefined);
    this.#expireLater();
  }

  /** Commands take effect in order; those of a client that repeats itself once. */
  handle(command: SessionCommand): void {
    this.#commands.handle(command);
  }

  /** Never throws: a connection that fails to take an event hurts neither this session nor any other. */
  emit(event: SessionEvent): void {
    const logged = this.#history.append(event);
    try {
      this.#outlet?.event(logged);
    } catch (error) {
      this.#deps.log.error({ sessionId: this.id, error }, 'a connection failed to take an event');
    }
  }

  /** Tells what became of a turn's controls, and counts it. */
  reportControls(turnId: TurnId, outcomes: readonly ControlOutcome[]): void {
    this.#deps.tally.add(outcomes);
    this.emit({ type: 'control_report', turnId, outcomes });
  }

  /** Throws `protocol.controls_refused` where controls are to be honoured or refused, and cannot be honoured. */
  checkStrict(asked: ControlPatch, outcomes: readonly ControlOutcome[]): void {
    this.#controls.checkStrict(asked, outcomes);
  }

  onKeyFrameRequest(listener: () => void): void {
    this.#onKeyFrameRequest = listener;
  }

  /** A client cannot show pictures without a key frame. */
  requestKeyFrame(): void {
    this.#onKeyFrameRequest();
  }

  close(reason: string): Promise<void> {
    this.actor.send({ type: 'close_session', reason });
    return this.closed;
  }

  // What the machines call.

  /** Raises the epoch and empties every queue of the turn, in this very tick. */
  cut(work: TurnWork): void {
    this.#epoch += 1;
    const playhead = this.playout.cut();
    work.stop();
    const heardUs = Math.min(playhead.us, work.sentUs);
    this.#remember(work, {
      heardMs: usToMs(heardUs),
      heardText: heardText(work.reply, work.words, heardUs),
      heardSource: playhead.source,
    });
  }

  completed(work: TurnWork): void {
    const durationMs = usToMs(work.sentUs);
    work.stop();
    const heard = this.#remember(work, {
      heardMs: durationMs,
      heardText: work.reply,
      heardSource: 'complete',
    });
    const { turnId } = work.start;
    this.#end(work, 'completed', heard);
    this.emit({ type: 'turn_completed', turnId, durationMs, sentences: work.sentences, ...heard });
  }

  stopped(work: TurnWork, reason: StopReason): void {
    const heard = this.#heard(work);
    this.#end(work, 'stopped', heard);
    this.emit({ type: 'turn_stopped', turnId: work.start.turnId, reason, ...heard });
  }

  failed(work: TurnWork, fallback: TthError): void {
    const heard = this.#heard(work);
    this.#end(work, 'failed', heard);
    this.emit({
      type: 'turn_error',
      turnId: work.start.turnId,
      error: toFailure(work.failure ?? fallback),
      partial: work.sentUs > 0 || work.reply !== '',
      ...heard,
    });
  }

  /** Everything is released: the last thing a session does. */
  finish(reason: string): void {
    if (this.#finished) return;
    this.#finished = true;
    this.#cancelExpiry();
    this.playout.cut();
    for (const work of this.work.values()) {
      work.stop();
      this.stopped(work, 'session_closed');
    }
    this.emit({ type: 'session_closed', reason });
    this.#record.forget();
    this.#outlet = undefined;
    this.#deps.onClosed(this);
    this.#closed.resolve();
  }

  view(outlet: SessionOutlet | undefined = this.#outlet): SessionView {
    const { policies } = this.#deps;
    const { id, name, language, identity } = this.persona;
    return {
      token: this.token,
      persona: { id, name, language, identity },
      audio: { codec: outlet?.audioCodec ?? 'pcm_s16le', sampleRateHz },
      video: findAvatar(this.#deps.router, this.accepts.video, this.need)?.codec ?? null,
      limits: {
        maxTextLength: policies.maxTextLength,
        aheadMs: policies.aheadMs,
        resumeWindowMs: policies.resumeWindowMs,
      },
    };
  }

  readonly #heardOf = new WeakMap<TurnWork, Heard>();

  #remember(work: TurnWork, heard: Heard): Heard {
    this.#heardOf.set(work, heard);
    return heard;
  }

  #heard(work: TurnWork): Heard {
    return this.#heardOf.get(work) ?? { heardMs: 0, heardText: '', heardSource: 'pacing' };
  }

  #connect(outlet: SessionOutlet | undefined): void {
    this.#cancelExpiry();
    const previous = this.#outlet;
    this.#outlet = outlet;
    this.playout.connect(
      outlet && ((item) => item.epoch !== this.#epoch || outlet.media(item)),
      () => outlet?.unsentBytes?.() ?? 0,
    );
    if (previous !== undefined && previous !== outlet) previous.replaced();
  }

  #expireLater(): void {
    if (this.#finished) return;
    const { clock, policies } = this.#deps;
    this.#cancelExpiry();
    const expire = (): void => {
      void this.close('expired');
    };
    const wasConnected = this.#history.lastSeq > 0;
    const windowMs = wasConnected
      ? policies.resumeWindowMs
      : Math.max(policies.resumeWindowMs, firstConnectionMs);
    if (windowMs === 0) expire();
    else this.#cancelExpiry = clock.after(windowMs, expire);
  }

  /** The turn that is heard now. */
  running(): TurnWork | undefined {
    const { current } = this.actor.getSnapshot().context;
    return current === null ? undefined : this.work.get(current.turnId);
  }

  #end(work: TurnWork, outcome: ConversationTurn['outcome'], heard: Heard): void {
    const { start } = work;
    work.callOffStop();
    const values = { ...work.metrics.values(), ...work.qos.values() };
    this.emit({ type: 'metrics', turnId: start.turnId, values });
    this.#lastTurnId = start.turnId;
    this.work.delete(start.turnId);
    this.#record.add(work, outcome, heard);
  }
}
