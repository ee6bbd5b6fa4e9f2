import { Command, Option } from '@commander-js/extra-typings';
import { routeStages } from '../project/edit-config.ts';
import type { Shell } from '../shell.ts';

/** Runs a command with the shell of this process; its number is the exit code. */
const inShell = async (work: (shell: Shell) => Promise<number>): Promise<void> => {
  const { processShell } = await import('../shell.ts');
  process.exitCode = await work(processShell());
};

/** `tth plugin …`: the life of a plugin, from its first file to its removal. */
export const pluginCommand = (): Command => {
  const plugin = new Command('plugin')
    .description('add, remove, list, describe, make and test plugins')
    .configureHelp({ sortSubcommands: true });

  plugin
    .command('add')
    .description('install a plugin, name it in tth.config.ts and look whether it works')
    .argument('<plugin>', 'a package with or without a version, a tarball, a folder or a file')
    .option('--use [adapter]', 'put this adapter first in its route; without a name, the first of each stage')
    .action((given, options) =>
      inShell(async (shell) => (await import('./add.ts')).addPlugin(given, options, shell)),
    );

  plugin
    .command('remove')
    .description('take a plugin out of tth.config.ts, with its options and routes, and uninstall it')
    .argument('<plugin>', 'as the configuration names it')
    .action((given) => inShell(async (shell) => (await import('./remove.ts')).removePlugin(given, shell)));

  plugin
    .command('list')
    .description('list the plugins that run here, their adapters, versions and health')
    .option('--json', 'print one line of JSON')
    .action((options) => inShell(async (shell) => (await import('./list.ts')).listPlugins(options, shell)));

  plugin
    .command('info')
    .description('describe a plugin: what it can do, its options, the secrets it wants')
    .argument('<plugin>', 'an installed package, a folder or a file')
    .option('--json', 'print one line of JSON')
    .action((given, options) =>
      inShell(async (shell) => (await import('./info.ts')).describePlugin(given, options, shell)),
    );

  plugin
    .command('new')
    .description('make a plugin package that passes its tests, to be filled in')
    .argument('<name>', 'of the package, such as my-voice or @me/my-voice')
    .addOption(
      new Option('--stage <stage>', 'a model, a voice or a face').choices(routeStages).makeOptionMandatory(),
    )
    .action((name, options) =>
      inShell(async (shell) => (await import('./new.ts')).newPlugin(name, options, shell)),
    );

  plugin
    .command('test')
    .description('run the tests of a plugin, conformance among them')
    .argument('[folder]', 'of the plugin', '.')
    .action((folder) => inShell(async (shell) => (await import('./test.ts')).testPlugin(folder, shell)));

  plugin
    .command('doctor')
    .description('look at some plugins alone; "tth doctor" looks at everything')
    .argument('<plugins...>', 'as the configuration names them')
    .option('--json', 'print one line of JSON')
    .action((plugins, options) =>
      inShell(async (shell) => (await import('../doctor/doctor.ts')).doctor({ plugins, ...options }, shell)),
    );

  return plugin;
};

/** `tth doctor`. */
export const doctorCommand = (): Command =>
  new Command('doctor')
    .description('look at the whole installation and say what to do; ends with 1 when something is broken')
    .option('--json', 'print one line of JSON')
    .action((options) =>
      inShell(async (shell) => (await import('../doctor/doctor.ts')).doctor(options, shell)),
    );
