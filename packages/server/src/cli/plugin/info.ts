import { TthError } from '@tth/core';
import type { AdapterDefinition, Capabilities } from '@tth/core/plugin';
import { loadPlugins } from '../doctor/examine.ts';
import { sentenceOf } from '../doctor/finding.ts';
import { tableLines } from '../table.ts';
import type { Shell } from '../shell.ts';
import { type OptionInfo, optionsOf } from '../project/adapter-options.ts';

export interface InfoOptions {
  readonly json?: boolean | undefined;
}

/** What an adapter can do with the options that it has by default; `undefined` where that depends on ones that it needs. */
const capabilitiesOf = ({ capabilities, options }: AdapterDefinition): Capabilities | undefined => {
  if (typeof capabilities !== 'function') return capabilities;
  const given = options.safeParse({});
  return given.success ? capabilities(given.data, {}) : undefined;
};

/** Longer lists are cut for a terminal; `--json` has all of them. */
const shownItems = 12;

const showList = (values: readonly string[], between: string): string => {
  const rest = values.length - shownItems;
  const shown = rest > 1 ? [...values.slice(0, shownItems), `… ${rest} more`] : values;
  return shown.length === 0 ? 'none' : shown.join(between);
};

const show = (value: unknown): string => {
  if (typeof value === 'boolean') return value ? 'yes' : 'no';
  if (Array.isArray(value)) return showList(value.map(show), ', ');
  if (typeof value !== 'object' || value === null) return String(value);
  if ('min' in value && 'max' in value) return `${show(value.min)} to ${show(value.max)}`;
  return Object.entries(value)
    .map(([name, inner]) => `${name} ${show(inner)}`)
    .join('; ');
};

/** Fields that say how requests are written are for code, not for people. */
const hidden = ['stage', 'map', 'controls', 'standIns'];

const indent = (lines: readonly string[], by: string): string[] => lines.map((line) => `${by}${line}`);

const optionRow = ({ name, type, default: fallback, isRequired, description = '' }: OptionInfo): string[] => [
  name,
  showList(type.split(' | '), ' | '),
  isRequired ? 'required' : fallback === undefined ? 'optional' : `default ${fallback}`,
  description,
];

const adapterLines = (adapter: AdapterDefinition): string[] => {
  const can = capabilitiesOf(adapter);
  const options = optionsOf(adapter);
  const secrets = options.filter(({ type }) => type === 'secret');
  const facts = Object.entries(can ?? {}).filter(([name]) => !hidden.includes(name));
  const controls =
    can !== undefined && 'controls' in can
      ? Object.entries(can.controls).filter(([name]) => !hidden.includes(name))
      : [];
  const section = (title: string, lines: readonly string[]): string[] =>
    lines.length === 0 ? [] : [`  ${title}`, ...indent(lines, '    ')];
  return [
    '',
    `${adapter.id} (${adapter.stage})`,
    ...(can === undefined ? ['  What it can do depends on options that it has to be given.'] : []),
    ...section(
      'can',
      tableLines(
        facts.map(([name, value]) => [
          name,
          name === 'languages' && String(value) === '' ? 'any' : show(value),
        ]),
      ),
    ),
    ...section('controls', tableLines(controls.map(([name, value]) => [name, show(value)]))),
    ...section('options', tableLines(options.map(optionRow))),
    ...section(
      'environment',
      secrets.map(({ name, secret }) =>
        secret === undefined ? `the variable that ${name} names` : `${secret}, for ${name}`,
      ),
    ),
  ];
};

/** `tth plugin info`: what a plugin brings, how it is set up and which controls it honours. */
export const describePlugin = async (
  name: string,
  { json = false }: InfoOptions,
  shell: Shell,
): Promise<number> => {
  const [plugin] = await loadPlugins(shell.root, [name]);
  if (plugin?.definition === undefined) {
    throw new TthError('plugin.invalid', `${name} cannot be read; add it to the project first.`, {
      details: { ...(plugin?.failure && { problem: sentenceOf(plugin.failure) }) },
    });
  }
  const { definition, package: installed } = plugin;
  const { adapters = [], services = [] } = definition;
  const { version, license, description } = installed?.manifest ?? {};
  if (json) {
    const described = adapters.map((adapter) => ({
      id: adapter.id,
      stage: adapter.stage,
      capabilities: capabilitiesOf(adapter),
      options: optionsOf(adapter),
    }));
    const ports = services.map(({ port }) => port);
    const { apiVersion } = definition;
    shell.print(JSON.stringify({ name, version, license, apiVersion, adapters: described, services: ports }));
    return 0;
  }
  shell.print([definition.name, version, license].filter((part) => part !== undefined).join('  '));
  if (description !== undefined) shell.print(description);
  for (const line of adapters.flatMap(adapterLines)) shell.print(line);
  if (services.length > 0) shell.print(`\nservices: ${services.map(({ port }) => port).join(', ')}`);
  return 0;
};
