import {
  type Engine,
  type EngineOptions,
  type LoggedEvent,
  type LooseControls,
  type MediaItem,
  type ProsodyPolicy,
  type SessionHandle,
  type SessionOutlet,
  type SessionRequest,
  createEngine,
  defaultPolicies,
  seededRandom,
} from '@tth/core';
import { type VirtualClock, createVirtualClock } from './virtual-time.ts';

/** A media item as a client got it; `atMs` is the monotonic time at which it was sent. */
export interface SentMedia {
  readonly atMs: number;
  readonly item: MediaItem;
}

/** Everything that a client was told, in order. */
export type Received =
  | { readonly kind: 'event'; readonly event: LoggedEvent }
  | ({ readonly kind: 'media' } & SentMedia);

type EventOf<Type extends LoggedEvent['type']> = Extract<LoggedEvent, { type: Type }>;

/** A session with a client that writes down what it is told. */
export interface RecordedSession {
  readonly session: SessionHandle;
  readonly outlet: SessionOutlet;
  readonly received: readonly Received[];
  readonly events: readonly LoggedEvent[];
  readonly media: readonly SentMedia[];
  of<Type extends LoggedEvent['type']>(type: Type): readonly EventOf<Type>[];
  /** Ends of turns, in order. */
  readonly ends: readonly (EventOf<'turn_completed'> | EventOf<'turn_stopped'> | EventOf<'turn_error'>)[];
  ask(text: string, more?: { readonly clientMsgId?: string; readonly controls?: LooseControls }): void;
  say(text: string): void;
  interrupt(turnId?: string): void;
}

/** Called for each event as the client gets it; it may answer at once. */
type Reaction = (event: LoggedEvent, session: SessionHandle) => void;

/** Connects a recording client to `session`. `deliver` does the introduction: `attach` by default, else `resume`. */
export const recordSession = (
  session: SessionHandle,
  clock: VirtualClock,
  { react = () => {}, deliver = (outlet) => session.attach(outlet) }: RecordOptions = {},
): RecordedSession => {
  const received: Received[] = [];
  const events: LoggedEvent[] = [];
  const media: SentMedia[] = [];
  let commands = 0;
  const nextId = (): string => `c${events.length}-${commands++}`;
  const outlet: SessionOutlet = {
    event: (event) => {
      received.push({ kind: 'event', event });
      events.push(event);
      react(event, session);
    },
    media: (item) => {
      const sent = { atMs: clock.monotonicMs(), item };
      received.push({ kind: 'media', ...sent });
      media.push(sent);
      return true;
    },
    replaced: () => {},
  };
  deliver(outlet);
  return {
    session,
    outlet,
    received,
    events,
    media,
    of: <Type extends LoggedEvent['type']>(type: Type) =>
      events.filter((event): event is EventOf<Type> => event.type === type),
    get ends() {
      return events.filter(
        (event) =>
          event.type === 'turn_completed' || event.type === 'turn_stopped' || event.type === 'turn_error',
      );
    },
    ask: (text, more) => session.handle({ type: 'user_text', clientMsgId: nextId(), text, ...more }),
    say: (text) => session.handle({ type: 'say', clientMsgId: nextId(), text }),
    interrupt: (turnId) => session.handle({ type: 'interrupt', clientMsgId: nextId(), turnId }),
  };
};

/**
 * Milliseconds of sound per sentence that count, after what was taken back. Throws where the turn's clock has a hole.
 * For a session of one turn.
 */
export const keptSoundMs = ({ received }: RecordedSession): number[] => {
  let pieces: { sentence: number; ptsUs: number; endUs: number }[] = [];
  for (const each of received) {
    if (each.kind === 'event') {
      const { event } = each;
      if (event.type !== 'audio_discard') continue;
      pieces = pieces.filter(({ ptsUs }) => ptsUs < event.afterUs);
      const last = pieces.at(-1);
      if (last !== undefined) last.endUs = Math.min(last.endUs, event.afterUs);
    } else if (each.item.kind === 'audio') {
      const { sentence, ptsUs, durationUs } = each.item;
      const endUs = pieces.at(-1)?.endUs ?? 0;
      if (ptsUs !== endUs) throw new Error(`sound at ${ptsUs} follows sound that ends at ${endUs}`);
      pieces.push({ sentence, ptsUs, endUs: ptsUs + durationUs });
    }
  }
  const sums: number[] = [];
  for (const { sentence, ptsUs, endUs } of pieces) {
    sums[sentence] = (sums[sentence] ?? 0) + (endUs - ptsUs) / 1000;
  }
  return sums;
};

export interface RecordOptions {
  readonly react?: Reaction;
  readonly deliver?: (outlet: SessionOutlet) => void;
}

/** The default prosody without silence: pauses would only make the lengths in tests harder to see; a test about pauses asks for them. */
export const withoutPauses: ProsodyPolicy = {
  ...defaultPolicies.prosody,
  sentencePauseMs: 0,
  questionPauseMs: 0,
  exclamationPauseMs: 0,
  ellipsisPauseMs: 0,
  clausePauseMs: 0,
  linePauseMs: 0,
  paragraphPauseMs: 0,
};

/** An engine in virtual time with repeatable ids; no pauses between sentences unless `policies.prosody` has some. */
export interface VirtualEngine {
  readonly engine: Engine;
  readonly clock: VirtualClock;
  /** A new session with a recording client. Pictures are poses unless `request` says otherwise. */
  connect(request?: Partial<SessionRequest>, options?: RecordOptions): RecordedSession;
}

/** Starts an engine on a virtual clock. */
export const startVirtualEngine = async (
  options: Omit<EngineOptions, 'clock'> & { readonly seed?: number },
): Promise<VirtualEngine> => {
  const clock = createVirtualClock();
  const { seed = 1, policies, ...given } = options;
  const engine = await createEngine({
    random: seededRandom(seed),
    ...given,
    policies: { prosody: withoutPauses, ...policies },
    clock,
  });
  return {
    engine,
    clock,
    connect: (request = {}, recording = {}) => {
      const accepts = { audio: ['pcm_s16le'], video: ['pose'] };
      return recordSession(engine.createSession({ accepts, ...request }), clock, recording);
    },
  };
};
