import { spawnSync } from 'node:child_process';
import { mkdtemp, readFile, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { sessionCreatedResponse } from '@tth/protocol';
import { hasFfmpeg, noFfmpeg, spans } from '../support/ffprobe.ts';
import { type TestServer, startTth } from '../support/start-tth.ts';
import { startCommand } from '../support/tth-command.ts';
import { until } from '../support/until.ts';

interface Recorded {
  readonly turns: readonly {
    readonly turnId: string;
    readonly outcome: string;
    readonly startMs: number;
    readonly durationMs: number;
  }[];
}

const bytesPerMs = 48;

let folder = '';
let server: TestServer;
beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'tth-record-'));
  server = await startTth({ policies: { resumeWindowMs: 60_000 } });
  await server.warm;
});
afterAll(async () => {
  await server.close();
  await rm(folder, { recursive: true });
});

/** A first question that the second one cuts off in the middle of its answer. */
const recordTwoTurns = async (out: string, ...options: readonly string[]): Promise<Recorded> => {
  const command = startCommand(['record', '--url', server.url, '--out', out, '--json', ...options]);
  command.type('Tell me a joke.');
  await until(() => server.engine.sessions().some(({ playout }) => playout.playhead().us > 1_500_000));
  command.type('Say good morning to everybody.');
  command.endInput();
  const { code, stdout, stderr } = await command.done;
  expect({ code, stderr }).toMatchObject({ code: 0 });
  return JSON.parse(stdout.toString()) as Recorded;
};

/** The loudest sample of a stretch of sound. */
const peak = (pcm: Buffer, fromMs: number, toMs: number): number => {
  let loudest = 0;
  const end = Math.min(pcm.byteLength - 1, Math.floor(toMs) * bytesPerMs);
  for (let at = Math.ceil(fromMs) * bytesPerMs; at < end; at += 2) {
    loudest = Math.max(loudest, Math.abs(pcm.readInt16LE(at)));
  }
  return loudest;
};

describe('tth record', () => {
  it.each(['keep', 'cut'])(
    'ends a turn that was cut where it was heard, and has the gap before the next one with --gaps %s',
    async (gaps) => {
      const out = path.join(folder, `${gaps}.wav`);

      const { turns } = await recordTwoTurns(out, '--gaps', gaps);
      const pcm = (await readFile(out)).subarray(44);

      const [first, second] = turns;
      expect(turns.map(({ outcome }) => outcome)).toEqual(['stopped', 'completed']);
      const firstEndMs = first!.startMs + first!.durationMs;
      expect(first!.startMs).toBe(0);
      expect(first!.durationMs).toBeGreaterThanOrEqual(1_500);
      if (gaps === 'cut') expect(second!.startMs).toBe(firstEndMs);
      else expect(second!.startMs).toBeGreaterThan(firstEndMs);
      expect(peak(pcm, firstEndMs, second!.startMs)).toBe(0);
      expect(peak(pcm, 0, firstEndMs)).toBeGreaterThan(3_000);
      expect(peak(pcm, second!.startMs, second!.startMs + 1_000)).toBeGreaterThan(3_000);
      expect(pcm.byteLength / bytesPerMs).toBeCloseTo(second!.startMs + second!.durationMs, 1);
      expect((await readdir(folder)).filter((name) => name.endsWith('.part'))).toEqual([]);
    },
  );

  it.skipIf(!hasFfmpeg).each(['mp4', 'webm'])(
    `writes %s with sound and picture where the turns were${hasFfmpeg ? '' : ` (skipped: ${noFfmpeg})`}`,
    async (format) => {
      const out = path.join(folder, `talk.${format}`);

      const { turns } = await recordTwoTurns(out);
      const [picture, sound] = spans(out);
      const { stdout: pcm, stderr } = spawnSync(
        'ffmpeg',
        ['-v', 'error', '-i', out, '-map', '0:a', '-ar', '24000', '-ac', '1', '-f', 's16le', '-'],
        { maxBuffer: 64 * 1024 * 1024 },
      );

      const [first, second] = turns;
      const endMs = second!.startMs + second!.durationMs;
      expect(turns.map(({ outcome }) => outcome)).toEqual(['stopped', 'completed']);
      expect(stderr.toString()).toBe('');
      // Packets of sound are not cut to the millisecond.
      expect(Math.abs(sound!.endMs - endMs)).toBeLessThanOrEqual(80);
      // A slow machine shows fewer pictures; those that were shown are in the time of a turn.
      expect(picture!.packets).toBeGreaterThan(0);
      expect(picture!.startMs).toBeGreaterThanOrEqual(0);
      expect(picture!.endMs).toBeLessThanOrEqual(endMs + 80);
      const isInTurn = (ms: number): boolean =>
        turns.some(({ startMs, durationMs }) => ms >= startMs - 1 && ms <= startMs + durationMs + 1);
      expect(picture!.startsMs.filter((ms) => !isInTurn(ms))).toEqual([]);
      // Encoders smear by a packet: the middle of the gap is silent, and speech is where the report says.
      const gap = [first!.startMs + first!.durationMs + 60, second!.startMs - 60] as const;
      expect(peak(pcm, ...gap)).toBeLessThan(300);
      expect(peak(pcm, second!.startMs, second!.startMs + 1_000)).toBeGreaterThan(3_000);
    },
  );

  it('takes over a session by its token and leaves it open', async () => {
    const out = path.join(folder, 'taken.wav');
    const made = await fetch(`${server.url}/v1/sessions`, { method: 'POST', body: '{}' });
    const { sessionId, token } = sessionCreatedResponse.parse(await made.json());

    const options = ['--session', sessionId, '--token', token];
    const { code } = await startCommand(['record', '--url', server.url, '--out', out, ...options, 'Hello.'])
      .done;

    expect(code).toBe(0);
    expect((await readFile(out)).byteLength).toBeGreaterThan(20_000);
    const authorized = { headers: { authorization: `Bearer ${token}` } };
    const session = await fetch(`${server.url}/v1/sessions/${sessionId}`, authorized);
    expect(await session.json()).toMatchObject({ state: 'idle', turns: 1 });
  });

  it.each([
    ['a file type that is not made', ['--out', 'talk.gif', 'Hi'], '.mp4, .webm or .wav'],
    ['half a session', ['--out', 'talk.wav', '--session', 's_1', 'Hi'], '--token'],
    [
      'a session that is not there',
      ['--out', 'talk.wav', '--session', 's_1', '--token', 't', 'Hi'],
      'no such session',
    ],
    ['an unknown persona', ['--out', 'talk.wav', '--persona', 'nobody', 'Hi'], 'choose one that is known'],
    ['an address that is none', ['--out', 'talk.wav', '--url', 'localhost', 'Hi'], 'http://127.0.0.1:8080'],
    ['a folder that is not there', ['--out', 'no/such/talk.wav', 'Hi'], 'cannot be written'],
    ['a server that is not there', ['--out', 'talk.wav', '--url', 'http://127.0.0.1:1', 'Hi'], 'tth serve'],
  ])('refuses %s in words and leaves no file', async (_name, args, hint) => {
    const { code, stderr } = await startCommand(['record', '--url', server.url, ...args]).done;

    expect(code).toBeGreaterThan(0);
    expect(stderr).toContain(hint);
    expect(stderr).not.toContain('    at ');
    expect((await readdir('.')).filter((name) => name.startsWith('talk.'))).toEqual([]);
  });
});
