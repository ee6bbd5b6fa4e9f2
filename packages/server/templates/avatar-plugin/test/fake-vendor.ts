import { type HttpVendor, type Step, startHttpVendor } from '@tth/testkit';

/** How loud each of `frames` equal parts of the sound is, as open mouths. */
const mouths = (pcm: Int16Array, frames: number): Step => {
  const open = Array.from({ length: frames }, (_, frame) => {
    const part = pcm.subarray((frame * pcm.length) / frames, ((frame + 1) * pcm.length) / frames);
    const loudest = part.reduce((most, sample) => Math.max(most, Math.abs(sample)), 0);
    return Math.min(1, loudest / 16_000);
  });
  return { kind: 'piece', bytes: Buffer.from(`${JSON.stringify({ open })}\n`) };
};

/** A vendor on loopback that speaks the wire of `src/wire.ts`. Tests never call the real one. */
export const startVendor = (): Promise<HttpVendor> =>
  startHttpVendor({
    answer: ({ path, body }) => {
      if (path !== '/mouth') return undefined;
      const bytes = new Uint8Array(Buffer.from(String(body?.['sound']), 'base64'));
      const line = mouths(new Int16Array(bytes.buffer), Number(body?.['frames']));
      return { contentType: 'application/x-ndjson', steps: [line] };
    },
    facts: { '/health': { ok: true } },
  });
