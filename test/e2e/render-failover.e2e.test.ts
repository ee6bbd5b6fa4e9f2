import { spawnSync } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { scriptedPlugin, scriptedTts } from '@tth/testkit';
import { patience, startTth } from '../support/start-tth.ts';

const hasFfmpeg = spawnSync('ffprobe', ['-version']).status === 0;
const named = (name: string) => ({ name, load: () => import(name) as Promise<unknown> });

describe('a video whose voice dies in the middle of a sentence', () => {
  it.skipIf(!hasFfmpeg)(
    `still has sound and picture of one length, in order${hasFfmpeg ? '' : ' (skipped: needs ffprobe, install ffmpeg)'}`,
    async () => {
      const first = scriptedTts({ id: 'first', script: { failAt: 30 } });
      const second = scriptedTts({ id: 'second' });
      const server = await startTth({
        plugins: [
          scriptedPlugin([first.definition, second.definition]),
          named('@tth/plugin-codecs'),
          named('@tth/plugin-puppet'),
        ],
        policies: patience,
      });
      const folder = await mkdtemp(path.join(tmpdir(), 'tth-render-'));
      try {
        const text = 'This sentence is long enough for a voice to die in it. And here comes another one.';
        const response = await fetch(`${server.url}/v1/generate`, {
          method: 'POST',
          body: JSON.stringify({ text }),
        });
        const file = path.join(folder, 'out.mp4');
        await writeFile(file, Buffer.from(await response.arrayBuffer()));

        const probe = spawnSync('ffprobe', ['-v', 'error', '-show_packets', '-of', 'json', file]);
        const { packets } = JSON.parse(probe.stdout.toString()) as {
          packets: { codec_type: string; pts_time: string }[];
        };
        const timesOf = (type: string): number[] =>
          packets.filter((packet) => packet.codec_type === type).map((packet) => Number(packet.pts_time));
        const video = timesOf('video');
        const audio = timesOf('audio');

        expect(first.log.calls.length).toBeGreaterThan(0);
        expect(second.log.calls.length).toBeGreaterThan(0);
        expect(video).toEqual(video.toSorted((a, b) => a - b));
        expect(new Set(video.map((time) => Math.round(time * 25))).size).toBe(video.length);
        expect(video.length).toBe(Math.round(video.at(-1)! * 25) + 1);
        expect(Math.abs(video.at(-1)! - audio.at(-1)!)).toBeLessThan(0.1);
        expect(spawnSync('ffmpeg', ['-v', 'error', '-i', file, '-f', 'null', '-']).stderr.toString()).toBe(
          '',
        );
      } finally {
        await rm(folder, { recursive: true });
        await server.close();
      }
    },
  );
});
