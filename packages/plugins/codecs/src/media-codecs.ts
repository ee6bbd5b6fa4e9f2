import { extname } from 'node:path';
import { type MediaCodecs, TthError } from '@tth/core/plugin';

/** The encoders' module as it lies beside this one: `.ts` in the source tree, `.js` once built. */
const moduleUrl = new URL(`./encoders${extname(import.meta.url)}`, import.meta.url).href;

/**
 * Names the encoders after having loaded them once. Package managers leave out a binary that does not exist for
 * a platform without a word; that is found here, as `plugin.error`, and not in the middle of a turn.
 */
export const createMediaCodecs = async (
  load: () => Promise<unknown> = () => import('./encoders.ts'),
): Promise<MediaCodecs> => {
  try {
    await load();
  } catch (cause) {
    throw new TthError(
      'plugin.error',
      'The encoders have no binary for this platform. Install @napi-rs/webcodecs with its optional package, or leave this plugin out: pictures then travel as poses or JPEG.',
      { cause, details: { platform: process.platform, arch: process.arch } },
    );
  }
  return { moduleUrl, video: ['h264', 'vp8'], audio: ['aac', 'opus'] };
};
