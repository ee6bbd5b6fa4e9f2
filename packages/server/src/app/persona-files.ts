import { watch } from 'node:fs';
import { readFile, readdir } from 'node:fs/promises';
import path from 'node:path';
import { parseDocument } from 'yaml';
import {
  type Clock,
  type Engine,
  type Log,
  type Persona,
  TthError,
  checkPersona,
  isTthError,
} from '@tth/core';
import type { Settings } from './config.ts';

/** Beside `tth.config.ts`: one persona per file. */
const folderName = 'personas';
const isPersonaFile = (name: string): boolean => /^[^.].*\.ya?ml$/i.test(name);
/** An editor saves in several steps; this long after the last of them the folder is read. */
const settleMs = 100;

type Sources = Pick<Settings, 'root' | 'personas'>;

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** A persona of one file; its `id` is the file's name unless it says otherwise. Or what is wrong, with the file. */
const readPersonaFile = (
  file: string,
  text: string,
): { readonly persona: Persona } | { readonly problems: readonly string[] } => {
  const document = parseDocument(text, { prettyErrors: true });
  if (document.errors.length > 0) {
    return { problems: document.errors.map(({ message }) => `${file}: ${message.split('\n')[0]}`) };
  }
  const given: unknown = document.toJS();
  const id = path.basename(file).replace(/\.ya?ml$/i, '');
  const checked = checkPersona(isObject(given) ? { id, ...given } : given);
  if ('persona' in checked) return checked;
  return { problems: checked.problems.map((problem) => `${file}: ${problem}`) };
};

/**
 * The personas of the configuration and, over them, those of the folder. All of them or none: throws
 * `config.invalid` that names every file and field that is wrong.
 */
export const readPersonas = async ({ root, personas }: Sources): Promise<readonly Persona[]> => {
  const folder = path.join(root, folderName);
  const names = await readdir(folder).catch(() => []);
  const read = await Promise.all(
    names
      .filter(isPersonaFile)
      .toSorted()
      .map(async (name) => {
        const file = path.posix.join(folderName, name);
        return { file, ...readPersonaFile(file, await readFile(path.join(folder, name), 'utf8')) };
      }),
  );
  const problems = read.flatMap((each) => ('problems' in each ? each.problems : []));
  const byId = new Map<string, Persona>(personas.map((persona) => [persona.id, persona]));
  const fileOf = new Map<string, string>();
  for (const each of read) {
    if (!('persona' in each)) continue;
    const { id } = each.persona;
    const other = fileOf.get(id);
    if (other !== undefined) problems.push(`${each.file}: id: ${other} has the id ${id} already`);
    fileOf.set(id, each.file);
    byId.set(id, each.persona);
  }
  if (problems.length === 0) return [...byId.values()];
  throw new TthError('config.invalid', 'A persona is not as expected.', {
    details: { source: folderName, problems },
  });
};

/**
 * Gives new sessions the personas of the folder whenever it changes. One bad file changes nothing: the old
 * set stays, and the log says which file and field. A folder that is not there at the start is not watched.
 */
export const watchPersonas = (sources: Sources, engine: Engine, log: Log, clock: Clock): (() => void) => {
  const reload = async (): Promise<void> => {
    try {
      engine.setPersonas(await readPersonas(sources));
      log.info({ personas: engine.personas.map(({ id }) => id) }, 'the personas were read again');
    } catch (error) {
      const details = isTthError(error) ? error.details : { error };
      log.error(details, 'the personas were not changed: correct the file and save it again');
    }
  };
  let reading = Promise.resolve();
  let cancel = (): void => {};
  const settle = (): void => {
    cancel();
    cancel = clock.after(settleMs, () => {
      reading = reading.then(reload);
    });
  };
  try {
    const watcher = watch(path.join(sources.root, folderName), settle);
    watcher.on('error', (error) => log.warn({ error }, 'the folder of personas is not watched any more'));
    return () => {
      cancel();
      watcher.close();
    };
  } catch {
    return () => {};
  }
};
