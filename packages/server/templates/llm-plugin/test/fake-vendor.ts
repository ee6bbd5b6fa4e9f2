import { once } from 'node:events';
import { type ServerResponse, createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

/** What the vendor does wrong: refuses with a status, or closes the connection in the middle of an answer. */
export type Fault = { readonly status: number } | 'cut';

const reply = ['The sea is deep, ', 'and most of it ', 'has never been seen.'];

const answer = (response: ServerResponse, fault: Fault | undefined): void => {
  const line = (value: object): void => void response.write(`${JSON.stringify(value)}\n`);
  response.writeHead(200, { 'content-type': 'application/x-ndjson' });
  for (const text of reply) line({ text });
  if (fault === 'cut') {
    response.write('', () => response.destroy());
    return;
  }
  line({ done: { inputTokens: 20, outputTokens: 12 } });
  response.end();
};

/** A vendor on loopback that speaks the wire of `src/wire.ts`. Tests never call the real one. */
export const startVendor = async () => {
  let fault: Fault | undefined;
  const server = createServer((request, response) => {
    request.resume();
    request.on('end', () => {
      if (typeof fault === 'object') response.writeHead(fault.status).end();
      else if (request.url?.endsWith('/health') === true) response.end('{}');
      else answer(response, fault);
    });
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
