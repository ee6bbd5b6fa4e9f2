/** What a socket tells its owner. After `onClose` nothing more comes. */
export interface SocketListener {
  onOpen(): void;
  onText(text: string): void;
  onBytes(bytes: ArrayBuffer): void;
  /** `code`: a WebSocket close code; 1006 for a lost connection. */
  onClose(code: number, reason: string): void;
}

export interface ClientSocket {
  send(text: string): void;
  close(code: number, reason: string): void;
}

/** Port over WebSocket. */
export interface Transport {
  connect(url: URL, subprotocol: string, listener: SocketListener): ClientSocket;
}

/** The browser's WebSocket; Node's own fits too. */
export const webSocketTransport: Transport = {
  connect(url, subprotocol, listener) {
    const socket = new WebSocket(url, subprotocol);
    socket.binaryType = 'arraybuffer';
    socket.addEventListener('open', () => listener.onOpen());
    socket.addEventListener('message', ({ data }: MessageEvent<unknown>) => {
      if (typeof data === 'string') listener.onText(data);
      else if (data instanceof ArrayBuffer) listener.onBytes(data);
    });
    socket.addEventListener('close', ({ code, reason }) => listener.onClose(code, reason));
    return {
      send: (text) => {
        if (socket.readyState === WebSocket.OPEN) socket.send(text);
      },
      close: (code, reason) => socket.close(code, reason),
    };
  },
};
