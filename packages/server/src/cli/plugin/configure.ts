import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { configFileOf } from '../../app/config.ts';
import { discoverPlugins } from '../../app/find-plugins.ts';
import { type ConfigEdit, newConfig, readPlugins } from '../project/edit-config.ts';

/** The configuration of a project as a text. Nothing is run to read it. */
export interface ConfigText {
  /** Where it is, or would be. */
  readonly file: string;
  readonly name: string;
  /** `undefined`: there is none yet. */
  readonly text: string | undefined;
  /** The plugins that a server would load; `undefined` where the text does not write them out. */
  readonly plugins: readonly string[] | undefined;
  /** Whether `plugins` is left out, so that packages are found by their keyword. */
  readonly findsByKeyword: boolean;
}

export const readConfigText = async (root: string): Promise<ConfigText> => {
  const found = configFileOf(root);
  const file = found ?? path.join(root, 'tth.config.ts');
  const text = found === undefined ? undefined : await readFile(found, 'utf8');
  const named = text === undefined ? 'absent' : readPlugins(text);
  return {
    file,
    name: path.basename(file),
    text,
    plugins: named === 'absent' ? await discoverPlugins(root) : named === 'opaque' ? undefined : named,
    findsByKeyword: named === 'absent',
  };
};

/** Applies an edit to a configuration, which is made where there is none. Says what was done, or what to do by hand. */
export const applyEdit = async (
  config: ConfigText,
  edit: (text: string) => ConfigEdit,
  done: string,
): Promise<{ readonly config: ConfigText; readonly said: string; readonly isByHand: boolean }> => {
  const made = edit(config.text ?? newConfig(config.plugins ?? []));
  if (made.kind === 'by_hand') {
    const said = `${config.name} is not written so that it can be changed safely, and was left as it is. Write there yourself: ${made.line}`;
    return { config, said, isByHand: true };
  }
  if (made.kind === 'unchanged') return { config, said: `${config.name} has it already.`, isByHand: false };
  await writeFile(config.file, made.text);
  return { config: { ...config, text: made.text }, said: done, isByHand: false };
};
