import { neutralControls } from '@tth/core';
import {
  type AvatarAdapter,
  type AvatarControl,
  type AvatarSpeech,
  type TtsAdapter,
  samplesToUs,
} from '@tth/core/plugin';
import { createInferContext } from '@tth/testkit';
import { type Figure, atLeast, quantile, single } from '../measure.ts';
import { adapterOf, startPackages, synthesize } from '../plugins.ts';

type Codec = 'pose' | 'h264';

const fps = 25;
const text =
  'Let me tell you what I see from here. There is a lake, and the light on it changes all the time. ' +
  'Would you like to hear more?';
const emotion = { label: 'warm', intensity: 0.7 } as const;

const render = { ...neutralControls.render, fps, widthPx: 512, heightPx: 512 };

/** Real speech with real phonemes, so that the face has something to do. */
const speechBy = async (voice: TtsAdapter): Promise<AvatarSpeech[]> => {
  let samples = 0;
  return (await synthesize(voice, text)).map(({ pcm, words, phonemes }) => {
    const ptsUs = samplesToUs(samples);
    samples += pcm.length;
    const durationUs = samplesToUs(samples) - ptsUs;
    return { sentence: 0, sentenceEnd: false, ptsUs, durationUs, pcm, words, phonemes, emotion };
  });
};

async function* streamOf(speech: readonly AvatarSpeech[]): AsyncGenerator<AvatarSpeech, void> {
  yield* speech;
}

/** Frames of one performance: by duration, because several poses travel in one picture. */
const perform = async (
  face: AvatarAdapter,
  speech: readonly AvatarSpeech[],
  codec: Codec,
): Promise<number> => {
  const control: AvatarControl = {
    ...render,
    codec,
    character: neutralControls.character,
    takeKeyFrameRequest: () => false,
  };
  let durationUs = 0;
  const outputs = face.inferStream(
    { kind: 'audio', speech: streamOf(speech) },
    control,
    createInferContext(),
  );
  for await (const output of outputs) if (output.type === 'picture') durationUs += output.frame.durationUs;
  return (durationUs * fps) / 1e6;
};

const measure = async (
  face: AvatarAdapter,
  speech: readonly AvatarSpeech[],
  codec: Codec,
  rounds: number,
  targetStreams: number,
): Promise<Figure[]> => {
  await perform(face, speech, codec);
  const msPerFrame: number[] = [];
  let frames = 0;
  for (let round = 0; round < rounds; round++) {
    const before = process.cpuUsage();
    const drawn = await perform(face, speech, codec);
    const { user, system } = process.cpuUsage(before);
    msPerFrame.push((user + system) / 1000 / drawn);
    frames += drawn;
  }
  const median = quantile(msPerFrame, 0.5);
  const streams = 1000 / fps / median;
  return [
    single(`puppet, ${codec}: CPU per frame`, 'ms', median, Math.round(frames)),
    single(
      `puppet, ${codec}: real-time streams per core`,
      'streams',
      streams,
      rounds,
      atLeast(targetStreams, streams),
    ),
  ];
};

/** What the puppet's picture costs, drawn and encoded at 512 × 512 and 25 frames a second, threads included. */
export const measurePuppet = async (isQuick: boolean): Promise<Figure[]> => {
  const packages = ['@tth/plugin-codecs', '@tth/plugin-espeak', '@tth/plugin-puppet'];
  const host = await startPackages(packages, { espeak: { workers: 1 }, puppet: { workers: 1 } });
  try {
    const face = adapterOf(host, 'avatar');
    const speech = await speechBy(adapterOf(host, 'tts'));
    return [
      ...(await measure(face, speech, 'pose', isQuick ? 20 : 200, 1_000)),
      ...(await measure(face, speech, 'h264', isQuick ? 1 : 5, 4)),
    ];
  } finally {
    await host.close();
  }
};
