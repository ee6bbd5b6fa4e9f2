import { type Actor, createActor } from 'xstate';
import type { Persona } from '../control/personas.ts';
import { mergeControls, mergePatches } from '../control/merge.ts';
import { normalizeControls } from '../control/normalize.ts';
import { isDegraded } from '../control/report.ts';
import type { ControlTally } from '../control/tally.ts';
import type { ControlPatch, LooseControls } from '../domain/controls.ts';
import { TthError, isTthError } from '../domain/errors.ts';
import type {
  ControlOutcome,
  Heard,
  LoggedEvent,
  SessionEvent,
  SessionView,
  StopReason,
} from '../domain/events.ts';
import type { Ids, SessionId, TurnId } from '../domain/ids.ts';
import { type AudioCodec, sampleRateHz } from '../domain/media.ts';
import type { Policies } from '../domain/policies.ts';
import { type Clock, usToMs } from '../domain/time.ts';
import type { sessionMachine } from '../machines/session.machine.ts';
import type { TurnStart } from '../machines/turn.machine.ts';
import { heardText } from '../pipeline/heard.ts';
import { type MediaSink, type Pacing, Playout } from '../pipeline/playout.ts';
import type { ConversationTurn, Log, SessionStore } from '../plugin/services.ts';
import type { Router } from '../routing/router.ts';
import { CommandAnswers } from './command-answers.ts';
import { Conversation } from './conversation.ts';
import { EventHistory } from './event-log.ts';
import { toFailure } from './failure.ts';
import { previewControls } from './fitted.ts';
import { InboundQueue } from './inbound-queue.ts';
import type { Scheduler, Worker } from './scheduler.ts';
import type { SessionCommand } from './session-command.ts';
import { afterSentence } from './soft-stop.ts';
import { selectTurn } from './turn-selector.ts';
import { guardText } from './turn-reply.ts';
import { findAvatar, speaks } from './turn-providers.ts';
import { type TurnWork, createTurnWork } from './turn-work.ts';

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

export interface SessionDeps {
  readonly clock: Clock;
  readonly ids: Ids;
  readonly policies: Policies;
  readonly router: Router;
  readonly tally: ControlTally;
  readonly store: SessionStore;
  readonly scheduler: Scheduler;
  readonly log: Log;
  readonly machine: typeof sessionMachine;
  /** Plugins check the text of a turn before it counts. */
  readonly awaitsChecks: boolean;
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
  readonly #persona: Persona;
  readonly #personas: readonly Persona[];
  /** What was wrong with the controls that the session began with. */
  readonly #firstOutcomes: readonly ControlOutcome[];
  readonly #history: EventHistory;
  readonly #answers = new CommandAnswers();
  readonly #record: Conversation;
  readonly #inbound: InboundQueue;
  readonly #worker: Worker = { step: () => this.#step() };
  #isStepping = false;
  #controls: ControlPatch;
  #epoch = 1;
  #turns = 0;
  #lastTurnId: TurnId | undefined;
  #outlet: SessionOutlet | undefined;
  #cancelExpiry: () => void = () => {};
  #requestKeyFrame: () => void = () => {};
  #finished = false;
  #closed = Promise.withResolvers<void>();

