import { mkdir, mkdtemp, readFile, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { namesInFile, readEnvironment, secretsOf, setVariable } from './environment.ts';

let root: string;
beforeEach(async () => {
  root = await mkdtemp(path.join(tmpdir(), 'tth-environment-'));
});
const write = (text: string): Promise<void> => writeFile(path.join(root, '.env'), text);
const text = (): Promise<string> => readFile(path.join(root, '.env'), 'utf8');

describe('the environment of a project', () => {
  it('is what the process says, and then what the file .env says', async () => {
    await write('A=file\nB=file\nC=file\n');

    expect(readEnvironment(root, { A: 'process', B: '' })).toMatchObject({
      A: 'process',
      B: 'file',
      C: 'file',
    });
  });

  it('is the process alone where there is no file', () => {
    expect(readEnvironment(root, { A: '1' })).toEqual({ A: '1' });
  });

  it('names the secret that is missing and how to enter it', () => {
    const secrets = secretsOf({ EMPTY: '' });

    for (const secret of ['MISSING', 'EMPTY']) {
      expect(() => secrets.reveal({ secret })).toThrow(
        expect.objectContaining({
          code: 'config.invalid',
          message: expect.stringContaining('tth config set'),
          details: { secret },
        }),
      );
    }
  });
});

describe('the file .env', () => {
  it('takes a variable in and keeps everything else as it is', async () => {
    await write('# mine\nA=1\n\nexport KEY=old\nB="two words"\n');

    const had = await setVariable(root, 'KEY', 'new');

    expect(had).toBe(true);
    expect(await text()).toBe('# mine\nA=1\n\nB="two words"\nKEY=new\n');
  });

  it('is made for its owner alone', async () => {
    expect(await setVariable(root, 'KEY', 'sk-1')).toBe(false);

    expect((await stat(path.join(root, '.env'))).mode & 0o077).toBe(0);
    expect(namesInFile(root)).toEqual(['KEY']);
  });

  it.each(['plain', 'with space', 'quote"d', "it's", 'a#b', '$HOME', 'a=b', ' edge ', ''])(
    'gives back %j as it was',
    async (value) => {
      await setVariable(root, 'KEY', value);

      expect(readEnvironment(root, {})['KEY']).toBe(value);
    },
  );

  it('loses a variable that is taken out, and says whether it was there', async () => {
    await write('A=1\nKEY=2\n');

    expect(await setVariable(root, 'KEY', undefined)).toBe(true);
    expect(await setVariable(root, 'KEY', undefined)).toBe(false);
    expect(await text()).toBe('A=1\n');
  });

  it('is not made by taking something out of it', async () => {
    expect(await setVariable(root, 'KEY', undefined)).toBe(false);

    await expect(text()).rejects.toMatchObject({ code: 'ENOENT' });
  });

  it('that is there and cannot be read is not taken for an empty one', async () => {
    await mkdir(path.join(root, '.env'));

    await expect(setVariable(root, 'KEY', 'x')).rejects.toMatchObject({ code: 'config.invalid' });
    expect(readEnvironment(root, { A: '1' })).toEqual({ A: '1' });
  });

  it('is not touched where a change would harm it', async () => {
    const before = 'CERT="first\nKEY=inside\nlast"\n';
    await write(before);

    await expect(setVariable(root, 'KEY', 'x')).rejects.toMatchObject({ code: 'config.invalid' });
    expect(await text()).toBe(before);
  });

  it.each(['', 'a b', 'sk-123', '1A', 'A=B'])('refuses the name %j without repeating it', async (name) => {
    const refused = setVariable(root, name, 'x');

    await expect(refused).rejects.toMatchObject({ code: 'config.invalid', details: { length: name.length } });
  });
});
