import { type TthClient, type TthClientOptions, createTthClient } from '../client.ts';
import { pageClock } from '../clock.ts';
import type { ConnectionState } from '../connection.ts';
import { TthClientError, fromWire, isTthClientError } from '../errors.ts';
import type { Caption } from '../playback/captions.ts';
import { createSilentOutput } from '../playback/silent-output.ts';
import type { ControlPatch } from '../support.ts';
import type { Turn } from '../turn.ts';
import { createAvatarParts } from './avatar-parts.ts';
import { type AvatarFacts, type AvatarState, avatarView, firstFacts } from './avatar-view.ts';

/** What became of a turn. `heardText`, `heardMs`: what was played of it, once it ended. */
export interface AvatarTurn {
  readonly turnId: string;
  readonly phase: 'started' | 'completed' | 'stopped' | 'failed';
  readonly heardText?: string;
  readonly heardMs?: number;
}

/** Details of the element's events, by name. Each is a `CustomEvent` that does not bubble. */
export interface AvatarEvents {
  turn: AvatarTurn;
  caption: Caption | null;
  statechange: AvatarState;
  error: TthClientError;
}

/** A talking avatar as an element of a page. */
export interface TthAvatar extends HTMLElement {
  readonly state: AvatarState;
  /** The client behind it, for everything that has no attribute; none while it is in no page. */
  readonly client: TthClient | undefined;
  /** Asks something. From a click or key handler it starts the sound too; a connection that was closed is opened again. */
  ask(text: string, options?: { controls?: ControlPatch }): Turn;
  /** Has exactly this text spoken. */
  say(text: string, options?: { controls?: ControlPatch }): Turn;
  /** Stops sound and mouth at once. Safe to repeat. */
  interrupt(): void;
}

export interface AvatarElementOptions {
  /** Default `tth-avatar`. */
  readonly name?: string;
  /** The server of avatars without the attribute `server`. Default: the page's own host. */
  readonly server?: string | URL;
  /** More options of every avatar's client, such as `workletUrl`. */
  readonly client?: Omit<TthClientOptions, 'url' | 'persona' | 'canvas'>;
}

/** What a change of these attributes means a new conversation for. */
const identity = ['server', 'persona', 'audio'];

const clientOptions = (element: HTMLElement, options: AvatarElementOptions): TthClientOptions => {
  const server = element.getAttribute('server') ?? options.server ?? location.origin;
  if (!URL.canParse(server)) {
    const text = 'The attribute server holds no address: write it like http://127.0.0.1:8080.';
    throw new TthClientError('client.connection_refused', text);
  }
  const persona = element.getAttribute('persona');
  const audio = element.getAttribute('audio');
  return {
    ...options.client,
    url: new URL('/v1/stream', server),
    ...(persona !== null && persona !== '' && { persona }),
    ...(audio === 'off' && { audio: createSilentOutput(pageClock) }),
    ...(audio === 'opus' && { accepts: { ...options.client?.accepts, audio: ['opus', 'pcm_s16le'] } }),
  };
};

const asClientError = (error: unknown): TthClientError => {
  if (isTthClientError(error)) return error;
  const text = 'The avatar could not be started in this browser; the cause says why.';
  return new TthClientError('client.connection_refused', text, { cause: error });
};

