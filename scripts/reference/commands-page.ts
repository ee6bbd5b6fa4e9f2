import { createProgram } from '../../packages/server/src/cli/program.ts';
import { code, table } from './fields.ts';

type Command = ReturnType<typeof createProgram>;

/** A command by the words that call it. */
export interface NamedCommand {
  readonly name: string;
  readonly command: Command;
}

/** Every command that does something, those inside others too, in the order of their names. */
export const allCommands = (command: Command = createProgram(), before = ''): readonly NamedCommand[] => {
  const name = `${before}${command.name()}`;
  const inside = command.commands
    .toSorted((a, b) => a.name().localeCompare(b.name()))
    .flatMap((each) => allCommands(each as Command, `${name} `));
  return command.commands.length === 0 ? [{ name, command }] : inside;
};

const argumentOf = (argument: Command['registeredArguments'][number]): string => {
  const text = `${argument.name()}${argument.variadic ? '...' : ''}`;
  return argument.required ? `<${text}>` : `[${text}]`;
};

const choicesOf = (choices: readonly string[] | undefined): string =>
  choices === undefined ? '' : ` (${code(choices)})`;

const defaultOf = (value: unknown): string => (value === undefined || value === false ? '' : code([value]));

const sectionOf = ({ name, command }: NamedCommand): string => {
  const usage = [name, ...command.registeredArguments.map(argumentOf)].join(' ');
  const rows = [
    ...command.registeredArguments.map((argument) => [
      code([argumentOf(argument)]),
      `${argument.description}${choicesOf(argument.argChoices)}`.trim(),
      defaultOf(argument.defaultValue),
    ]),
    ...command.options.map((option) => [
      code([option.flags]),
      `${option.description}${choicesOf(option.argChoices)}`.trim(),
      option.mandatory ? 'required' : defaultOf(option.defaultValue),
    ]),
  ];
  const description = command.description();
  const sentence = `${description.slice(0, 1).toUpperCase()}${description.slice(1)}.`;
  const parts = [`## ${name}`, sentence, `\`\`\`text\n${usage}\n\`\`\``];
  return [...parts, ...(rows.length > 0 ? [table(['', 'what', 'default'], rows)] : [])].join('\n\n');
};

const exitCodes = `Results go to standard output, everything else to standard error. A command ends with 0, with 1 where something failed or is
broken, with 2 where the command or the configuration is not as expected, and with 130 where Ctrl+C ended "tth say".`;

/** The page of the command line. `made` is its first line. */
export const commandsPage = (made: string): string =>
  `${[made, '# Commands', exitCodes, ...allCommands().map(sectionOf)].join('\n\n')}\n`;
