import { PassThrough } from 'node:stream';
import { TthError } from '@tth/core';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { createProgram } from './program.ts';
import { reportError } from './report-error.ts';

const reported = (error: unknown) => {
  const screen = new PassThrough();
  const code = reportError(error, screen);
  return { code, said: String(screen.read() ?? '') };
};

afterEach(() => vi.restoreAllMocks());

describe('an error at the terminal', () => {
  it.each([
    ['a command that is not there', ['nonsense'], 2],
    ['an option that is not there', ['--loud'], 2],
    ['a stage that is not there', ['plugin', 'new', 'x', '--stage', 'nose'], 2],
    ['help', ['--help'], 0],
    ['the version', ['--version'], 0],
  ])('ends %s with its code and says nothing twice', async (_, args, code) => {
    vi.spyOn(process.stderr, 'write').mockReturnValue(true);
    vi.spyOn(process.stdout, 'write').mockReturnValue(true);
    const error: unknown = await createProgram()
      .parseAsync(args, { from: 'user' })
      .catch((thrown: unknown) => thrown);

    expect(reported(error)).toEqual({ code, said: '' });
  });

  it.each([
    ['config.invalid', 2],
    ['protocol.invalid_message', 2],
    ['provider.unavailable', 1],
  ] as const)('ends %s with %d, and names what it is about', (name, code) => {
    const { code: ended, said } = reported(new TthError(name, 'It is so.', { details: { field: 'port' } }));

    expect({ ended, said }).toEqual({ ended: code, said: `tth: It is so. (${name})\n  field: port\n` });
  });
});
