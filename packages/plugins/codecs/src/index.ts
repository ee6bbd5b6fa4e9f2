import { apiVersion, definePlugin, defineService } from '@tth/core/plugin';
import { createMediaCodecs } from './media-codecs.ts';

/** Encoders for live video and for recordings, as the `mediaCodecs` service. */
export default definePlugin({
  name: '@tth/plugin-codecs',
  apiVersion,
  services: [defineService({ port: 'mediaCodecs', create: () => createMediaCodecs() })],
});
