import { chmod, mkdtemp, readFile, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { findPlayer, openSpeakers, players } from './speakers.ts';

const folderWith = async (...commands: string[]): Promise<string> => {
  const folder = await mkdtemp(path.join(tmpdir(), 'tth-speakers-'));
  for (const command of commands) await writeFile(path.join(folder, command), '');
  return folder;
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
    const speakers = openSpeakers({ command, args: [] });

    speakers.play(new Uint8Array([1, 2]));
    speakers.play(new Uint8Array([3, 4]));
    await speakers.finish();

    expect([...(await readFile(heard))]).toEqual([1, 2, 3, 4]);
  });

  it('go on when the program died, and finish where nothing was played', async () => {
    const speakers = openSpeakers({ command: '/nowhere/at-all', args: [] });

    speakers.play(new Uint8Array(2));
    speakers.stop();

    await expect(speakers.finish()).resolves.toBeUndefined();
  });
});
