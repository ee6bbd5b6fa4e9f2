import { decodePose, mouthOpening, poseSize } from '@tth/face';
import type { TestServer } from '../support/start-tth.ts';
import { type Alignment, type Look, align, onGrid } from './correlate.ts';
import { levelMs } from './recorder.ts';

const samplesPerMs = 24;

/**
 * How the mouth lies to the sound as the server sends them, by their times: lips are shaped ahead of what they say, and
 * are widest where speech is not loudest, so this is not zero.
 */
export const alignmentAsMade = async (
  server: TestServer,
  text: string,
  mostMs: number,
): Promise<Alignment> => {
  const client = await server.connect({ video: ['pose'], listensInstantly: true });
  client.send({ type: 'say', clientMsgId: 'as-made', text });
  await client.next('turn_completed');
  await client.settled();
  client.close();
  const samples = new Map<number, number>();
  const poses: Look[] = [];
  for (const { kind, ptsUs, durationUs, payload } of client.media) {
    if (kind === 'audio') {
      const first = Math.round((ptsUs * samplesPerMs) / 1000);
      const view = new DataView(payload.buffer, payload.byteOffset, payload.byteLength);
      for (let n = 0; n < payload.byteLength / 2; n++) {
        const level = Math.floor((first + n) / (samplesPerMs * levelMs));
        samples.set(level, (samples.get(level) ?? 0) + (view.getInt16(n * 2, true) / 32_768) ** 2);
      }
    } else {
      const count = Math.floor(payload.byteLength / poseSize);
      for (let n = 0; n < count; n++) {
        const pose = decodePose(payload.subarray(n * poseSize, (n + 1) * poseSize));
        poses.push({ atMs: (ptsUs + (durationUs * n) / count) / 1000, value: mouthOpening(pose) });
      }
    }
  }
  const count = Math.max(...samples.keys()) + 1;
  const levels = Array.from({ length: count }, (_, n) =>
    Math.sqrt((samples.get(n) ?? 0) / (samplesPerMs * levelMs)),
  );
  const mouth = onGrid(smooth(poses), levelMs / 2, levelMs, count);
  return align(levels, mouth, levelMs, mostMs);
};

/** Between two poses the face moves evenly: what is drawn of it sixty times a second. */
const smooth = (poses: readonly Look[]): Look[] =>
  poses.flatMap((from, n) => {
    const to = poses[n + 1];
    if (to === undefined) return [from];
    const steps = Math.max(1, Math.round((to.atMs - from.atMs) / levelMs));
    return Array.from({ length: steps }, (_, step) => ({
      atMs: from.atMs + ((to.atMs - from.atMs) * step) / steps,
      value: from.value + ((to.value - from.value) * step) / steps,
    }));
  });
