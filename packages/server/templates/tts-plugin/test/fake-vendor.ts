import { once } from 'node:events';
import { type ServerResponse, createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { json } from 'node:stream/consumers';

/** What the vendor does wrong: refuses with a status, or closes the connection in the middle of a sentence. */
export type Fault = { readonly status: number } | 'cut';

const rateHz = 16_000;
const pieceMs = 50;

/** A tone, so that there is something to hear. */
const tone = (startMs: number): Buffer => {
  const samples = (rateHz * pieceMs) / 1000;
  const first = (rateHz * startMs) / 1000;
  const pcm = Int16Array.from({ length: samples }, (_, i) =>
    Math.round(9_000 * Math.sin((2 * Math.PI * 220 * (first + i)) / rateHz)),
  );
  return Buffer.from(pcm.buffer);
};

const speak = (response: ServerResponse, text: string, fault: Fault | undefined): void => {
  const totalMs = text.length * 60;
  response.writeHead(200, { 'content-type': 'audio/pcm' });
  for (let startMs = 0; startMs < totalMs; startMs += pieceMs) {
    response.write(tone(startMs));
  }
  if (fault === 'cut') {
    response.write('', () => response.destroy());
    return;
  }
  response.end();
};

/** A vendor on loopback that speaks the wire of `src/tts.ts`. Tests never call the real one. */
export const startVendor = async () => {
  let fault: Fault | undefined;
  const server = createServer((request, response) => {
    if (typeof fault === 'object') response.writeHead(fault.status).end();
    else if (request.url?.endsWith('/health') === true) response.end('{}');
    else {
      json(request).then(
        (body) => speak(response, (body as { text: string }).text, fault),
        () => response.destroy(),
      );
    }
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
