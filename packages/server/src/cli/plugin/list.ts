import { loadSettings } from '../../app/config.ts';
import { examine } from '../doctor/examine.ts';
import { examinationJson, pluginLines } from '../doctor/print.ts';
import type { Shell } from '../shell.ts';

export interface ListOptions {
  readonly json?: boolean | undefined;
}

/** `tth plugin list`: plugins that the configuration loads, their versions, adapters, stages and health. */
export const listPlugins = async ({ json = false }: ListOptions, shell: Shell): Promise<number> => {
  const { root, env, secrets } = shell;
  const { plugins, adapters } = await examine(await loadSettings(root, env), { secrets });
  if (json) {
    shell.print(JSON.stringify(examinationJson({ plugins, adapters })));
    return 0;
  }
  if (plugins.length === 0)
    shell.tell('There is no plugin yet; add one with "tth plugin add <package or path>".');
  for (const line of pluginLines(plugins, adapters)) shell.print(line);
  return 0;
};
