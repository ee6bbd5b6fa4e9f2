import { type HttpVendor, type Step, startHttpVendor } from '@tth/testkit';

/** How loud each of `frames` equal parts of the sound is, as an open mouth. */
const mouths = (pcm: Int16Array, frames: number): Step[] =>
  Array.from({ length: frames }, (_, frame) => {
    const part = pcm.subarray((frame * pcm.length) / frames, ((frame + 1) * pcm.length) / frames);
    const loudest = part.reduce((most, sample) => Math.max(most, Math.abs(sample)), 0);
    const line = `${JSON.stringify({ open: Math.min(1, loudest / 16_000) })}\n`;
    return { kind: 'piece', bytes: Buffer.from(line) };
  });

/** A vendor on loopback that speaks the wire of `src/wire.ts`. Tests never call the real one. */
export const startVendor = (): Promise<HttpVendor> =>
  startHttpVendor({
    answer: ({ path, body }) => {
      if (path !== '/mouth') return undefined;
      const bytes = new Uint8Array(Buffer.from(String(body?.['sound']), 'base64'));
      const steps = mouths(new Int16Array(bytes.buffer), Number(body?.['frames']));
      return { contentType: 'application/x-ndjson', steps };
    },
    facts: { '/health': { ok: true } },
  });
