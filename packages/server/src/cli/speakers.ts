import { type ChildProcessByStdio, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import path from 'node:path';
import type { Writable } from 'node:stream';
import { TthError, sampleRateHz } from '@tth/core';

export interface Player {
  readonly command: string;
  /** Arguments that make it play signed 16-bit mono samples from standard input. */
  readonly args: readonly string[];
}

const rate = String(sampleRateHz);

/** Programs that play raw sound, the ones that stop soonest first. */
export const players: readonly Player[] = [
  { command: 'pacat', args: ['--format=s16le', '--channels=1', `--rate=${rate}`, '--latency-msec=100'] },
  { command: 'aplay', args: ['-q', '-t', 'raw', '-f', 'S16_LE', '-c', '1', '-r', rate] },
  {
    command: 'play',
    args: ['-q', '-t', 'raw', '-e', 'signed', '-b', '16', '-L', '-c', '1', '-r', rate, '-'],
  },
  {
    command: 'ffplay',
    args: [
      '-nodisp',
      '-autoexit',
      '-loglevel',
      'error',
      '-f',
      's16le',
      '-ch_layout',
      'mono',
      '-ar',
      rate,
      '-i',
      '-',
    ],
  },
];

/** The first player that a search path has. Throws `config.invalid` where it has none. */
export const findPlayer = (searchPath: string): Player => {
  const folders = searchPath.split(path.delimiter).filter((folder) => folder !== '');
  const extensions = process.platform === 'win32' ? ['.exe', ''] : [''];
  const player = players.find(({ command }) =>
    folders.some((folder) => extensions.some((end) => existsSync(path.join(folder, command + end)))),
  );
  if (player !== undefined) return player;
  throw new TthError('config.invalid', 'No program that plays sound was found; install one of these.', {
    details: { players: players.map(({ command }) => command) },
  });
};

export interface Speakers {
  /** Plays this after what came before. Its caller keeps to the pace of speech. */
  play(pcm: Uint8Array): void;
  /** Silence at once: what is still waiting is never heard. */
  stop(): void;
  /** Resolves when everything has been heard. */
  finish(): Promise<void>;
}

/** The program while it runs. */
interface Playing {
  readonly program: ChildProcessByStdio<Writable, null, null>;
  /** With its exit code; `undefined` where it could not be started. */
  readonly ended: Promise<number | null | undefined>;
}

const failureOf = ({ command }: Player, exitCode: number | null | undefined): TthError =>
  new TthError(
    'config.invalid',
    'The program that plays sound failed; see whether this machine has loudspeakers, or write a file with --out.',
    { details: { player: command, exitCode: exitCode ?? 'none' } },
  );

/**
 * The loudspeakers, through a program that plays sound. It is started when there is something to play. When it ends
 * before it is told to, `onFailure` is told once and nothing is played any more.
 */
export const openSpeakers = (player: Player, onFailure: (error: TthError) => void): Speakers => {
  let playing: Playing | undefined;
  let hasFailed = false;
  const fail = (exitCode: number | null | undefined): void => {
    if (hasFailed) return;
    hasFailed = true;
    onFailure(failureOf(player, exitCode));
  };
  const start = (): Playing => {
    const program = spawn(player.command, player.args, { stdio: ['pipe', 'ignore', 'ignore'] });
    const { promise: ended, resolve } = Promise.withResolvers<number | null | undefined>();
    program.stdin.on('error', () => {});
    program.on('error', () => resolve(undefined));
    program.on('close', resolve);
    const started: Playing = { program, ended };
    void ended.then((exitCode) => {
      if (playing !== started) return;
      playing = undefined;
      fail(exitCode);
    });
    return started;
  };
  return {
    play: (pcm) => {
      if (hasFailed) return;
      playing ??= start();
      playing.program.stdin.write(pcm);
    },
    stop: () => {
      playing?.program.kill();
      playing = undefined;
    },
    finish: async () => {
      const last = playing;
      if (last === undefined) return;
      playing = undefined;
      last.program.stdin.end();
      const exitCode = await last.ended;
      if (exitCode !== 0) fail(exitCode);
    },
  };
};
