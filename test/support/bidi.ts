import { once } from 'node:events';
import { WebSocket } from 'ws';

/** Talks to a browser in WebDriver BiDi, the protocol that browsers share. */
export interface BidiConnection {
  /** Resolves with the command's result; rejects with what the browser says is wrong. */
  send<Result = Record<string, unknown>>(method: string, params?: object): Promise<Result>;
  on(event: string, listener: (params: Record<string, unknown>) => void): void;
  close(): void;
}

type Answer =
  | { readonly type: 'success'; readonly id: number; readonly result: Record<string, unknown> }
  | { readonly type: 'error'; readonly id: number; readonly error: string; readonly message: string }
  | { readonly type: 'event'; readonly method: string; readonly params: Record<string, unknown> };

/** A browser that takes longer than this for a command hangs. */
const patienceMs = 60_000;

export const connectBidi = async (url: string): Promise<BidiConnection> => {
  const socket = new WebSocket(url, { perMessageDeflate: false, maxPayload: 2 ** 28 });
  await once(socket, 'open');
  const waiting = new Map<number, PromiseWithResolvers<Record<string, unknown>>>();
  const listeners = new Map<string, (params: Record<string, unknown>) => void>();
  let commands = 0;
  socket.on('message', (data: Buffer) => {
    const answer = JSON.parse(data.toString('utf8')) as Answer;
    if (answer.type === 'event') {
      listeners.get(answer.method)?.(answer.params);
      return;
    }
    const { resolve, reject } = waiting.get(answer.id) ?? {};
    waiting.delete(answer.id);
    if (answer.type === 'success') resolve?.(answer.result);
    else reject?.(new Error(`${answer.error}: ${answer.message}`));
  });
  socket.on('close', () => {
    for (const { reject } of waiting.values()) reject(new Error('the browser has left'));
  });
  return {
    send: <Result>(method: string, params: object = {}) => {
      const answer = Promise.withResolvers<Record<string, unknown>>();
      commands += 1;
      waiting.set(commands, answer);
      socket.send(JSON.stringify({ id: commands, method, params }));
      const hangs = setTimeout(
        () => answer.reject(new Error(`the browser does not answer ${method}`)),
        patienceMs,
      );
      return answer.promise.finally(() => clearTimeout(hangs)) as Promise<Result>;
    },
    on: (event, listener) => void listeners.set(event, listener),
    close: () => socket.close(),
  };
};
