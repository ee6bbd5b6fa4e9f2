import { type AvatarOutput, TthError, defineAvatar, pcmBytes, secretRef } from '@tth/core/plugin';
import * as z from 'zod';
import { mouthLine } from './wire.ts';

const fps = 25;
const frameUs = 1_000_000 / fps;
/** Sound of this many pictures goes out at a time. */
const framesPerCall = 10;

/** The first channels of a pose, in wire order. This face opens its mouth (`aa`) and does nothing else. */
const channels = 'sil PP FF TH DD kk CH SS nn RR aa E ih oh ou'.split(' ');

const picture = (frame: number, open: number): AvatarOutput => {
  const data = new Uint8Array(channels.length);
  data[channels.indexOf('aa')] = Math.round(open * 255);
  return {
    type: 'picture',
    frame: { codec: 'pose', key: true, ptsUs: frame * frameUs, durationUs: frameUs, data },
  };
};

/** A face of a made-up vendor that says how far the mouth is open. Put your vendor's calls in their place. */
export const acmePlugin = defineAvatar({
  id: 'acme-plugin',
  options: z.strictObject({
    apiKey: secretRef('ACME_PLUGIN_KEY'),
    baseUrl: z.url().default('https://api.acme-plugin.example/v1'),
  }),
  capabilities: {
    stage: 'avatar',
    input: 'audio',
    delivery: ['pose'],
    pace: {
      fasterThanRealTime: true,
      prebufferMs: (framesPerCall * frameUs) / 1000,
      joinTimeoutMs: 0,
      reportsPlayback: false,
    },
    identities: [],
    controls: {
      emotions: [],
      framings: [],
      gaze: false,
      headMotion: false,
      background: false,
      fps: { min: fps, max: fps },
      sizePx: { min: 64, max: 1_024 },
    },
  },
  create: ({ apiKey, baseUrl }, { http, secrets }) => {
    const headers = { authorization: `Bearer ${secrets.reveal(apiKey)}` };
    return {
      async *inferStream(input, { widthPx, heightPx, identity }, { signal }) {
        if (input.kind !== 'audio') {
          throw new TthError('provider.rejected', 'This face has no voice: give it speech, not text.');
        }
        const format = { codec: 'pose', widthPx, heightPx, fps, channels, character: identity } as const;
        yield { type: 'format', format };
        let frame = 0;
        let sound: Uint8Array[] = [];
        for await (const { pcm, ptsUs, durationUs, sentenceEnd } of input.speech) {
          if (signal.aborted) return;
          sound.push(pcmBytes(pcm));
          const frames = Math.ceil((ptsUs + durationUs) / frameUs) - frame;
          if (frames <= 0 || (frames < framesPerCall && !sentenceEnd)) continue;
          const json = { frames, sound: Buffer.concat(sound).toString('base64') };
          sound = [];
          const end = frame + frames;
          const response = await http.post(`${baseUrl}/mouth`, { headers, json, signal });
          for await (const { open } of response.ndjson((value) => mouthLine.parse(value))) {
            for (const each of open) yield picture(frame++, each);
          }
          if (signal.aborted) return;
          if (frame === end) continue;
          throw new TthError(
            'provider.protocol_error',
            'The face gave another number of pictures than were asked for.',
          );
        }
      },
      health: async (signal) => {
        await (await http.get(`${baseUrl}/health`, { headers, signal })).json();
        return { status: 'ok' };
      },
    };
  },
});
