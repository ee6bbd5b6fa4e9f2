import type { AvatarSpeech } from '@tth/core/plugin';
import { channelIndex, mouthOpening, neutralPose, type Pose } from '@tth/face';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Sound, speechOf, type SpeechOptions } from '../test/speech.ts';
import { createPoseTrack, framePtsUs, lookaheadUs, type PoseTrackOptions } from './pose-track.ts';

const options: PoseTrackOptions = { fps: 50, seed: 7, gaze: 'camera', headMotion: 'natural' };

const posesOf = (chunks: readonly AvatarSpeech[], given: PoseTrackOptions = options): Pose[] => {
  const track = createPoseTrack(given);
  const poses: Pose[] = [];
  const writeReady = (): void => {
    while (track.readyFrames > 0) {
      const pose = neutralPose();
      track.write(pose);
      poses.push(pose);
    }
  };
  for (const chunk of chunks) {
    track.add(chunk);
    writeReady();
  }
  track.end();
  writeReady();
  return poses;
};

/** How open the mouth is in each frame that lies within the given milliseconds. */
const openings = (poses: readonly Pose[], fromMs: number, toMs: number): number[] =>
  poses.filter((_, k) => k * 20 >= fromMs && k * 20 < toMs).map(mouthOpening);

const say = (sounds: readonly Sound[], given?: SpeechOptions, track?: PoseTrackOptions): Pose[] =>
  posesOf(speechOf(sounds, given), track);

describe('pose track', () => {
  it('opens the mouth for vowels and closes it in pauses', () => {
    const poses = say([{ ms: 200 }, { ipa: 'aː', ms: 300 }, { ms: 400 }, { ipa: 'aː', ms: 300 }]);

    expect(Math.max(...openings(poses, 0, 140))).toBe(0);
    expect(Math.min(...openings(poses, 260, 440))).toBeGreaterThan(0.5);
    expect(Math.max(...openings(poses, 600, 840))).toBe(0);
    expect(Math.min(...openings(poses, 960, 1140))).toBeGreaterThan(0.5);
  });

  it('shows the lips meet in a p between two vowels, even in fast speech', () => {
    const poses = say([
      { ipa: 'a', ms: 80 },
      { ipa: 'p', ms: 30 },
      { ipa: 'a', ms: 80 },
    ]);

    expect(Math.min(...openings(poses, 40, 140))).toBe(0);
    expect(Math.max(...poses.map((pose) => pose[channelIndex.PP]!))).toBeGreaterThanOrEqual(0.8);
  });

  it('closes the mouth within the 200 ms after the last sound', () => {
    const poses = say([{ ipa: 'aː', ms: 400 }]);

    expect(poses).toHaveLength(30);
    expect(mouthOpening(poses.at(-1)!)).toBe(0);
  });

  it('opens wider for a loud vowel than for a quiet one', () => {
    const poses = say([{ ipa: 'aː', ms: 300 }, { ms: 200 }, { ipa: 'aː', ms: 300, loud: 0.2 }]);

    expect(Math.max(...openings(poses, 100, 250))).toBeGreaterThan(
      1.2 * Math.max(...openings(poses, 600, 750)),
    );
  });

  it('moves the lips with the loudness of a voice that gives no phonemes', () => {
    const poses = say([{ ipa: 'a', ms: 300 }, { ms: 300 }, { ipa: 'a', ms: 300 }], { spelled: false });

    expect(Math.min(...openings(poses, 60, 260))).toBeGreaterThan(0.2);
    expect(Math.max(...openings(poses, 340, 560))).toBe(0);
    expect(Math.min(...openings(poses, 660, 860))).toBeGreaterThan(0.2);
  });

  it('goes by phonemes again as soon as a sentence has them', () => {
    const unspelled = speechOf([{ ipa: 'a', ms: 300 }], { spelled: false });
    const spelled = speechOf([{ ipa: 'm', ms: 300 }], { sentence: 1, startMs: 300 });

    const poses = posesOf([...unspelled, ...spelled]);

    expect(Math.min(...openings(poses, 60, 240))).toBeGreaterThan(0.2);
    expect(Math.max(...openings(poses, 360, 500))).toBe(0);
  });

  it('gives the same poses for the same seed and others for another seed', () => {
    const sounds = [{ ipa: 'a', ms: 300 }];

    expect(say(sounds)).toEqual(say(sounds));
    expect(say(sounds, {}, { ...options, seed: 8 })).not.toEqual(say(sounds));
  });

  it('gives the same mouth however the speech is cut into chunks', () => {
    const sounds = [
      { ms: 120 },
      { ipa: 'h', ms: 70 },
      { ipa: 'ɛ', ms: 90 },
      { ipa: 'l', ms: 60 },
      { ipa: 'oʊ', ms: 180 },
      { ms: 260 },
      { ipa: 'm', ms: 80 },
      { ipa: 'iː', ms: 150 },
    ];
    const whole = say(sounds, { chunkMs: 2_000 }).map(mouthOpening);

    fc.assert(
      fc.property(fc.integer({ min: 10, max: 900 }), (chunkMs) => {
        const cut = say(sounds, { chunkMs }).map(mouthOpening);
        expect(cut).toHaveLength(whole.length);
        const worst = Math.max(...cut.map((opening, k) => Math.abs(opening - whole[k]!)));
        expect(worst).toBeLessThan(0.02);
      }),
    );
  });

  it('holds a frame back until the speech around it is known', () => {
    const track = createPoseTrack(options);
    const [first] = speechOf([{ ipa: 'a', ms: 400 }], { chunkMs: 200 });

    track.add(first!);

    expect(track.readyFrames).toBe(Math.ceil((200_000 - lookaheadUs) / 20_000));
  });

  it('lets the last frames of a sentence go before the next sentence is there', () => {
    const track = createPoseTrack(options);

    for (const chunk of speechOf([{ ipa: 'a', ms: 200 }])) track.add(chunk);

    expect(track.readyFrames).toBe(10);
  });

  it('begins with the first frame of the speech when that is in the middle of a turn', () => {
    const track = createPoseTrack(options);

    for (const chunk of speechOf([{ ipa: 'a', ms: 200 }], { startMs: 1_010 })) track.add(chunk);

    expect(track.nextFrame).toBe(51);
    expect(framePtsUs(51, 50)).toBe(1_020_000);
  });

  it('eases into the emotion of each sentence', () => {
    const smile = (pose: Pose | undefined): number => pose![channelIndex.mouthSmile]!;
    const happy = { label: 'happy', intensity: 1 } as const;

    const poses = posesOf([
      ...speechOf([{ ms: 600 }]),
      ...speechOf([{ ms: 800 }], { sentence: 1, startMs: 600, emotion: happy }),
    ]);

    expect(smile(poses[29])).toBe(0);
    expect(smile(poses[40])).toBeGreaterThan(0.1);
    expect(smile(poses[40])).toBeLessThan(smile(poses[65]));
  });

  it('keeps the head at rest when it is asked to be still, and turns the eyes where they are asked to', () => {
    const still = say([{ ipa: 'a', ms: 800 }], {}, { ...options, headMotion: 'still' });
    const away = say([{ ipa: 'a', ms: 800 }], {}, { ...options, gaze: 'away-left' });

    expect(
      still.every((pose) => pose[channelIndex.headYaw] === 0 && pose[channelIndex.headPitch] === 0),
    ).toBe(true);
    expect(away.every((pose) => pose[channelIndex.gazeX]! < -0.3)).toBe(true);
  });
});
