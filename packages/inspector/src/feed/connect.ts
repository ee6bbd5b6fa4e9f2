import { type InspectMessage, inspectMessage } from '@tth/protocol';

/** What a connection tells the feed. */
export interface SocketListener {
  readonly onOpen: () => void;
  readonly onData: (data: unknown) => void;
  readonly onClose: (code: number) => void;
}

/** `refused`: the server does not let this page inspect it; trying again would not help. */
export type FeedState = 'connecting' | 'open' | 'waiting' | 'refused' | 'closed';

/** What the feed calls; never before `connectFeed` has returned. */
export interface FeedListener {
  readonly onMessage: (message: InspectMessage) => void;
  readonly onState: (state: FeedState) => void;
}

/** How the feed reaches the world. `schedule` runs a function after a delay and returns what cancels it. */
export interface FeedPorts {
  readonly open: (listener: SocketListener) => { close(): void };
  readonly schedule: (run: () => void, delayMs: number) => () => void;
}

const firstDelayMs = 500;
const maxDelayMs = 8_000;
/** Close codes from here on mean: do not come back. */
const firstFinalCode = 4500;

/** The wait before connection attempt `attempt` (1 is the first after a loss), in milliseconds. */
export const reconnectDelayMs = (attempt: number): number =>
  Math.min(maxDelayMs, firstDelayMs * 2 ** (attempt - 1));

const parse = (data: unknown): InspectMessage | undefined => {
  if (typeof data !== 'string') return undefined;
  try {
    return inspectMessage.safeParse(JSON.parse(data)).data;
  } catch {
    return undefined;
  }
};

/**
 * Follows the inspection feed until `close()`, connecting again after every loss. Messages of a newer server that
 * this page does not know are left out. A close code of 4500 or more ends the feed: the server meant it.
 */
export const connectFeed = (ports: FeedPorts, listener: FeedListener): { close(): void } => {
  let close: (() => void) | undefined;
  let cancel: () => void;
  let attempt = 0;
  let isClosed = false;

  const start = () => {
    listener.onState('connecting');
    const socket = ports.open({
      onOpen: () => {
        attempt = 0;
        listener.onState('open');
      },
      onData: (data) => {
        const message = parse(data);
        if (message) listener.onMessage(message);
      },
      onClose: (code) => {
        close = undefined;
        if (isClosed) return;
        if (code >= firstFinalCode) {
          listener.onState('refused');
          return;
        }
        attempt += 1;
        listener.onState('waiting');
        cancel = ports.schedule(start, reconnectDelayMs(attempt));
      },
    });
    close = () => socket.close();
  };

  cancel = ports.schedule(start, 0);
  return {
    close() {
      isClosed = true;
      cancel();
      close?.();
      listener.onState('closed');
    },
  };
};

/** The feed's ports in a browser. */
export const browserPorts = (url: string): FeedPorts => ({
  open: ({ onOpen, onData, onClose }) => {
    const socket = new WebSocket(url);
    socket.addEventListener('open', onOpen);
    socket.addEventListener('message', ({ data }) => onData(data));
    socket.addEventListener('close', ({ code }) => onClose(code));
    return socket;
  },
  schedule: (run, delayMs) => {
    const timer = setTimeout(run, delayMs);
    return () => clearTimeout(timer);
  },
});
