import { once } from 'node:events';
import { type IncomingMessage, type ServerResponse, createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';

/** What the vendor does wrong: refuses with a status, or closes the connection in the middle of an answer. */
export type Fault = { readonly status: number } | 'cut';

/** How loud each of `frames` equal parts of the sound is, as an open mouth. */
const mouths = (pcm: Int16Array, frames: number): string[] =>
  Array.from({ length: frames }, (_, frame) => {
    const part = pcm.subarray((frame * pcm.length) / frames, ((frame + 1) * pcm.length) / frames);
    const loudest = part.reduce((most, sample) => Math.max(most, Math.abs(sample)), 0);
    return `${JSON.stringify({ open: Math.min(1, loudest / 16_000) })}\n`;
  });

/** Answers one request for mouths. */
const show = async (
  request: IncomingMessage,
  response: ServerResponse,
  fault: Fault | undefined,
): Promise<void> => {
  const frames = Number(new URL(request.url ?? '', 'http://vendor').searchParams.get('frames'));
  const pcm = new Int16Array(new Uint8Array(await buffer(request)).buffer);
  response.writeHead(200, { 'content-type': 'application/x-ndjson' });
  if (fault === 'cut') response.write('{"open":0.5}\n', () => response.destroy());
  else response.end(mouths(pcm, frames).join(''));
};

/** A vendor on loopback that speaks the wire of `src/wire.ts`. Tests never call the real one. */
export const startVendor = async () => {
  let fault: Fault | undefined;
  const server = createServer((request, response) => {
    if (typeof fault === 'object') response.writeHead(fault.status).end();
    else if (request.url?.endsWith('/health') === true) response.end('{}');
    else show(request, response, fault).catch(() => response.destroy());
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    baseUrl: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    /** From now on; nothing said: it is well again. */
    play: (next?: Fault): void => {
      fault = next;
    },
    close: async (): Promise<void> => {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
};
