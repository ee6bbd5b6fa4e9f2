import { once } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import type { Socket } from 'node:net';
import { type ClientMessageInput, protocolVersion, subprotocol } from '@tth/protocol';
import { WebSocket } from 'ws';

/** Says what it likes and, once greeted, reads nothing. */
export interface DeafClient {
  send(message: ClientMessageInput): void;
  /** Bytes for it that wait in the sockets of both ends; `undefined` where the platform does not tell. */
  socketBytes(): number | undefined;
  /** Reads what has waited; resolves with its size when a ping sent now is answered, or with the connection's end. */
  listen(): Promise<{ readonly bytes: number; readonly code: number | undefined }>;
  cut(): void;
}

const hex = (port: number): string => port.toString(16).toUpperCase().padStart(4, '0');

/** Of both ends of a connection within this machine, by the kernel's table. */
const queuedBytes = (port: number, otherPort: number): number | undefined => {
  if (!existsSync('/proc/net/tcp')) return undefined;
  let bytes = 0;
  for (const line of readFileSync('/proc/net/tcp', 'utf8').split('\n').slice(1)) {
    const [, local = '', remote = '', , queues = ''] = line.trim().split(/\s+/);
    const [sending = '0', received = '0'] = queues.split(':');
    if (local.endsWith(`:${hex(otherPort)}`) && remote.endsWith(`:${hex(port)}`))
      bytes += Number.parseInt(sending, 16);
    if (local.endsWith(`:${hex(port)}`) && remote.endsWith(`:${hex(otherPort)}`))
      bytes += Number.parseInt(received, 16);
  }
  return bytes;
};

export const connectDeaf = async (url: string): Promise<DeafClient> => {
  const socket = new WebSocket(url, [subprotocol], { perMessageDeflate: false });
  socket.binaryType = 'nodebuffer';
  let code: number | undefined;
  socket.on('close', (given) => {
    code = given;
  });
  socket.on('error', () => {});
  const opened = once(socket, 'open');
  const [response] = (await once(socket, 'upgrade')) as [{ socket: Socket }];
  const { localPort = 0, remotePort = 0 } = response.socket;
  await opened;
  const send = (message: ClientMessageInput): void => socket.send(JSON.stringify(message));
  send({ type: 'hello', v: protocolVersion, accepts: { audio: ['pcm_s16le'], video: [] } });
  await once(socket, 'message');
  socket.pause();
  return {
    send,
    socketBytes: () => queuedBytes(localPort, remotePort),
    listen: async () => {
      let bytes = 0;
      const over = new Promise<void>((resolve) => {
        socket.on('close', () => resolve());
        socket.on('message', (data: Buffer, isBinary: boolean) => {
          bytes += data.length;
          if (!isBinary && data.includes('"pong"')) resolve();
        });
      });
      send({ type: 'ping', t: 1 });
      socket.resume();
      await over;
      return { bytes, code };
    },
    cut: () => socket.terminate(),
  };
};
