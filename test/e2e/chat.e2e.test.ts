import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startCommand } from '../support/tth-command.ts';

let folder = '';
beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'tth-chat-'));
});
afterAll(() => rm(folder, { recursive: true }));

describe('tth chat', () => {
  it('answers lines that are piped in, one after the other, and ends with them', async () => {
    const command = startCommand(['chat', '--persona', 'otto']);
    command.type('Hello.');
    command.type('');
    command.type('How are you?');
    command.endInput();

    const { code, stdout, stderr } = await command.done;

    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    const answers = stdout.toString().trimEnd().split('\n');
    expect(answers).toHaveLength(2);
    for (const answer of answers) expect(answer).toMatch(/^Otto: \w.+/);
  });

  it('says who there is when nobody of a name is', async () => {
    const command = startCommand(['chat', '--persona', 'nobody']);
    command.endInput();

    const { code, stderr } = await command.done;

    expect(code).toBe(2);
    expect(stderr).toMatch(/otto/);
  });
});

describe('tth config', () => {
  it('keeps a secret of standard input in .env, and shows its name and never its value', async () => {
    await writeFile(
      path.join(folder, 'tth.config.mjs'),
      'export default { port: 9123, adapters: { acme: { baseUrl: "http://me:very-secret@host/v1" } } };\n',
    );
    const set = startCommand(['config', 'set', 'ACME_KEY'], { cwd: folder });
    set.type('sk-very-secret');
    set.endInput();
    const kept = await set.done;

    const shown = await startCommand(['config'], { cwd: folder }).done;

    expect(kept).toMatchObject({ code: 0, stderr: expect.stringContaining('ACME_KEY is kept in .env') });
    expect(await readFile(path.join(folder, '.env'), 'utf8')).toBe('ACME_KEY=sk-very-secret\n');
    expect(JSON.parse(shown.stdout.toString())).toMatchObject({
      port: 9123,
      adapters: { acme: { baseUrl: 'http://[secret]@host/v1' } },
      secretsInEnvFile: ['ACME_KEY'],
    });
    expect(`${shown.stdout.toString()}${kept.stderr}${kept.stdout.toString()}`).not.toContain('sk-very');
  });
});
