import type { ServerMessageOf } from '@tth/protocol';
import { type Clock, pageClock } from './clock.ts';
import { type Command, type ConnectionState, createConnection } from './connection.ts';
import { createEmitter } from './emitter.ts';
import { TthClientError, fromWire } from './errors.ts';
import type { ClientEvents } from './events.ts';
import { randomId } from './ids.ts';
import { createWebAudioOutput } from './playback/web-audio-output.ts';
import type { AudioOutput } from './playback/audio-output.ts';
import { type PictureDecoder, createPictureDecoder } from './playback/picture-decoder.ts';
import { type PlaybackStats, createPlayback } from './playback/playback.ts';
import { type Screen, pageScreen } from './playback/screen.ts';
import { type SoundDecoder, createSoundDecoder } from './playback/sound-decoder.ts';
import { type Surroundings, pageSurroundings } from './surroundings.ts';
import {
  type ClientAudioCodec,
  type ClientVideoCodec,
  type ControlPatch,
  fitAudio,
  fitVideo,
} from './support.ts';
import { type Transport, webSocketTransport } from './transport.ts';
import { type Turn, createTurns } from './turn.ts';

/** Options of `createTthClient`; every one has a default. */
export interface TthClientOptions {
  /** The server's stream. Default: `/v1/stream` of the page's own host. */
  readonly url?: string | URL;
  /** Where the face is drawn; `attachCanvas` does the same later. */
  readonly canvas?: HTMLCanvasElement;
  /**
   * How picture and sound may travel, best first. `video` is by default `['pose']`, drawn here from a few kilobytes a
   * second; `audio` is `['pcm_s16le']`, which nothing has to decode. `opus` takes a ninth of the bytes.
   */
  readonly accepts?: {
    readonly video?: readonly ClientVideoCodec[];
    readonly audio?: readonly ClientAudioCodec[];
  };
  readonly persona?: string;
  readonly controls?: ControlPatch;
  /** Where `playout.worklet.js` is served. Default: `playback/playout.worklet.js` beside this module. */
  readonly workletUrl?: string | URL;
  readonly transport?: Transport;
  readonly audio?: AudioOutput;
  readonly screen?: Screen;
  readonly surroundings?: Surroundings;
  readonly decoder?: PictureDecoder;
  readonly soundDecoder?: SoundDecoder;
  readonly clock?: Clock;
  /** Gives 0 up to 1; spreads reconnects. */
  readonly random?: () => number;
  readonly newId?: () => string;
}

/** What the server said about the session. */
export type SessionInfo = Omit<
  ServerMessageOf<'session_created'>,
  'type' | 'v' | 'seq' | 'ts' | 'turnId' | 'logId' | 'token'
>;

export interface TthClient {
  readonly state: ConnectionState;
  /** Resolves when the session is open; keeps trying while the server is away, and rejects when it refuses. */
  connect(): Promise<SessionInfo>;
  /** Asks something. While a turn runs, the session's policy decides; by default this interrupts it. */
  send(text: string, options?: { controls?: ControlPatch }): Turn;
  /** Has exactly this text spoken. */
  say(text: string, options?: { controls?: ControlPatch }): Turn;
  /** Stops sound and mouth at once, then tells the server. Safe to repeat. */
  interrupt(): void;
  /** Changes controls from the next turn on. */
  setControls(patch: ControlPatch): void;
  /** `volume`: 0 to 1. */
  setVolume(volume: number): void;
  /** Call from a click or key handler: browsers allow sound only then. `send` and `say` from one do it too. */
  enableAudio(): Promise<void>;
  /** Draws the avatar here from now on; the returned function ends that. */
  attachCanvas(canvas: HTMLCanvasElement): () => void;
  /** The returned function removes the listener. */
  on<Type extends keyof ClientEvents>(type: Type, listener: (event: ClientEvents[Type]) => void): () => void;
  stats(): PlaybackStats;
  /** Ends the session and frees sound and picture. The client cannot be used again. */
  close(): Promise<void>;
}

