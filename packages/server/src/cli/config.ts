import { createInterface } from 'node:readline';
import { text as readAll } from 'node:stream/consumers';
import { Writable } from 'node:stream';
import { TthError } from '@tth/core';
import { loadSettings } from '../app/config.ts';
import { checkVariableName, namesInFile, setVariable } from '../app/environment.ts';

/** Asks at the terminal without showing what is typed. */
const askHidden = async (question: string): Promise<string> => {
  process.stderr.write(question);
  const silent = new Writable({ write: (_chunk, _encoding, done) => done() });
  const prompt = createInterface({ input: process.stdin, output: silent, terminal: true });
  const answer = await new Promise<string>((resolve) => {
    prompt.once('line', resolve);
    prompt.once('close', () => resolve(''));
  });
  prompt.close();
  process.stderr.write('\n');
  return answer;
};

const isSecretName = (field: string): boolean =>
  /key|token|secret|password|authorization|cookie/i.test(field);
const isVariableName = (value: string): boolean => /^[A-Z][A-Z0-9_]*$/.test(value);

/** Whoever wrote a key where its name belongs does not want to read it here. */
const redact = (field: string, value: unknown): unknown => {
  if (typeof value !== 'string') return value;
  if (isSecretName(field) && !isVariableName(value)) return '[secret]';
  return value.replace(/^(\w+:\/\/)[^/@]+@/, '$1[secret]@');
};

/** `tth config`: prints the settings in effect as JSON, and which secrets are known by name. */
export const showConfig = async (): Promise<void> => {
  const root = process.cwd();
  const { file, ...settings } = await loadSettings(root, process.env);
  const shown = { file: file ?? null, ...settings, secretsInEnvFile: namesInFile(root) };
  process.stdout.write(`${JSON.stringify(shown, redact, 2)}\n`);
};

/** `tth config set`: keeps a secret in `.env`. It is asked for, or read from standard input: never an argument. */
export const setConfig = async (name: string): Promise<void> => {
  checkVariableName(name);
  const given = process.stdin.isTTY ? await askHidden(`${name} (not shown): `) : await readAll(process.stdin);
  const value = given.replace(/\r?\n$/, '');
  if (value === '') {
    throw new TthError('config.invalid', 'Nothing was entered; nothing is changed.', { details: { name } });
  }
  const had = await setVariable(process.cwd(), name, value);
  process.stderr.write(
    `${name} is ${had ? 'changed' : 'kept'} in .env, which only you can read. Keep that file out of version control.\n`,
  );
};

/** `tth config unset`: takes a secret out of `.env`. */
export const unsetConfig = async (name: string): Promise<void> => {
  const had = await setVariable(process.cwd(), name, undefined);
  process.stderr.write(had ? `${name} is out of .env.\n` : `${name} was not in .env.\n`);
};