  constructor(options: SessionOptions, deps: SessionDeps) {
    this.#deps = deps;
    this.id = deps.ids.session();
    this.token = deps.ids.token();
    this.#persona = options.persona;
    this.#personas = options.personas;
    this.tenant = options.tenant ?? 'local';
    this.accepts = options.accepts;
    this.pacing = options.pacing;
    this.need = { tags: options.tags, conversation: this.id };
    const { patch, outcomes } = normalizeControls(options.controls);
    this.#controls = patch;
    this.#firstOutcomes = outcomes;
    this.createdAt = deps.clock.now();
    this.#record = new Conversation(this.id, this.createdAt, {
      clock: deps.clock,
      store: deps.store,
      log: deps.log,
      maxTurns: deps.policies.historyTurns,
      redacts: deps.policies.guard.personalData,
    });
    this.#inbound = new InboundQueue(deps.policies.inboundCommands);
    this.#history = new EventHistory(deps.ids.log(), deps.clock, deps.policies.historyEvents);
    this.playout = new Playout({
      clock: deps.clock,
      policies: deps.policies,
      pacing: options.pacing,
      onLost: () => this.#outlet?.lost?.(),
    });
    this.actor = createActor(deps.machine, { id: 'session', input: { sessionId: this.id } });
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
    return this.#controls;
  }

  /** Who speaks from the next turn on, where a turn does not say otherwise. */
  get persona(): Persona {
    return this.personaFor(this.#controls);
  }

  /** The persona that controls name; the session's own for a name that is not known. */
  personaFor({ character }: ControlPatch): Persona {
    return this.#personas.find(({ id }) => id === character?.personaId) ?? this.#persona;
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
    if (this.#firstOutcomes.length > 0) {
      this.emit({ type: 'control_report', outcomes: this.#firstOutcomes });
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
    const open = this.#running();
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

  /**
   * Commands take effect in order, one after the other, also when they are given while one does. They share the
   * thread with those of other sessions; an urgent one, and what came before it, waits for nobody.
   */
  handle(command: SessionCommand): void {
    if (!this.#inbound.offer(command, this.#deps.clock.monotonicMs())) {
      this.#refuse(
        command,
        new TthError('capacity.rate_limited', 'Too many commands wait already; send this one again later.', {
          retryAfterMs: 1_000,
        }),
      );
      return;
    }
    if (this.#isStepping) return;
    if (this.#inbound.hasUrgent) this.#step();
    if (this.#inbound.length > 0) this.#deps.scheduler.ready(this.#worker);
  }

  /** Lets the next command take effect, and all up to the last urgent one. */
  #step(): boolean {
    this.#isStepping = true;
    do {
      const next = this.#inbound.take();
      if (next !== undefined) this.#run(next.command, next.atMs);
    } while (this.#inbound.hasUrgent);
    this.#isStepping = false;
    return this.#inbound.length > 0;
  }

  #run(command: SessionCommand, receivedMs: number): void {
    try {
      this.#dispatch(command, receivedMs);
    } catch (error) {
      this.#refuse(command, error);
      if (!isTthError(error)) this.#deps.log.error({ sessionId: this.id, error }, 'a command failed');
    }
  }

  #refuse(command: SessionCommand, error: unknown): void {
    const clientMsgId = 'clientMsgId' in command ? command.clientMsgId : undefined;
    this.emit({ type: 'error', error: toFailure(error), clientMsgId });
    if (isTthError(error) && error.code === 'guard.input_rejected') {
      this.#deps.log.info({ sessionId: this.id, rail: error.details['rail'] }, 'a text was refused');
    }
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

  onKeyFrameRequest(listener: () => void): void {
    this.#requestKeyFrame = listener;
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

  #running(): TurnWork | undefined {
    const { current } = this.actor.getSnapshot().context;
    return current === null ? undefined : this.work.get(current.turnId);
  }

  #dispatch(command: SessionCommand, receivedMs: number): void {
    switch (command.type) {
      case 'user_text':
      case 'say':
        this.#startTurn(command, receivedMs);
        return;
      case 'controls':
        this.#changeControls(command);
        return;
      case 'interrupt':
        this.#interrupt(command);
        return;
      case 'credit':
        this.playout.grant(command.audioMs, command.videoMs);
        return;
      case 'playback':
        this.#notePlayback(command);
        return;
      case 'key_frame':
        this.#requestKeyFrame();
        return;
      case 'ping':
        this.emit({ type: 'pong', t: command.t });
        return;
      case 'close_session':
        void this.close('closed by the client');
    }
  }

  #changeControls({ clientMsgId, controls }: Extract<SessionCommand, { type: 'controls' }>): void {
    if (this.#answered(clientMsgId)) return;
    const { patch, outcomes } = normalizeControls(controls);
    this.#controls = mergePatches(this.#controls, patch);
    this.#accept({ clientMsgId, effect: 'controls' });
    const isBusy = this.actor.getSnapshot().hasTag('busy');
    const changed = new Set(fieldsOf(patch));
    const later = this.#preview(this.#controls, outcomes)
      .filter(({ field }) => changed.has(field))
      .map((outcome): ControlOutcome => {
        const waits = isBusy && outcome.result === 'applied';
        return waits
          ? { ...outcome, result: 'deferred', reason: 'It counts from the next turn on.' }
          : outcome;
      });
    this.emit({ type: 'control_report', outcomes: [...outcomes, ...later] });
  }

  /** What would become of these controls if a turn began now. `told`: what was said of them already. */
  #preview(asked: ControlPatch, told: readonly ControlOutcome[]): readonly ControlOutcome[] {
    const { router } = this.#deps;
    const persona = this.personaFor(asked);
    const { language } = mergeControls(persona, asked, undefined).character;
    const face = findAvatar(router, this.accepts.video, this.need)?.route.adapter;
    const voice =
      face?.capabilities().input === 'text'
        ? undefined
        : router.find('tts', { ...this.need, prefers: speaks(language) })?.adapter;
    return previewControls({ persona, asked }, { voice, face, isFollowed: this.pacing === 'realtime', told });
  }

  /** Throws where controls are to be honoured or refused, and cannot be honoured. */
  checkStrict(asked: ControlPatch, outcomes: readonly ControlOutcome[]): void {
    if (asked.strict !== true) return;
    const degraded = [...outcomes, ...this.#preview(asked, outcomes)].filter(isDegraded);
    if (degraded.length === 0) return;
    throw new TthError(
      'protocol.controls_refused',
      'These controls cannot all be honoured; change those that details name, or leave out strict.',
      { details: { outcomes: degraded } },
    );
  }

  #notePlayback(command: Extract<SessionCommand, { type: 'playback' }>): void {
    const { turnId, mediaMs, ended } = command;
    const work = this.#running();
    if (work?.start.turnId !== turnId) {
      this.playout.reportPast(command);
      return;
    }
    const playedMs = this.#deps.clock.monotonicMs() - work.startedMs - mediaMs;
    if (mediaMs > 0) work.metrics.mark('firstPlayedMs', Math.max(0, playedMs));
    this.playout.report(mediaMs * 1000, ended, command);
  }

  #startTurn(command: Extract<SessionCommand, { type: 'user_text' | 'say' }>, receivedMs: number): void {
    if (this.#answered(command.clientMsgId)) return;
    const { clock, ids, policies, router } = this.#deps;
    const asked = normalizeControls(command.controls ?? {});
    const wanted = mergePatches(this.#controls, asked.patch);
    const guardedAtMs = clock.monotonicMs();
    const persona = this.personaFor(wanted);
    const text = guardText(command.text, command.type, persona, policies);
    const guardMs = clock.monotonicMs() - guardedAtMs;
    if (this.#finished) {
      throw new TthError('session.conflict', 'The session is closing; open a new one.');
    }
    this.checkStrict(wanted, asked.outcomes);
    const choice = this.#selectTurn();
    const waits = choice === 'wait' || choice === 'wait_for_sentence';
    const turnId = ids.turn();
    this.#turns += 1;
    const avatar = findAvatar(router, this.accepts.video, this.need);
    const start: TurnStart = {
      sessionId: this.id,
      turnId,
      turn: this.#turns,
      kind: command.type,
      plan: {
        llm: command.type === 'user_text',
        tts: avatar?.route.adapter.capabilities().input !== 'text',
        avatar: avatar !== undefined,
      },
      interruptible: command.interruptible ?? 'yes',
      deadlineAt: clock.now() + policies.turnBudgetMs,
    };
    const isPassed = command.type === 'say' || !this.#deps.awaitsChecks;
    const work = createTurnWork(start, text, asked, receivedMs, {
      isPassed,
      guardedFor: persona.id,
      accepted: this.#controls,
    });
    work.metrics.mark('guardMs', guardMs);
    this.work.set(turnId, work);
    this.#accept({ clientMsgId: command.clientMsgId, turnId, effect: waits ? 'queued' : 'turn' });
    this.actor.send({ type: command.type, start, waits });
    if (choice === 'wait_for_sentence') this.#stopAfterSentence('replaced');
  }

  /** What a new turn has to do about the running one. Throws where it may not even wait. */
  #selectTurn() {
    const state = this.actor.getSnapshot();
    const { current, next } = state.context;
    const choice = selectTurn({
      policy: this.#deps.policies.onUserText,
      running: state.hasTag('busy') ? (current?.interruptible ?? 'yes') : undefined,
      hasNext: next !== null,
    });
    if (choice !== 'refuse_running' && choice !== 'refuse_waiting') return choice;
    throw new TthError(
      'protocol.turn_running',
      choice === 'refuse_waiting'
        ? 'A turn is running and another one waits; send the text again when one of them has ended.'
        : 'A turn is running; send the text again when it has ended, or interrupt it first.',
    );
  }

  /** Stops the running turn when the sentence that its listener hears is over. */
  #stopAfterSentence(reason: 'interrupt' | 'replaced'): void {
    const work = this.#running();
    // An interrupt stands, whatever comes after it.
    if (work === undefined || work.softStop === 'interrupt') return;
    work.callOffStop();
    work.softStop = reason;
    work.callOffStop = afterSentence(
      {
        clock: this.#deps.clock,
        playheadUs: () => this.playout.playhead().us,
        endsUs: () => work.sentenceEndsUs,
      },
      () => this.actor.send({ type: 'interrupt', of: 'current', reason }),
    );
  }

  /** The text for which the running turn was to stop is taken back. */
  #letFinish(): void {
    const work = this.#running();
    if (work?.softStop !== 'replaced') return;
    work.callOffStop();
    work.softStop = undefined;
  }

  #interrupt(command: Extract<SessionCommand, { type: 'interrupt' }>): void {
    const { clientMsgId, turnId } = command;
    const { next } = this.actor.getSnapshot().context;
    const current = this.#running()?.start;
    if (turnId !== undefined && turnId === next?.turnId) {
      this.#accept({ clientMsgId, turnId: next.turnId, effect: 'stopped' });
      this.actor.send({ type: 'interrupt', of: 'next' });
      this.#letFinish();
      return;
    }
    if (current !== undefined && (turnId ?? current.turnId) === current.turnId) {
      this.#interruptRunning(current, command);
      return;
    }
    const known = turnId !== undefined && turnId === this.#lastTurnId;
    const effect = known ? 'already_stopped' : turnId === undefined ? 'none' : 'stale';
    this.#accept({ clientMsgId, effect });
  }

  #interruptRunning(
    { turnId, interruptible }: TurnStart,
    { clientMsgId, turnId: named }: Extract<SessionCommand, { type: 'interrupt' }>,
  ): void {
    if (interruptible === 'yes') {
      this.#accept({ clientMsgId, turnId, effect: 'stopped' });
      this.actor.send(named === undefined ? { type: 'interrupt' } : { type: 'interrupt', of: 'current' });
      return;
    }
    const waits = interruptible === 'after_sentence';
    this.#accept({ clientMsgId, turnId, effect: waits ? 'after_sentence' : 'not_interruptible' });
    if (named === undefined) this.actor.send({ type: 'interrupt', of: 'next' });
    if (waits) this.#stopAfterSentence('interrupt');
  }

  #answered(clientMsgId: string): boolean {
    const answer = this.#answers.to(clientMsgId);
    if (answer !== undefined) this.emit({ ...answer, duplicate: true });
    return answer !== undefined;
  }

  #accept(answer: Omit<SessionEvent & { type: 'accepted' }, 'type'>): void {
    const event = { type: 'accepted' as const, ...answer };
    this.#answers.note(event);
    this.emit(event);
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

/** The controls that a patch has a value for, as dotted paths. */
const fieldsOf = (patch: ControlPatch): string[] =>
  Object.entries(patch).flatMap(([part, fields]) =>
    typeof fields === 'object' ? Object.keys(fields).map((field) => `${part}.${field}`) : [],
  );
