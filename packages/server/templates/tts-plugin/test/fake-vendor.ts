import { type HttpVendor, speechSteps, startHttpVendor } from '@tth/testkit';

/** A vendor on loopback that speaks the wire of `src/tts.ts`: a tone as raw sound. Tests never call the real one. */
export const startVendor = (): Promise<HttpVendor> =>
  startHttpVendor({
    answer: ({ path, body }) => {
      if (path !== '/speech') return undefined;
      const msPerCharacter = 25 / Number(body?.['rate']);
      const steps = speechSteps(String(body?.['text']), { rateHz: 16_000, msPerCharacter });
      return { contentType: 'audio/pcm', steps };
    },
    facts: { '/health': { ok: true } },
  });
