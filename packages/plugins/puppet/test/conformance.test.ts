import { startAdapter } from '@tth/testkit';
import { avatarConformance } from '@tth/testkit/conformance';
import plugin from '../src/index.ts';

const mediaCodecs = {
  moduleUrl: new URL('fake-codecs.ts', import.meta.url).href,
  video: ['h264', 'vp8'] as const,
  audio: [],
};

avatarConformance(
  'puppet',
  () => startAdapter(plugin, 'avatar', 'puppet', { options: { workers: 1 }, services: { mediaCodecs } }),
  ['pose', 'jpeg', 'h264', 'vp8'],
);
