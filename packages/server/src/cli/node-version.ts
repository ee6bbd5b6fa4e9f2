import { TthError } from '@tth/core';

const oldest = [22, 15] as const;

/** What is wrong with a version of Node.js, as a sentence; `undefined` where nothing is. */
export const nodeProblem = (version: string): string | undefined => {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  const isOld = major < oldest[0] || (major === oldest[0] && minor < oldest[1]);
  return isOld
    ? `TTH needs Node.js ${oldest.join('.')} or later and this is ${version}: install Node.js 22.`
    : undefined;
};

/** Throws `config.invalid` where this Node.js is too old, in place of whatever would fail first. */
export const requireNode = (): void => {
  const problem = nodeProblem(process.versions.node);
  if (problem !== undefined) throw new TthError('config.invalid', problem);
};
