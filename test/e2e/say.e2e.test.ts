import { spawnSync } from 'node:child_process';
import { mkdtemp, readFile, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { firstSoundMs, hasFfmpeg, noFfmpeg, spans } from '../support/ffprobe.ts';
import { type Outcome, startCommand } from '../support/tth-command.ts';

const tth = (args: readonly string[], input?: string): Promise<Outcome> => {
  const command = startCommand(args);
  if (input !== undefined) command.type(input);
  command.endInput();
  return command.done;
};

let folder = '';
beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'tth-say-'));
});
afterAll(() => rm(folder, { recursive: true }));

describe('tth say', () => {
  it('writes a wav file and says in JSON what it made', async () => {
    const out = path.join(folder, 'fox.wav');

    const { code, stdout, stderr } = await tth(['say', 'The quick brown fox.', '--out', out, '--json']);

    expect({ code, stderr }).toMatchObject({ code: 0, stderr: expect.stringContaining('s of speech') });
    const result = JSON.parse(stdout.toString()) as { durationMs: number; sentences: number; reply: string };
    expect(result).toMatchObject({ sentences: 1, reply: 'The quick brown fox.' });
    const bytes = await readFile(out);
    expect(bytes.readUInt32LE(40)).toBe(bytes.byteLength - 44);
    expect(((bytes.byteLength - 44) / 48_000) * 1000).toBeCloseTo(result.durationMs, 0);
    expect((await readdir(folder)).filter((name) => name.endsWith('.part'))).toEqual([]);
  });

  it('prints what became of the controls, in columns and as JSON', async () => {
    const out = path.join(folder, 'controls.wav');
    const wishes = ['--emotion', 'joyful', '--rate', '120%', '--volume=-40dB', '--controls', '--json'];

    const { code, stdout, stderr } = await tth(['say', 'What a day.', '--out', out, ...wishes]);

    expect(code).toBe(0);
    expect(stderr).toMatch(/✓ espeak +character\.rate +1\.2 +applied/);
    expect(stderr).toMatch(/~ espeak +character\.volume +0\.01 → 0\.1 +clamped/);
    const { controls } = JSON.parse(stdout.toString()) as { controls: { field: string; result: string }[] };
    expect(controls.map(({ field, result }) => [field, result])).toEqual([
      ['character.rate', 'applied'],
      ['character.volume', 'clamped'],
      ['emotion.label', 'applied'],
    ]);
  });

  it('refuses controls that make no sense, and with --strict those that cannot be honoured', async () => {
    const out = path.join(folder, 'never.wav');

    const senseless = await tth(['say', 'No.', '--out', out, '--emotion', 'purple', '--rate', 'quick']);
    const strict = await tth(['say', 'No.', '--out', out, '--rate', '4', '--strict']);

    expect(senseless).toMatchObject({ code: 2, stderr: expect.stringContaining('character.rate: Expected') });
    expect(strict).toMatchObject({ code: 2, stderr: expect.stringContaining('protocol.controls_refused') });
    expect(strict.stderr).toMatch(/~ espeak +character\.rate +4 → 2\.5 +clamped/);
    expect(await readdir(folder)).not.toContain('never.wav');
  });

  it('reads text from standard input and from a file, and writes to standard output', async () => {
    const file = path.join(folder, 'text.txt');
    await writeFile(file, 'From a file.\n');

    const piped = await tth(['say', '--out', '-', '--format', 'wav'], 'From a pipe.');
    const read = await tth(['say', '--file', file, '--out', '-', '--format', 'wav']);

    for (const { code, stdout } of [piped, read]) {
      expect(code).toBe(0);
      expect(stdout.subarray(0, 4).toString()).toBe('RIFF');
      expect(stdout.byteLength).toBeGreaterThan(20_000);
    }
  });

  it.skipIf(!hasFfmpeg)(
    `writes a video with equal sound and picture${hasFfmpeg ? '' : ` (skipped: ${noFfmpeg})`}`,
    async () => {
      const out = path.join(folder, 'fox.mp4');
      await tth(['say', 'The quick brown fox jumps over the lazy dog.', '--out', out]);

      const probe = spawnSync('ffprobe', ['-v', 'error', '-show_streams', '-of', 'json', out]);
      const { streams } = JSON.parse(probe.stdout.toString()) as { streams: Record<string, string>[] };
      const video = streams.find((stream) => stream['codec_type'] === 'video')!;
      const audio = streams.find((stream) => stream['codec_type'] === 'audio')!;

      expect(video).toMatchObject({ codec_name: 'h264', width: 512, height: 512, avg_frame_rate: '25/1' });
      expect(audio).toMatchObject({ codec_name: 'aac', sample_rate: '24000', channels: 1 });
      const apartMs = Math.abs(Number(video['duration']) - Number(audio['duration'])) * 1000;
      expect(apartMs).toBeLessThanOrEqual(40);
      const decoded = spawnSync('ffmpeg', ['-v', 'error', '-i', out, '-f', 'null', '-']);
      expect(decoded.stderr.toString()).toBe('');
    },
  );

  it.skipIf(!hasFfmpeg)(
    `writes a webm with an index and equal sound and picture${hasFfmpeg ? '' : ` (skipped: ${noFfmpeg})`}`,
    async () => {
      const out = path.join(folder, 'fox.webm');
      await tth(['say', 'The quick brown fox.', '--out', out]);

      const [picture, sound] = spans(out);
      const bytes = await readFile(out);

      expect(bytes.includes('V_VP8') && bytes.includes('A_OPUS')).toBe(true);
      expect(picture!.endMs).toBeGreaterThan(1_000);
      // The times of a webm are whole milliseconds.
      expect(Math.abs(firstSoundMs(out))).toBeLessThanOrEqual(1);
      expect(Math.abs(picture!.endMs - sound!.endMs)).toBeLessThanOrEqual(40);
      const probe = spawnSync('ffprobe', [
        '-v',
        'error',
        '-show_entries',
        'format=duration',
        '-of',
        'csv=p=0',
        out,
      ]);
      expect(Number(probe.stdout)).toBeCloseTo(picture!.endMs / 1000, 1);
      expect(spawnSync('ffmpeg', ['-v', 'error', '-i', out, '-f', 'null', '-']).stderr.toString()).toBe('');
    },
  );

  it('ends with the code of an interrupt, and in words, at Ctrl+C', async () => {
    const command = startCommand(['say', '--ask', 'Tell me a story.', '--out', '-', '--format', 'wav']);
    await command.begun;
    command.interrupt();

    const { code, stderr } = await command.done;

    expect({ code, stderr }).toEqual({ code: 130, stderr: 'Stopped before its end.\n' });
  });

  it.each([
    ['no text', ['say', '--out', 'x.wav'], '', 'Expected 1 to 4000 characters'],
    ['too much text', ['say', '--out', 'x.wav'], 'x'.repeat(4_001), 'Expected 1 to 4000 characters'],
    ['a file type that is not made', ['say', 'Hi', '--out', 'x.gif'], '', '.mp4, .webm or .wav'],
    ['a file that is not there', ['say', '--file', 'nowhere.txt', '--out', 'x.wav'], '', 'could not be read'],
    ['an unknown feeling', ['say', 'Hi', '--out', 'x.wav', '--emotion', 'hangry'], '', 'emotion.label'],
    ['an unknown persona', ['say', 'Hi', '--out', 'x.wav', '--persona', 'nobody'], '', 'mira'],
    ['an unknown option', ['say', 'Hi', '--out', 'x.wav', '--loud'], '', '--loud'],
    ['a folder that is not there', ['say', 'Hi', '--out', 'no/such/x.wav'], '', 'cannot be written'],
  ])('refuses %s in words, with an exit code', async (_name, args, input, hint) => {
    const { code, stderr, stdout } = await tth(args, input);

    expect(code).toBeGreaterThan(0);
    expect(stderr).toContain(hint);
    expect(stderr).not.toContain('    at ');
    expect(stdout.byteLength).toBe(0);
  });
});
