// Milliseconds per drawn frame and microseconds per sampled pose: `node bench/draw.ts [sizePx]` in packages/face.
import { createCanvas } from '@napi-rs/canvas';
import {
  addIdleMotion,
  addSpeakingMotion,
  characters,
  createExpressionTrack,
  createFacePainter,
  createVisemeTrack,
  encodePose,
  neutralPose,
  phonemesToCues,
  poseSize,
} from '../src/index.ts';
import type { CharacterId } from '../src/index.ts';

const sizePx = Number(process.argv[2] ?? 512);
const frameUs = 40_000;
const sounds = 'h ə l oʊ w ɜː l d aɪ m p f ɑː s'.split(' ');

const visemes = createVisemeTrack();
visemes.add(
  phonemesToCues(
    Array.from({ length: 400 }, (_, i) => ({
      ipa: sounds[i % sounds.length] ?? 'a',
      startUs: i * 80_000,
      durationUs: 80_000,
    })),
  ),
);
const expressions = createExpressionTrack();
expressions.set('happy', 0.7, 0);

const poseAt = (frame: number, pose = neutralPose()) => {
  const atUs = (frame * frameUs) % visemes.endUs;
  pose.fill(0);
  visemes.sample(atUs, pose);
  expressions.sample(atUs, pose);
  addIdleMotion(1, frame * frameUs, pose);
  addSpeakingMotion(1, atUs, 0.6, 'natural', pose);
  return pose;
};

/** Time of one call in milliseconds after a warm-up: the tenth percentile, which a busy machine disturbs least. */
const quietMs = (runs: number, call: (run: number) => void): number => {
  const times: number[] = [];
  for (let run = -20; run < runs; run += 1) {
    const startMs = performance.now();
    call(run + 20);
    if (run >= 0) times.push(performance.now() - startMs);
  }
  return times.sort((a, b) => a - b)[Math.floor(runs / 10)] ?? NaN;
};

for (const character of Object.keys(characters) as CharacterId[]) {
  const canvas = createCanvas(sizePx, sizePx);
  const context = canvas.getContext('2d');
  const painter = createFacePainter({ character, widthPx: sizePx, heightPx: sizePx, createCanvas });
  const draw = (frame: number): void => painter.draw(context, poseAt(frame));
  // Drawing only records; one pixel read makes it happen, the whole picture read adds the copy.
  const drawnMs = quietMs(300, (frame) => (draw(frame), context.getImageData(0, 0, 1, 1)));
  const readMs = quietMs(300, (frame) => (draw(frame), canvas.data()));
  console.log(
    `${character} ${sizePx}px: draw ${drawnMs.toFixed(2)} ms, draw and read ${readMs.toFixed(2)} ms`,
  );
}

const bytes = new Uint8Array(poseSize);
const pose = neutralPose();
const batch = 1_000;
const batchMs = quietMs(100, (run) => {
  for (let i = 0; i < batch; i += 1) encodePose(poseAt(run * batch + i, pose), bytes);
});
console.log(`pose sampled and encoded: ${((batchMs / batch) * 1_000).toFixed(2)} µs`);
