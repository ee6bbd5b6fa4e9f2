import { type AdapterDefinition, apiVersion } from '@tth/core/plugin';
import { isPath } from '../../app/find-plugins.ts';
import { optionsOf } from '../project/adapter-options.ts';
import { capabilityProblems } from './capability-check.ts';
import { type ExaminedAdapter, type ExaminedPlugin, waitingAdapters } from './examine.ts';
import { type Finding, notice, problem, sentenceOf } from './finding.ts';

/** How a package is installed and named, for what somebody has to type. */
export interface Advice {
  /** Such as `npm install acme`. */
  install(name: string): string;
}

const namesOf = (plugins: readonly ExaminedPlugin[]): string => plugins.map(({ name }) => name).join(', ');

const licenceOf = ({ package: installed }: ExaminedPlugin): string =>
  installed?.manifest.license ?? 'UNLICENSED';

/** What licences there are to know of, each once. Files of the project itself have its own. */
export const licenceFindings = (plugins: readonly ExaminedPlugin[]): Finding[] => {
  const foreign = plugins.filter(({ name, package: installed }) => installed !== undefined && !isPath(name));
  const under = (pattern: RegExp): readonly ExaminedPlugin[] =>
    foreign.filter((plugin) =>
      licenceOf(plugin)
        .split(' OR ')
        .every((choice) => pattern.test(choice)),
    );
  const say = (found: readonly ExaminedPlugin[], sentence: string): Finding[] =>
    found.length === 0 ? [] : [notice('licences', `${namesOf(found)}: ${sentence}`)];
  return [
    ...say(
      under(/(?:^|[^L])A?GPL/),
      'under the GPL. Running it obliges you to nothing; passing your application on with it means doing so under the terms of the GPL.',
    ),
    ...say(
      under(/SSPL|BUSL|BSL-1\.1|Elastic|Commons-Clause|-NC/),
      'its licence limits what you may offer with it. Read it first.',
    ),
    ...say(under(/^UNLICENSED$/), 'no licence that lets you use it. Ask whoever made it.'),
  ];
};

/** Why a plugin does not load, as a sentence that says what to do. */
const loadFinding = ({ name, package: installed, failure }: ExaminedPlugin, advice: Advice): Finding[] => {
  if (failure === undefined) return [];
  const found = failure.details['found'];
  if (typeof found === 'number') {
    return [
      problem(
        name,
        `${name} is written for version ${found} of the plugin contract and this is version ${apiVersion}: install a version of it that matches.`,
      ),
    ];
  }
  if (failure.details['reason'] === 'not_found') {
    if (isPath(name)) {
      return [
        problem(name, `There is no plugin at ${name}: correct the path in "plugins" of the configuration.`),
      ];
    }
    return [
      problem(
        name,
        installed === undefined
          ? `${name} is not installed: run "${advice.install(name)}", or take it out with "tth plugin remove ${name}".`
          : `${name} is installed without the file that its package.json exports: build it, or install it again.`,
      ),
    ];
  }
  const { cause } = failure;
  const reason = cause instanceof Error ? ` It says: ${cause.message.split('\n')[0]}` : '';
  return [problem(name, `${sentenceOf(failure)}${reason}`)];
};

const toKey = (id: string): string => (/^\w+$/.test(id) ? id : `'${id}'`);

const wayToUse = (name: string, example: AdapterDefinition): string => {
  const { id, stage } = example;
  const command = `run "tth plugin add ${name} --use ${id}".`;
  const needed = optionsOf(example).flatMap((option) => (option.isRequired ? [`${option.name}: …`] : []));
  return needed.length === 0
    ? `put ${id} into routes.${stage}, or ${command}`
    : `write adapters: { ${toKey(id)}: { ${needed.join(', ')} } } into the configuration, then ${command}`;
};

/** What there is to say about one plugin. */
export const pluginFindings = (
  plugin: ExaminedPlugin,
  adapters: readonly ExaminedAdapter[],
  advice: Advice,
): Finding[] => {
  const { name, definition } = plugin;
  const own = definition?.adapters ?? [];
  const isEmpty = definition !== undefined && own.length + (definition.services ?? []).length === 0;
  const waiting = waitingAdapters(plugin, adapters);
  const isIdle = own.length > 0 && waiting.length === own.length;
  const example = waiting[0];
  return [
    ...loadFinding(plugin, advice),
    ...(isEmpty
      ? [problem(name, `${name} brings neither adapters nor services: give it one, or remove it.`)]
      : []),
    ...(isIdle && example !== undefined
      ? [
          notice(
            name,
            `${name} does nothing yet: its adapters start when they are named; ${wayToUse(name, example)}`,
          ),
        ]
      : []),
  ];
};

const healthFinding = ({ id, health }: ExaminedAdapter): Finding[] => {
  if (health === undefined || health.status === 'ok') return [];
  if (health.error !== undefined) {
    const isAway = health.error.code === 'provider.unavailable';
    const advice = isAway ? ' See whether it runs and can be reached from here.' : '';
    return [problem(id, `${id} is down: ${sentenceOf(health.error)}${advice}`)];
  }
  if (health.status === 'late') {
    return [
      problem(
        id,
        `${id} did not answer its health check within ${(health.latencyMs / 1000).toFixed(1)} s: see whether its provider runs and can be reached.`,
      ),
    ];
  }
  const detail = health.detail ?? 'it does not say why; see its README';
  return health.status === 'down'
    ? [problem(id, `${id} is down: ${detail}`)]
    : [notice(id, `${id} works, but not fully: ${detail}`)];
};

/** Options that are missing, as the line that gives them; `undefined` where the failure is about something else. */
const missingOptions = (
  { id, failure }: ExaminedAdapter,
  definition: AdapterDefinition,
): string | undefined => {
  const { field, problem: text } = failure?.details ?? {};
  if (field !== `adapters.${id}` || typeof text !== 'string') return undefined;
  const missing = text.split('✖').filter((part) => part.includes('received undefined'));
  const names = optionsOf(definition)
    .filter(
      ({ name, isRequired }) => isRequired && missing.some((part) => part.trim().endsWith(`→ at ${name}`)),
    )
    .map(({ name }) => `${name}: …`);
  const of = id === definition.id ? [] : [`adapter: '${definition.id}'`];
  return names.length === 0 ? undefined : `adapters: { ${toKey(id)}: { ${[...of, ...names].join(', ')} } }`;
};

/** What there is to say about one adapter of these plugins. */
export const adapterFindings = (adapter: ExaminedAdapter, plugins: readonly ExaminedPlugin[]): Finding[] => {
  const { id, plugin, stage, capabilities, failure } = adapter;
  const definition = plugins
    .flatMap((each) => each.definition?.adapters ?? [])
    .find((each) => each.id === adapter.definition);
  const line = definition && missingOptions(adapter, definition);
  if (line !== undefined) {
    return [problem(id, `${id} needs options that have no default: write ${line} into the configuration.`)];
  }
  if (failure !== undefined) return [problem(id, sentenceOf(failure))];
  return [
    ...capabilityProblems(capabilities, stage).map((wrong) =>
      problem(id, `${plugin} does not describe ${id} as the contract asks (${wrong}): correct the plugin.`),
    ),
    ...healthFinding(adapter),
  ];
};
