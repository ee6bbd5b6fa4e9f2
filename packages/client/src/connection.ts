import {
  type ClientMessageInput,
  type ServerMessage,
  type ServerMessageOf,
  type SessionRequest,
  closeCodes,
  protocolVersion,
  serverMessage,
  subprotocol,
} from '@tth/protocol';
import { createActor } from 'xstate';
import type { Clock } from './clock.ts';
import { connectionMachine } from './connection.machine.ts';
import { TthClientError } from './errors.ts';
import { type LogEntry, createEventLog } from './event-log.ts';
import type { ClientSocket, Transport } from './transport.ts';

/** Where a connection stands. `reconnecting` keeps the session; `closed` does not come back by itself. */
export type ConnectionState = 'idle' | 'connecting' | 'open' | 'reconnecting' | 'closed';

/** A message that the server answers by its id; kept and sent again until it does. */
export type Command = Extract<ClientMessageInput, { clientMsgId?: string | undefined }> & {
  clientMsgId: string;
};

export interface ConnectionOptions {
  readonly url: URL;
  readonly transport: Transport;
  readonly clock: Clock;
  readonly random: () => number;
  /** The session wished for; read anew for every hello. */
  readonly request: () => SessionRequest;
}

export interface ConnectionListener {
  /** After the server answered our hello, and before anything else is sent. */
  onOpen(): void;
  onMessage(message: ServerMessage): void;
  onMedia(bytes: ArrayBuffer): void;
  onState(state: ConnectionState): void;
  /** The session cannot be resumed; a new one is being opened. */
  onSessionLost(): void;
  /** Closed by the other side for good. */
  onRefused(code: number, reason: string): void;
}

const commandsKept = 64;
const closedByUs = 1000;

/** One session over one socket after another: hello, resume, proof of completeness, commands that survive a loss. */
export const createConnection = (options: ConnectionOptions, listener: ConnectionListener) => {
  let socket: ClientSocket | undefined;
  let session: { readonly sessionId: string; readonly token: string } | undefined;
  let log = createEventLog();
  let isOpen = false;
  let heardSincePing = true;
  const unanswered = new Map<string, Command>();

  const write = (message: ClientMessageInput): void => socket?.send(JSON.stringify(message));

  const forget = (): void => {
    socket = undefined;
    isOpen = false;
  };

  /** Ends the socket on our side without waiting for the other, and lets the machine decide what follows. */
  const drop = (code: number, reason: string): void => {
    const dropped = socket;
    forget();
    dropped?.close(code, reason);
    actor.send({ type: 'lost', code });
  };

  const sayHello = (): void => {
    const { logId, lastSeq } = log.position();
    write({
      type: 'hello',
      v: protocolVersion,
      ...options.request(),
      ...(session && { resume: { ...session, ...(logId !== undefined && { logId }), lastSeq } }),
    });
  };

  const settleAnswer = (message: ServerMessage): void => {
    if ((message.type === 'accepted' || message.type === 'error') && message.clientMsgId !== undefined) {
      unanswered.delete(message.clientMsgId);
    }
    if (message.type === 'error' && message.error.retryAfterMs !== undefined) {
      actor.send({ type: 'asked_to_wait', retryAfterMs: message.error.retryAfterMs });
    }
  };

  const welcome = (message: ServerMessageOf<'session_created' | 'session_resumed'>): void => {
    session = { sessionId: message.sessionId, token: message.token };
    isOpen = true;
    heardSincePing = true;
    listener.onMessage(message);
    actor.send({ type: 'session_opened' });
    listener.onOpen();
    for (const command of unanswered.values()) write(command);
  };

  const onText = (text: string): void => {
    heardSincePing = true;
    const message = parseMessage(text);
    const verdict = log.observe(message);
    if (verdict === 'hole') return drop(closeCodes.sequenceGap, 'an event is missing');
    if (verdict === 'repeat' || message.type === 'unknown') return;
    settleAnswer(message);
    if (message.type === 'session_created' || message.type === 'session_resumed') welcome(message);
    else listener.onMessage(message);
  };

  const dial = (): void => {
    const mine = options.transport.connect(options.url, subprotocol, {
      onOpen: () => socket === mine && sayHello(),
      onText: (text) => socket === mine && onText(text),
      onBytes: (bytes) => {
        if (socket !== mine || !isOpen) return;
        heardSincePing = true;
        listener.onMedia(bytes);
      },
      onClose: (code, reason) => {
        if (socket !== mine) return;
        forget();
        actor.send({ type: 'lost', code });
        if (actor.getSnapshot().matches('closed')) listener.onRefused(code, reason);
      },
    });
    socket = mine;
  };

  const hangUp = (): void => {
    const open = socket;
    forget();
    open?.close(closedByUs, 'closed by the client');
  };

  const ping = (): void => {
    if (!heardSincePing) return drop(closeCodes.pingTimeout, 'the server went silent');
    heardSincePing = false;
    write({ type: 'ping', t: options.clock.now() });
  };

  /** What was heard before the page was away proves nothing. */
  const probe = (): void => {
    heardSincePing = false;
    write({ type: 'ping', t: options.clock.now() });
  };

  const forgetSession = (): void => {
    session = undefined;
    log = createEventLog();
    listener.onSessionLost();
  };

  const actor = createActor(
    connectionMachine.provide({ actions: { dial, hangUp, ping, probe, forgetSession } }),
    {
      input: { random: options.random },
      clock: options.clock,
    },
  );
  let lastState: ConnectionState = 'idle';
  actor.subscribe(({ value }) => {
    const state = topState(value);
    if (state === lastState) return;
    lastState = state;
    listener.onState(state);
  });
  actor.start();

  return {
    state: (): ConnectionState => topState(actor.getSnapshot().value),
    connect: (): void => actor.send({ type: 'connect' }),

    /** The page was away: a pause before the next attempt ends, and an open connection has to prove soon that it lives. */
    wake: (): void => actor.send({ type: 'woken' }),

    /** Sends what only makes sense now; nothing happens while there is no connection. */
    send: (message: ClientMessageInput): void => {
      if (isOpen) write(message);
    },

    /** Sends a command now or after the next hello, and again after every reconnect until it is answered. */
    command: (command: Command): void => {
      if (unanswered.size >= commandsKept) {
        throw new TthClientError(
          'client.too_many_commands',
          `The server has not answered the last ${commandsKept} commands; wait for the connection to come back.`,
        );
      }
      unanswered.set(command.clientMsgId, command);
      if (isOpen) write(command);
    },

    close: (): void => {
      if (isOpen) write({ type: 'close_session' });
      session = undefined;
      log = createEventLog();
      unanswered.clear();
      actor.send({ type: 'close' });
    },
  };
};

export type Connection = ReturnType<typeof createConnection>;

/** A message of a newer server: it has its place in the log, and no meaning here. */
type UnknownMessage = LogEntry & { readonly type: 'unknown' };

const parseMessage = (text: string): ServerMessage | UnknownMessage => {
  const raw = parseJson(text);
  const { data } = serverMessage.safeParse(raw);
  if (data !== undefined) return data;
  const { logId, seq } = (typeof raw === 'object' && raw !== null ? raw : {}) as Record<string, unknown>;
  return {
    type: 'unknown',
    logId: typeof logId === 'string' ? logId : '',
    seq: typeof seq === 'number' ? seq : 0,
  };
};

const parseJson = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
};

const topState = (value: string | object): ConnectionState =>
  (typeof value === 'string' ? value : Object.keys(value)[0]) as ConnectionState;
