import type { ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';

/** An answer in place of work, or to a question. An object is sent as JSON, text as it is. */
export interface Refusal {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: unknown;
}

const spell = ({ headers, body = '' }: Refusal): { headers: Record<string, string>; text: string } => {
  if (typeof body === 'string') return { headers: { ...headers }, text: body };
  return { headers: { 'content-type': 'application/json', ...headers }, text: JSON.stringify(body) };
};

/** Answers a request with this alone. */
export const refuseRequest = (response: ServerResponse, refusal: Refusal): void => {
  const { headers, text } = spell(refusal);
  response.writeHead(refusal.status, headers);
  response.end(text);
};

/** Answers the handshake of a WebSocket with this alone. */
export const refuseUpgrade = (socket: Duplex, refusal: Refusal): void => {
  const { headers, text } = spell(refusal);
  const all = { ...headers, 'content-length': Buffer.byteLength(text), connection: 'close' };
  const lines = Object.entries(all).map(([name, value]) => `${name}: ${value}`);
  socket.end([`HTTP/1.1 ${refusal.status} No`, ...lines, '', text].join('\r\n'));
};

/** Leaves the handshake of a WebSocket without an answer, until its client leaves. */
export const ignoreUpgrade = (socket: Duplex): void => {
  // A server's socket stays half open when its client leaves, and tells it only to whoever reads.
  socket.resume().on('end', () => socket.destroy());
};
