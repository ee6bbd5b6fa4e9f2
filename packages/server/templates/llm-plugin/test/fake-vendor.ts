import { type HttpVendor, type Step, startHttpVendor } from '@tth/testkit';

const reply = ['The sea is deep, ', 'and most of it ', 'has never been seen.'];

const line = (value: object): Step => ({ kind: 'piece', bytes: Buffer.from(`${JSON.stringify(value)}\n`) });

/** A vendor on loopback that speaks the wire of `src/wire.ts`. Tests never call the real one. */
export const startVendor = (): Promise<HttpVendor> =>
  startHttpVendor({
    answer: ({ path }) => {
      if (path !== '/chat') return undefined;
      const end = line({ done: { inputTokens: 20, outputTokens: 12 } });
      return { contentType: 'application/x-ndjson', steps: [...reply.map((text) => line({ text })), end] };
    },
    facts: { '/health': { ok: true } },
  });
