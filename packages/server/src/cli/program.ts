import {
  Argument,
  Command,
  type CommandUnknownOpts,
  InvalidArgumentError,
  Option,
} from '@commander-js/extra-typings';
import manifest from '../../package.json' with { type: 'json' };
import { requireNode } from './node-version.ts';
import { doctorCommand, pluginCommand } from './plugin/commands.ts';

const number = (text: string): number => {
  const value = Number(text);
  if (text.trim() === '' || !Number.isFinite(value)) throw new InvalidArgumentError('expected a number');
  return value;
};

const throwInsteadOfExit = (command: CommandUnknownOpts): void => {
  command.exitOverride();
  command.commands.forEach(throwInsteadOfExit);
};

/** `tth` with all of its commands. What a command does is loaded when it is called. A command line that makes no sense throws. */
export const createProgram = (): Command => {
  const program = new Command('tth')
    .description('Text in, a talking face out')
    .version(manifest.version)
    .showSuggestionAfterError()
    .configureHelp({ sortSubcommands: true })
    // The doctor runs anywhere: it is what says what is wrong.
    .hook('preAction', (_program, command) => {
      if (command.name() !== 'doctor') requireNode();
    });

  program
    .command('serve')
    .description('serve the talking avatar, its API and the inspector')
    .option('--host <address>', 'a loopback address')
    .option('-p, --port <number>', 'where to listen; 0 takes any free port', number)
    .option('--static <folder>', 'also serve this folder at /app/')
    .action(async (options) => (await import('./serve.ts')).serve(options));

  program
    .command('say')
    .description('speak a text into a video or sound file, or aloud')
    .argument('[text...]', 'what to say; without it, text comes from --file or standard input')
    .option('-o, --out <file>', 'name.mp4, name.webm or name.wav; - for standard output; without it, aloud')
    .option('-f, --file <file>', 'read the text from a file')
    .option('--format <format>', 'mp4, webm or wav, where the name does not say')
    .option('--ask', 'answer the text instead of reading it aloud')
    .option('--persona <id>', 'who speaks')
    .option('--emotion <label>', 'such as happy, sad or surprised')
    .option('--intensity <share>', 'how much of it: 0 to 1, or such as 70%')
    .option('--rate <rate>', 'speaking rate: 1 is normal; also 120% or +20%')
    .option('--pitch <pitch>', 'a factor, a change such as +10%, or semitones such as +2st')
    .option(
      '--volume <volume>',
      'a factor, a change such as --volume=-20%, or decibels such as --volume=-3dB',
    )
    .option('--strict', 'refuse what cannot be honoured instead of doing what can be done')
    .option('--controls', 'print what became of every control')
    .option('--json', 'print the result as one line of JSON')
    .action(async (words, options) => (await import('./say.ts')).say(words, options));

  program
    .command('chat')
    .description('talk to the avatar in the terminal')
    .option('--persona <id>', 'who answers')
    .option('--speak', 'hear the answers too')
    .action(async (options) => (await import('./chat.ts')).chat(options));

  program
    .command('record')
    .description('record a conversation with a running server as its listener gets it')
    .argument('[text...]', 'what to ask, one turn each; without it, lines from standard input as they come')
    .requiredOption('-o, --out <file>', 'name.mp4, name.webm or name.wav')
    .option('--url <address>', 'of the server', 'http://127.0.0.1:8080')
    .addOption(
      new Option('--gaps <what>', 'silence between turns: keep it as long as it was, or cut it out')
        .choices(['keep', 'cut'] as const)
        .default('keep' as const),
    )
    .option('--persona <id>', 'who speaks')
    .option('--session <id>', 'take over this session from whoever listens to it')
    .option('--token <token>', 'of that session')
    .option('--json', 'print what was recorded as one line of JSON')
    .action(async (texts, options) => (await import('./record.ts')).record(texts, options));

  program
    .command('demo')
    .description(
      'show what happens: failover, when a provider dies; controls, when wishes meet what providers have',
    )
    .addArgument(new Argument('<what>').choices(['failover', 'controls'] as const))
    .action(async (what) => {
      const { demoControls, demoFailover } = await import('./demo.ts');
      await (what === 'controls' ? demoControls() : demoFailover());
    });

  const config = program.command('config').description('the configuration of this folder');
  config
    .command('show', { isDefault: true })
    .description('print the settings in effect, without secrets')
    .action(async () => (await import('./config.ts')).showConfig());
  config
    .command('set')
    .description('keep a secret in .env; its value is asked for, or read from standard input')
    .argument('<name>', 'such as OPENAI_API_KEY')
    .action(async (name) => (await import('./config.ts')).setConfig(name));
  config
    .command('unset')
    .description('take a secret out of .env')
    .argument('<name>')
    .action(async (name) => (await import('./config.ts')).unsetConfig(name));

  program.addCommand(pluginCommand());
  program.addCommand(doctorCommand());
  throwInsteadOfExit(program);
  return program;
};
