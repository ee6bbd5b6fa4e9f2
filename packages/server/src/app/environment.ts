import { chmod, readFile, rename, writeFile } from 'node:fs/promises';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { isDeepStrictEqual, parseEnv } from 'node:util';
import { type SecretStore, TthError } from '@tth/core';

/** Variables by name. */
export type Environment = Readonly<Record<string, string | undefined>>;

const fileOf = (root: string): string => path.join(root, '.env');

const readFileOrNothing = (file: string): string => {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return '';
  }
};

/** `undefined` where there is no such file. Throws `config.invalid` for one that is there and cannot be read. */
const readFileToChange = async (file: string): Promise<string | undefined> => {
  try {
    return await readFile(file, 'utf8');
  } catch (cause) {
    if (cause instanceof Error && 'code' in cause && cause.code === 'ENOENT') return undefined;
    throw new TthError('config.invalid', 'The file .env cannot be read, and was left as it is.', {
      details: { file: '.env' },
      cause,
    });
  }
};

/** The variables of the file `.env` of a folder, under those of the process: what the process says wins. */
export const readEnvironment = (root: string, env: Environment): Environment => {
  const given = Object.fromEntries(Object.entries(env).filter(([, value]) => value !== ''));
  return { ...parseEnv(readFileOrNothing(fileOf(root))), ...given };
};

/** Secrets by the name of their variable: `{ secret: 'ACME_KEY' }` is the variable `ACME_KEY`. */
export const secretsOf = (environment: Environment): SecretStore => ({
  reveal: ({ secret }) => {
    const value = environment[secret];
    if (value !== undefined && value !== '') return value;
    throw new TthError(
      'config.invalid',
      'A secret is not set; enter it with "tth config set" and its name, or set the variable of that name.',
      { details: { secret } },
    );
  },
});

const isOf = (name: string, line: string): boolean => {
  const [before] = line.split('=', 1);
  return before!.replace(/^\s*export\s+/, '').trim() === name;
};

/** Throws `config.invalid` for what is no name of a variable. A key that was typed for one is not repeated. */
export const checkVariableName = (name: string): void => {
  if (/^[A-Za-z_]\w*$/.test(name)) return;
  throw new TthError('config.invalid', 'Expected the name of a variable, such as OPENAI_API_KEY.', {
    details: { length: name.length },
  });
};

const quote = (value: string): string => {
  if (/^[\w./:@%+,=-]*$/.test(value)) return value;
  const mark = ["'", '"', '`'].find((each) => !value.includes(each));
  if (mark !== undefined && !value.includes('\n')) return `${mark}${value}${mark}`;
  throw new TthError('config.invalid', 'The value cannot be written to .env; set it as a variable instead.');
};

/** Writes the file anew beside the old one, so that a crash leaves one of them whole. Only its owner may read it. */
const write = async (file: string, text: string): Promise<void> => {
  const partial = `${file}.part`;
  await writeFile(partial, text, { mode: 0o600 });
  await chmod(partial, 0o600);
  await rename(partial, file);
};

/**
 * Sets a variable in `.env` of a folder, or takes it out when `value` is undefined. Everything else in the file
 * stays as it is. Returns whether it was there before. Throws `config.invalid` for a name that is none, and for a
 * file that cannot be changed without harm.
 */
export const setVariable = async (
  root: string,
  name: string,
  value: string | undefined,
): Promise<boolean> => {
  checkVariableName(name);
  const file = fileOf(root);
  const present = await readFileToChange(file);
  if (present === undefined && value === undefined) return false;
  const before = present ?? '';
  const kept = before.split(/\r?\n/).filter((line) => !isOf(name, line));
  while (kept.at(-1)?.trim() === '') kept.pop();
  const after = [...kept, ...(value === undefined ? [] : [`${name}=${quote(value)}`]), ''].join('\n');

  const { [name]: old, ...others } = parseEnv(before);
  if (
    !isDeepStrictEqual({ ...parseEnv(after) }, { ...others, ...(value !== undefined && { [name]: value }) })
  ) {
    throw new TthError('config.invalid', 'The file .env has values of several lines; change it by hand.', {
      details: { file: '.env', variable: name },
    });
  }
  await write(file, after);
  return old !== undefined;
};

/** The names that `.env` of a folder sets, in its order. */
export const namesInFile = (root: string): string[] => Object.keys(parseEnv(readFileOrNothing(fileOf(root))));
