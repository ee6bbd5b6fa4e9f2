import type { ServerMessage, ServerMessageOf } from '@tth/protocol';
import { TthClientError, fromWire } from './errors.ts';

/**
 * How a turn ended.
 *
 * - `heardText`, `heardMs`: what was played of it.
 * - `reason`: why it was stopped; `error`: why it failed.
 */
export interface TurnEnd {
  readonly outcome: 'completed' | 'stopped' | 'failed';
  readonly heardText: string;
  readonly heardMs: number;
  readonly reason?: ServerMessageOf<'turn_stopped'>['reason'];
  readonly error?: TthClientError;
}

/** Handle of one turn. */
export interface Turn {
  /** Made by the client; the server names the turn by `turnId`. */
  readonly clientMsgId: string;
  /** Rejects when the server refused the turn. */
  turnId(): Promise<string>;
  /** The answer so far; grows while the turn runs. */
  readonly text: string;
  /** Settles once, when the turn ended in whatever way. Never rejects: a failure is an outcome. */
  readonly done: Promise<TurnEnd>;
  /** Stops sound and picture at once, then tells the server. Safe to repeat. */
  stop(): void;
}

interface OpenTurn {
  readonly clientMsgId: string;
  readonly id: PromiseWithResolvers<string>;
  readonly end: PromiseWithResolvers<TurnEnd>;
  readonly stop: (turnId: string) => void;
  readonly sentences: string[];
  turnId: string | undefined;
  /** Stopped before the server named it. */
  isUnwanted: boolean;
  text: string;
}

/** Keeps the handles of the turns that this client began, and settles them from what the server says. */
export const createTurns = () => {
  const open = new Set<OpenTurn>();

  const byTurnId = (turnId: string | undefined): OpenTurn | undefined =>
    turnId === undefined ? undefined : [...open].find((turn) => turn.turnId === turnId);

  const settle = (turn: OpenTurn | undefined, end: TurnEnd): void => {
    if (turn === undefined) return;
    open.delete(turn);
    if (turn.turnId === undefined) turn.id.reject(end.error ?? notStarted());
    turn.end.resolve(end);
  };

  const fail = (turn: OpenTurn | undefined, error: TthClientError): void =>
    settle(turn, { outcome: 'failed', heardText: '', heardMs: 0, error });

  const bind = (clientMsgId: string | undefined, turnId: string): void => {
    const turn = [...open].find((candidate) => candidate.clientMsgId === clientMsgId);
    if (turn === undefined || turn.turnId !== undefined) return;
    turn.turnId = turnId;
    turn.id.resolve(turnId);
    if (turn.isUnwanted) turn.stop(turnId);
  };

  return {
    /** `stop` is called with the turn's id when the handle is stopped: at once, or as soon as the id is known. */
    begin(clientMsgId: string, stop: (turnId: string) => void): Turn {
      const turn: OpenTurn = {
        clientMsgId,
        id: Promise.withResolvers(),
        end: Promise.withResolvers(),
        stop,
        sentences: [],
        turnId: undefined,
        isUnwanted: false,
        text: '',
      };
      // A refused turn rejects its id; who never asked for it must not meet an unhandled rejection.
      turn.id.promise.catch(() => {});
      open.add(turn);
      return {
        clientMsgId,
        turnId: () => turn.id.promise,
        get text() {
          return turn.text || turn.sentences.join(' ');
        },
        done: turn.end.promise,
        stop() {
          if (!open.has(turn)) return;
          if (turn.turnId === undefined) turn.isUnwanted = true;
          else stop(turn.turnId);
        },
      };
    },

    observe(message: ServerMessage): void {
      switch (message.type) {
        case 'accepted':
          if (message.turnId !== undefined && (message.effect === 'turn' || message.effect === 'queued')) {
            bind(message.clientMsgId, message.turnId);
          }
          return;
        case 'error':
          return fail(
            [...open].find((turn) => turn.clientMsgId === message.clientMsgId),
            fromWire(message.error),
          );
        case 'session_state':
          return restore(message.openTurn);
        case 'text_delta': {
          const turn = byTurnId(message.turnId);
          if (turn !== undefined) turn.text += message.text;
          return;
        }
        case 'sentence':
          byTurnId(message.turnId)?.sentences.push(message.text);
          return;
        case 'turn_completed':
        case 'turn_stopped':
        case 'turn_error':
          return settle(byTurnId(message.turnId), endOf(message));
        case 'session_closed':
          return failAll(new TthClientError('client.closed', 'The server closed the session.'));
        default:
          return;
      }
    },

    /** The session is gone: what it had begun is lost, what it had not accepted goes to the next one. */
    loseNamed: (): void => keepOnly(undefined),

    failAll,
  };

  /** Of the turns that the server named, the others have ended in a way that is not known any more. */
  function keepOnly(turnId: string | undefined): void {
    for (const turn of open) {
      if (turn.turnId === undefined || turn.turnId === turnId) continue;
      fail(
        turn,
        new TthClientError('client.session_lost', 'The connection was lost and the turn ended meanwhile.'),
      );
    }
  }

  /** After a gap in the log only the turn that still runs is known. */
  function restore(openTurn: ServerMessageOf<'session_state'>['openTurn']): void {
    keepOnly(openTurn?.turnId);
    const turn = byTurnId(openTurn?.turnId);
    if (turn !== undefined) turn.text = openTurn?.text ?? turn.text;
  }

  function failAll(error: TthClientError): void {
    for (const turn of open) fail(turn, error);
  }
};

export type Turns = ReturnType<typeof createTurns>;

type TerminalMessage = ServerMessageOf<'turn_completed' | 'turn_stopped' | 'turn_error'>;

const endOf = (message: TerminalMessage): TurnEnd => {
  const { heardText, heardMs } = message;
  if (message.type === 'turn_completed') return { outcome: 'completed', heardText, heardMs };
  if (message.type === 'turn_stopped')
    return { outcome: 'stopped', heardText, heardMs, reason: message.reason };
  return { outcome: 'failed', heardText, heardMs, error: fromWire(message.error) };
};

const notStarted = (): TthClientError =>
  new TthClientError('client.closed', 'The turn ended before the server named it.');
