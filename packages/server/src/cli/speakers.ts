import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import path from 'node:path';
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

/** The loudspeakers, through a program that plays sound. It is started when there is something to play. */
export const openSpeakers = (player: Player): Speakers => {
  let child: ChildProcess | undefined;
  const start = (): ChildProcess => {
    const started = spawn(player.command, player.args, { stdio: ['pipe', 'ignore', 'ignore'] });
    started.stdin.on('error', () => {});
    started.on('error', () => {});
    started.on('close', () => {
      if (child === started) child = undefined;
    });
    return started;
  };
  return {
    play: (pcm) => {
      child ??= start();
      child.stdin!.write(pcm);
    },
    stop: () => {
      child?.kill();
      child = undefined;
    },
    finish: async () => {
      const last = child;
      if (last === undefined) return;
      child = undefined;
      const ended = once(last, 'close');
      last.stdin!.end();
      await ended;
    },
  };
};
