/* oxlint-disable no-console -- a command that prints its figures */
import {
  type AvatarControl,
  createIds,
  type InferContext,
  neutralControls,
  seededRandom,
  silentLog,
  systemClock,
  createHttp,
  createSockets,
} from '@tth/core/plugin';
import { poseSize } from '@tth/face';
import { puppetAvatar } from '../src/avatar.ts';
import { speechOf, streamOf } from './speech.ts';

// Prints what one frame of each codec costs in processor time, threads included, and how many streams that makes.

const fps = 25;
const mediaCodecs = {
  moduleUrl: new URL('../../codecs/src/encoders.ts', import.meta.url).href,
  video: ['h264', 'vp8'],
  audio: [],
} as const;

const sounds = ['h', 'ɛ', 'l', 'oʊ', 'm', 'aɪ', 'n', 'eɪ', 'p', 's'].map((ipa) => ({ ipa, ms: 100 }));
const speech = Array.from({ length: 10 }, (_, sentence) =>
  speechOf(sounds, { sentence, startMs: sentence * 1_000, emotion: { label: 'warm', intensity: 0.7 } }),
).flat();

const ids = createIds(seededRandom(1));
const context = (): InferContext => ({
  signal: new AbortController().signal,
  deadline: Number.POSITIVE_INFINITY,
  sessionId: ids.session(),
  turnId: ids.turn(),
  epoch: 0,
  attempt: 0,
  locale: 'en-US',
  clock: systemClock,
  log: silentLog,
  usage: () => {},
});

const puppet = puppetAvatar.create(puppetAvatar.options.parse({ workers: 1 }), {
  clock: systemClock,
  random: seededRandom(2),
  log: silentLog,
  secrets: { reveal: () => '' },
  http: createHttp({ clock: systemClock, log: silentLog }),
  socket: createSockets({ clock: systemClock, log: silentLog }),
  services: { mediaCodecs },
});

/** Ten seconds of speech; gives the number of frames. */
const perform = async (codec: AvatarControl['codec']): Promise<number> => {
  const control: AvatarControl = {
    ...neutralControls.render,
    fps,
    codec,
    character: neutralControls.character,
    takeKeyFrameRequest: () => false,
  };
  let frames = 0;
  for await (const output of puppet.inferStream(
    { kind: 'audio', speech: streamOf(speech) },
    control,
    context(),
  )) {
    if (output.type === 'picture') frames += codec === 'pose' ? output.frame.data.length / poseSize : 1;
  }
  return frames;
};

const rounds = { pose: 100, h264: 2, jpeg: 2, vp8: 1 } as const;
for (const codec of ['pose', 'h264', 'jpeg', 'vp8'] as const) {
  await perform(codec);
  const before = process.cpuUsage();
  let frames = 0;
  for (let round = 0; round < rounds[codec]; round++) frames += await perform(codec);
  const { user, system } = process.cpuUsage(before);
  const msPerFrame = (user + system) / 1000 / frames;
  const streams = 1000 / fps / msPerFrame;
  console.log(
    `${codec}: ${msPerFrame.toFixed(4)} ms a frame, ${streams.toFixed(1)} real-time streams per core`,
  );
}
await puppet.close?.();
