import { spawnSync } from 'node:child_process';

export const hasFfmpeg = spawnSync('ffprobe', ['-version']).status === 0;

/** Said by the tests that are skipped without it. */
export const noFfmpeg = 'needs ffprobe: install ffmpeg';

/** From the first thing that is shown or heard to the end of the last one. */
export interface Span {
  readonly startMs: number;
  readonly endMs: number;
  readonly packets: number;
  /** When each of them begins. */
  readonly startsMs: readonly number[];
}

/** Picture and sound of a file, as its packets say. `file`: its name or its bytes. */
export const spans = (file: string | Uint8Array): readonly [Span | undefined, Span | undefined] => {
  const probe = spawnSync(
    'ffprobe',
    [
      '-v',
      'error',
      '-show_entries',
      'packet=codec_type,pts_time,duration_time',
      '-of',
      'json',
      typeof file === 'string' ? file : 'pipe:0',
    ],
    { ...(typeof file !== 'string' && { input: file }), maxBuffer: 64 * 1024 * 1024 },
  );
  if (probe.status !== 0) throw new Error(probe.stderr.toString());
  const { packets } = JSON.parse(probe.stdout.toString()) as { packets: Record<string, string>[] };
  const spanOf = (kind: string): Span | undefined => {
    const own = packets
      .filter((packet) => packet['codec_type'] === kind)
      .map((packet) => ({
        start: Number(packet['pts_time']) * 1000,
        duration: Number(packet['duration_time'] ?? 0) * 1000,
      }));
    if (own.length === 0) return undefined;
    return {
      startMs: Math.min(...own.map(({ start }) => start)),
      endMs: Math.max(...own.map(({ start, duration }) => start + duration)),
      packets: own.length,
      startsMs: own.map(({ start }) => start),
    };
  };
  return [spanOf('video'), spanOf('audio')];
};

/** When the first sound of a file is heard, as a player decodes it. `file`: its name or its bytes. */
export const firstSoundMs = (file: string | Uint8Array): number => {
  const source = typeof file === 'string' ? file : 'pipe:0';
  const probe = spawnSync(
    'ffprobe',
    ['-v', 'error', '-select_streams', 'a', '-read_intervals', '%+#1'].concat([
      '-show_entries',
      'frame=pts_time',
      '-of',
      'csv=p=0',
      source,
    ]),
    typeof file === 'string' ? {} : { input: file },
  );
  return Number.parseFloat(probe.stdout.toString()) * 1000;
};