/** One conversation with one avatar, ready to `connect`. Nothing is opened before that. */
export const createTthClient = (options: TthClientOptions = {}): TthClient => {
  const clock = options.clock ?? pageClock;
  const newId = options.newId ?? randomId;
  const surroundings = options.surroundings ?? pageSurroundings;
  const output =
    options.audio ?? createWebAudioOutput(options.workletUrl ?? workletBesideThis(), clock, surroundings);
  const events = createEmitter<ClientEvents>();
  const turns = createTurns();
  const keyFrames = limited(clock, 1_000, () => connection.send({ type: 'key_frame' }));
  let wantedControls = options.controls ?? {};
  let audio: readonly ClientAudioCodec[] = ['pcm_s16le'];
  let video: ClientVideoCodec[] = [];
  let session: SessionInfo | undefined;
  let opening: PromiseWithResolvers<SessionInfo> | undefined;
  /** The last thing the server said, when that was a refusal: the reason of a close that follows. */
  let refusal: TthClientError | undefined;
  let isClosed = false;
  let stopReturns: (() => void) | undefined;

  const playback = createPlayback(
    {
      clock,
      output,
      screen: options.screen ?? pageScreen,
      decoder: options.decoder ?? createPictureDecoder(keyFrames),
      soundDecoder: options.soundDecoder ?? createSoundDecoder(),
      send: (message) => connection.send(message),
    },
    {
      onCaption: (caption) => events.emit('caption', caption),
      onSpeaking: (speaking) => events.emit('speaking', speaking),
      onProgress: (progress) => events.emit('playback', progress),
      onAudioBlocked: (blocked) => events.emit('audio_blocked', blocked),
      onAudible: (audible) => events.emit('audible', audible),
    },
  );

  const connection = createConnection(
    {
      url: streamUrl(options.url),
      transport: options.transport ?? webSocketTransport,
      clock,
      random: options.random ?? Math.random,
      request: () => ({
        accepts: { audio: [...audio], video },
        ...(options.persona !== undefined && { persona: options.persona }),
        ...(Object.keys(wantedControls).length > 0 && { controls: wantedControls }),
      }),
    },
    {
      onOpen: playback.connected,
      onMessage: (message) => {
        if (message.type === 'session_created' || message.type === 'session_resumed') {
          const { sessionId, persona, audio, video: codec, limits } = message;
          session = { sessionId, persona, audio, video: codec, limits };
          opening?.resolve(session);
        }
        const isGeneral = message.type === 'error' && message.clientMsgId === undefined;
        refusal = isGeneral ? fromWire(message.error) : undefined;
        playback.observe(message);
        turns.observe(message);
        events.emit(message.type, message);
      },
      onMedia: (bytes) => {
        try {
          playback.accept(bytes);
        } catch (cause) {
          const text = 'The server sent media that this client does not understand; update the client.';
          events.emit('client_error', new TthClientError('protocol.invalid_message', text, { cause }));
        }
      },
      onState: (state) => {
        if (state !== 'open') playback.disconnected();
        events.emit('state', state);
      },
      onSessionLost: () => {
        playback.reset();
        turns.loseNamed();
      },
      onRefused: (code, reason) => {
        const text = `The server closed the connection for good (${code}${reason && `: ${reason}`}).`;
        const error = refusal ?? new TthClientError('client.connection_refused', text);
        opening?.reject(error);
        opening = undefined;
        turns.failAll(error);
      },
    },
  );

  /** Nobody called `connect`, or the connection ended for good. */
  const isAway = (): boolean => opening === undefined;

  const command = (message: Command): void => {
    if (isAway()) {
      throw new TthClientError('client.not_connected', 'There is no connection: call connect() first.');
    }
    connection.command(message);
    playback.noteCommand(message.clientMsgId);
  };

  const interrupt = (turnId?: string): void => {
    if (isAway()) return playback.cut();
    const clientMsgId = newId();
    playback.stop(clientMsgId);
    command({ type: 'interrupt', clientMsgId, ...(turnId !== undefined && { turnId }) });
  };

  const stopTurn = (turnId: string): void => {
    if (playback.isCurrent(turnId)) interrupt(turnId);
    else command({ type: 'interrupt', clientMsgId: newId(), turnId });
  };

  const beginTurn = (type: 'user_text' | 'say', text: string, controls: ControlPatch | undefined): Turn => {
    const clientMsgId = newId();
    void output.enable();
    command({ type, clientMsgId, text, ...(controls && { controls }) });
    return turns.begin(clientMsgId, stopTurn);
  };

  const client: TthClient = {
    get state() {
      return connection.state();
    },
    async connect() {
      if (isClosed) throw new TthClientError('client.closed', 'This client was closed: create another one.');
      if (connection.state() === 'open' && session !== undefined) return session;
      if (opening !== undefined) return opening.promise;
      opening = Promise.withResolvers();
      const { promise } = opening;
      const fitted = await fitVideo(options.accepts?.video ?? ['pose']);
      video = fitted.video;
      audio = await fitAudio(options.accepts?.audio ?? ['pcm_s16le']);
      if (fitted.problem !== undefined) events.emit('client_error', fitted.problem);
      if (isClosed) return promise;
      stopReturns ??= surroundings.onReturn(connection.wake);
      connection.connect();
      return promise;
    },
    send: (text, { controls } = {}) => beginTurn('user_text', text, controls),
    say: (text, { controls } = {}) => beginTurn('say', text, controls),
    interrupt: () => interrupt(),
    setControls(patch) {
      wantedControls = mergeControls(wantedControls, patch);
      playback.changeControls(patch);
      if (isAway()) return;
      command({ type: 'controls', clientMsgId: newId(), controls: patch });
    },
    setVolume: (volume) => output.setVolume(Math.max(0, Math.min(1, volume))),
    enableAudio: output.enable,
    attachCanvas: playback.attachCanvas,
    on: events.on,
    stats: playback.stats,
    async close() {
      if (isClosed) return;
      isClosed = true;
      stopReturns?.();
      const error = new TthClientError('client.closed', 'The client was closed.');
      opening?.promise.catch(() => {});
      opening?.reject(error);
      opening = undefined;
      connection.close();
      turns.failAll(error);
      await playback.close();
    },
  };

  playback.changeControls(wantedControls);
  if (options.canvas !== undefined) client.attachCanvas(options.canvas);
  return client;
};

const workletBesideThis = (): URL => new URL('./playback/playout.worklet.js', import.meta.url);

const streamUrl = (given: string | URL = '/v1/stream'): URL => {
  const url = new URL(given, globalThis.location?.href);
  url.protocol = url.protocol.replace(/^http/, 'ws');
  return url;
};

const mergeControls = (base: ControlPatch, patch: ControlPatch): ControlPatch => ({
  emotion: { ...base.emotion, ...patch.emotion },
  character: { ...base.character, ...patch.character },
  render: { ...base.render, ...patch.render },
  alignment: { ...base.alignment, ...patch.alignment },
  ...((patch.strict ?? base.strict) !== undefined && { strict: patch.strict ?? base.strict }),
});

/** Runs `task` at most once in `everyMs`. */
const limited = (clock: Clock, everyMs: number, task: () => void): (() => void) => {
  let lastMs = -Infinity;
  return () => {
    if (clock.now() - lastMs < everyMs) return;
    lastMs = clock.now();
    task();
  };
};
