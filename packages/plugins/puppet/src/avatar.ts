import { availableParallelism } from 'node:os';
import {
  type AvatarCapabilities,
  type AvatarControl,
  type AvatarImplementation,
  type AvatarInput,
  type AvatarOutput,
  defineAvatar,
  emotionLabels,
  framings,
  type InferContext,
  type MediaCodecs,
  type PictureCodec,
  type PictureFrame,
  TthError,
} from '@tth/core/plugin';
import { characters, encodePose, neutralPose, poseChannels, poseSize } from '@tth/face';
import * as z from 'zod';
import { chooseLook, fpsRange, type Look, lookMap, sizeRangePx } from './look.ts';
import { drawnPictures, posePictures } from './pictures.ts';
import { createPool, type Pool } from './pool.ts';
import { type PoseRun, poseRuns } from './pose-runs.ts';
import { lookaheadUs } from './pose-track.ts';
import type { DrawingSpec } from './worker-messages.ts';

const options = z.strictObject({
  /** Threads that draw. They start with the first drawn turn; poses need none. */
  workers: z
    .int()
    .min(1)
    .max(64)
    .default(() => Math.min(2, Math.max(1, availableParallelism() - 1))),
  jpegQuality: z.int().min(1).max(100).default(75),
  /** Bits per second of video of 512 × 512 pixels; other sizes get their share by area. */
  bitrate: z.int().min(50_000).max(20_000_000).default(800_000),
  /** Marks every picture, drawn here or by the client, as synthetic: "AI" in a corner. */
  badge: z.boolean().default(false),
  /** Starts a worker and bakes Mira at boot, so that the first drawn turn begins sooner. */
  warmup: z.boolean().default(false),
});
type PuppetOptions = z.output<typeof options>;

/** Poses that travel together: a fifth of a second at 25 frames a second. */
const posesPerPicture = 5;
/** Frames that a worker draws before it looks at another drawing, or at an abort of this one. */
const framesPerDraw = 2;
const bitratePixels = 512 * 512;

const deliveryOf = (codecs: MediaCodecs | undefined): PictureCodec[] => [
  'pose',
  ...(codecs?.video ?? []),
  'jpeg',
];

const capabilitiesOf = (codecs: MediaCodecs | undefined): AvatarCapabilities => ({
  stage: 'avatar',
  input: 'audio',
  delivery: deliveryOf(codecs),
  pace: {
    fasterThanRealTime: true,
    prebufferMs: lookaheadUs / 1000,
    joinTimeoutMs: 0,
    reportsPlayback: false,
  },
  identities: Object.keys(characters),
  controls: {
    emotions: emotionLabels,
    framings: framings.filter((framing) => framing in lookMap.framing.values),
    gaze: true,
    headMotion: true,
    background: true,
    fps: fpsRange,
    sizePx: sizeRangePx,
  },
  map: lookMap,
});

/** FNV-1a: spreads turn ids over seeds. */
const seedOf = (text: string): number => {
  let hash = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193);
  return hash >>> 0;
};

const drawingSpec = (
  codec: DrawingSpec['codec'],
  look: Look,
  { bitrate, jpegQuality }: PuppetOptions,
  codecs: MediaCodecs | undefined,
  bitrateShare = 1,
): DrawingSpec => ({
  ...look,
  codec,
  bitrate: Math.round((bitrate * bitrateShare * look.widthPx * look.heightPx) / bitratePixels),
  jpegQuality: Math.max(1, Math.round(jpegQuality * bitrateShare)),
  codecsUrl: codecs?.moduleUrl,
});

const drawOnce = async (pool: Pool, spec: DrawingSpec, signal: AbortSignal): Promise<void> => {
  const drawing = pool.open(spec, signal);
  const poses = new Uint8Array(poseSize);
  encodePose(neutralPose(), poses);
  await drawing.draw([{ ptsUs: 0, key: true }], poses);
  drawing.release();
};

const createPuppet = (given: PuppetOptions, codecs: MediaCodecs | undefined): AvatarImplementation => {
  const pool = createPool({ maxWorkers: given.workers });
  const delivery = deliveryOf(codecs);

  const pictures = (
    runs: AsyncGenerator<PoseRun, void, undefined>,
    look: Look,
    control: AvatarControl,
    signal: AbortSignal,
  ): AsyncGenerator<PictureFrame, void, undefined> => {
    const { fps } = look;
    const { codec, bitrateShare } = control;
    if (codec !== 'h264' && codec !== 'vp8' && codec !== 'jpeg') return posePictures(runs, fps);
    const drawing = pool.open(drawingSpec(codec, look, given, codecs, bitrateShare), signal);
    return drawnPictures(runs, drawing, {
      codec,
      fps,
      takeKeyFrameRequest: () => control.takeKeyFrameRequest(),
    });
  };

  async function* inferStream(
    input: AvatarInput,
    control: AvatarControl,
    context: InferContext,
  ): AsyncGenerator<AvatarOutput, void, undefined> {
    if (input.kind !== 'audio') {
      throw new TthError('provider.rejected', 'The puppet has no voice: give it speech, not text.');
    }
    const { codec, gaze, headMotion } = control;
    if (!delivery.includes(codec)) {
      throw new TthError(
        'provider.rejected',
        'The puppet does not deliver that codec here. Ask for one that it lists.',
        {
          details: { codec, delivery },
        },
      );
    }
    const look = chooseLook(control, given.badge);
    const { character, widthPx, heightPx, fps, badge } = look;
    const format = { codec, widthPx, heightPx, fps };
    yield {
      type: 'format',
      format:
        codec === 'pose' ? { ...format, channels: poseChannels, character, ...(badge && { badge }) } : format,
    };

    const framesPerRun = codec === 'pose' ? posesPerPicture : framesPerDraw;
    const seed = seedOf(context.turnId);
    // However the stream ends, by itself, by an abort or by a consumer that leaves: this ends what it started.
    const stop = new AbortController();
    const signal = AbortSignal.any([context.signal, stop.signal]);
    let pictureUs = 0;
    try {
      const runs = poseRuns(input.speech, { fps, seed, gaze, headMotion, framesPerRun }, signal);
      for await (const frame of pictures(runs, look, control, signal)) {
        if (signal.aborted) return;
        pictureUs += frame.durationUs;
        yield { type: 'picture', frame };
      }
    } finally {
      stop.abort();
      context.usage({ unit: 'video_ms', amount: Math.round(pictureUs / 1000) });
    }
  }

  return {
    inferStream,
    health: async () => ({ status: 'ok', detail: `Drawings: ${pool.drawings}; workers: ${pool.workers}.` }),
    warmup: async (signal) => {
      if (!given.warmup) return;
      const codec = codecs?.video[0] ?? 'jpeg';
      const look = chooseLook({
        codec,
        identity: 'mira',
        widthPx: 512,
        heightPx: 512,
        fps: 25,
        framing: 'bust',
        background: 'studio',
      });
      await drawOnce(pool, drawingSpec(codec, look, given, codecs), signal);
    },
    close: () => pool.close(),
  };
};

/** The drawn face: lips from phonemes or loudness, expression from the sentence's emotion, as poses or as video. */
export const puppetAvatar = defineAvatar({
  id: 'puppet',
  options,
  capabilities: (_, { mediaCodecs }) => capabilitiesOf(mediaCodecs),
  create: (given, { services }) => createPuppet(given, services.mediaCodecs),
});