/** Defines the element `tth-avatar`; a name that is taken is left as it is. */
export const defineAvatarElement = (options: AvatarElementOptions = {}): void => {
  const name = options.name ?? 'tth-avatar';
  if (customElements.get(name) !== undefined) return;

  customElements.define(
    name,
    class extends HTMLElement implements TthAvatar {
      static readonly observedAttributes = [...identity, 'captions'];
      readonly #parts = createAvatarParts(this.attachShadow({ mode: 'open' }), {
        start: () => void this.client?.enableAudio(),
        ask: (text) => this.#attempt(() => this.ask(text)),
        interrupt: () => this.interrupt(),
      });
      #facts: AvatarFacts = firstFacts;
      #leave: (() => void) | undefined;
      client: TthClient | undefined;

      get state(): AvatarState {
        return avatarView(this.#facts).state;
      }

      ask(text: string, turnOptions?: { controls?: ControlPatch }): Turn {
        return this.#ready().send(text, turnOptions);
      }

      say(text: string, turnOptions?: { controls?: ControlPatch }): Turn {
        return this.#ready().say(text, turnOptions);
      }

      interrupt(): void {
        this.client?.interrupt();
      }

      connectedCallback(): void {
        if (this.client === undefined) this.#start();
      }

      /** Moving it about in the page takes it out and puts it in again, which is no end. */
      disconnectedCallback(): void {
        queueMicrotask(() => !this.isConnected && this.#end());
      }

      attributeChangedCallback(attribute: string, before: string | null, after: string | null): void {
        if (attribute === 'captions') return this.#learn({ wantsCaptions: after !== 'off' });
        if (before === after || this.client === undefined) return;
        this.#end();
        this.#start();
      }

      /** A connection that ended for good begins anew when something is asked. */
      #ready(): TthClient {
        if (this.client?.state === 'closed') this.#connect(this.client);
        if (this.client !== undefined) return this.client;
        throw new TthClientError('client.not_connected', `Put the <${name}> into the page first.`);
      }

      #attempt(task: () => void): void {
        try {
          task();
        } catch (error) {
          this.#fail(asClientError(error));
        }
      }

      #tell<Type extends keyof AvatarEvents>(type: Type, detail: AvatarEvents[Type]): void {
        this.dispatchEvent(new CustomEvent(type, { detail }));
      }

      #learn(change: Partial<AvatarFacts>): void {
        const before = this.state;
        this.#facts = { ...this.#facts, ...change };
        this.#parts.show(this.#facts);
        this.dataset['state'] = this.state;
        if (this.state !== before) this.#tell('statechange', this.state);
      }

      #fail(error: TthClientError): void {
        this.#learn({ error });
        this.#tell('error', error);
      }

      #start(): void {
        this.#learn({ ...firstFacts, wantsCaptions: this.getAttribute('captions') !== 'off' });
        this.#attempt(() => {
          const client = createTthClient(clientOptions(this, options));
          this.client = client;
          client.attachCanvas(this.#parts.canvas);
          const stops = this.#follow(client);
          const leave = (event: PageTransitionEvent): void => {
            if (!event.persisted) void client.close();
          };
          addEventListener('pagehide', leave);
          this.#leave = () => {
            removeEventListener('pagehide', leave);
            for (const stop of stops) stop();
          };
          // Asks the browser whether sound needs a click; where it does, the tap to start appears.
          void client.enableAudio();
          this.#connect(client);
        });
      }

      #connect(client: TthClient): void {
        client.connect().catch((error: unknown) => {
          if (this.client === client) this.#fail(asClientError(error));
        });
      }

      #end(): void {
        this.#leave?.();
        void this.client?.close();
        this.client = undefined;
      }

      #follow(client: TthClient): readonly (() => void)[] {
        const ended =
          (phase: AvatarTurn['phase']) =>
          (message: { turnId?: string | undefined; heardText: string; heardMs: number }): void => {
            const { turnId = '', heardText, heardMs } = message;
            this.#learn({ inTurn: false });
            this.#tell('turn', { turnId, phase, heardText, heardMs });
          };
        const named = ({ persona }: { persona: { name: string } }): void =>
          this.#learn({ name: persona.name });
        return [
          client.on('state', (connection: ConnectionState) =>
            this.#learn({ connection, ...(connection === 'open' && { error: undefined }) }),
          ),
          client.on('session_created', (message) => {
            this.#learn({ inTurn: false });
            named(message);
          }),
          client.on('session_resumed', named),
          client.on('session_state', ({ openTurn }) => this.#learn({ inTurn: openTurn !== null })),
          client.on('speaking', (speaking) => this.#learn({ speaking })),
          client.on('audible', (audible) => audible && this.#learn({ blocked: undefined })),
          client.on('audio_blocked', (blocked) => this.#learn({ blocked })),
          client.on('caption', (caption) => {
            this.#learn({ caption: caption?.text ?? '' });
            this.#tell('caption', caption);
          }),
          client.on('turn_started', ({ turnId = '' }) => {
            this.#learn({ inTurn: true, error: undefined });
            this.#tell('turn', { turnId, phase: 'started' });
          }),
          client.on('turn_completed', ended('completed')),
          client.on('turn_stopped', ended('stopped')),
          client.on('turn_error', (message) => {
            ended('failed')(message);
            this.#fail(fromWire(message.error));
          }),
          client.on('error', ({ error }) => this.#fail(fromWire(error))),
          client.on('client_error', (error) => this.#fail(error)),
        ];
      }
    },
  );
};

declare global {
  interface HTMLElementTagNameMap {
    'tth-avatar': TthAvatar;
  }
}
