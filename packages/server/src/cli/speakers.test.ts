import { EventEmitter, once } from 'node:events';
import { chmod, mkdtemp, readFile, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { TthError } from '@tth/core';
import { describe, expect, it } from 'vitest';
import { findPlayer, openSpeakers, players } from './speakers.ts';

const folderWith = async (...commands: string[]): Promise<string> => {
  const folder = await mkdtemp(path.join(tmpdir(), 'tth-speakers-'));
  for (const command of commands) await writeFile(path.join(folder, command), '');
  return folder;
};

const fail = (error: TthError): void => {
  throw error;
};

describe('loudspeakers', () => {
  it('are reached through the first program of the list that is installed', async () => {
    const folder = await folderWith('ffplay', 'aplay');

    expect(findPlayer(`/nowhere${path.delimiter}${folder}`).command).toBe('aplay');
  });

  it('name the programs that could be installed where there is none', () => {
    expect(() => findPlayer('/nowhere')).toThrow(
      expect.objectContaining({
        code: 'config.invalid',
        details: { players: players.map(({ command }) => command) },
      }),
    );
  });

  it('are given all the sound, and are done when it has been played', async () => {
    const folder = await folderWith();
    const command = path.join(folder, 'record');
    const heard = path.join(folder, 'heard');
    await writeFile(command, `#!/bin/sh\ncat > ${heard}\n`);
    await chmod(command, 0o755);
    const speakers = openSpeakers({ command, args: [] }, fail);

    speakers.play(new Uint8Array([1, 2]));
    speakers.play(new Uint8Array([3, 4]));
    await speakers.finish();

    expect([...(await readFile(heard))]).toEqual([1, 2, 3, 4]);
  });

  it.each([
    ['ends at once', '#!/bin/sh\necho started >> "$0.log"\nexit 3\n', 3],
    ['cannot be started', '#!/nowhere/at-all\n', 'none'],
  ])('are given up, and that is told once, when their program %s', async (_, program, exitCode) => {
    const command = path.join(await folderWith(), 'player');
    await writeFile(command, program, { mode: 0o755 });
    const failures = new EventEmitter<{ failure: [TthError] }>();
    const failed = once(failures, 'failure');
    let told = 0;
    const speakers = openSpeakers({ command, args: [] }, (error) => {
      told += 1;
      failures.emit('failure', error);
    });

    speakers.play(new Uint8Array(2));
    const [error] = await failed;
    speakers.play(new Uint8Array(2));
    await speakers.finish();

    expect(error).toMatchObject({ code: 'config.invalid', details: { player: command, exitCode } });
    expect(told).toBe(1);
    expect(await readFile(`${command}.log`, 'utf8').catch(() => 'started\n')).toBe('started\n');
  });

  it('are silent where they are stopped, and finish where nothing was played', async () => {
    const speakers = openSpeakers({ command: '/nowhere/at-all', args: [] }, fail);

    speakers.play(new Uint8Array(2));
    speakers.stop();

    await expect(speakers.finish()).resolves.toBeUndefined();
  });
});
