import { apiVersion } from '@tth/core/plugin';
import { capabilityProblems } from './capability-check.ts';
import type { ExaminedAdapter, ExaminedPlugin } from './examine.ts';
import { type Finding, notice, problem, sentenceOf } from './finding.ts';

/** How a package is installed and named, for what somebody has to type. */
export interface Advice {
  /** Such as `npm install acme`. */
  install(name: string): string;
}

const licenceFinding = (name: string, license: string | undefined): Finding[] => {
  if (license === undefined || license === 'UNLICENSED') {
    return [notice(name, `${name} names no licence that lets you use it: ask whoever made it.`)];
  }
  if (/(?:^|\W)A?GPL/.test(license) && !/LGPL/.test(license)) {
    return [
      notice(
        name,
        `${name} is under ${license}: using it obliges you to nothing, but passing it on with your application means doing so under that licence; see its LICENSE, and leave it out to stay clear of it.`,
      ),
    ];
  }
  if (/SSPL|BUSL|BSL-1\.1|Elastic|Commons-Clause|NC/.test(license)) {
    return [notice(name, `${name} is under ${license}, which limits what you may offer with it: read it first.`)];
  }
  return [];
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
  if (installed === undefined && failure.code === 'plugin.invalid') {
    const isPath = /^[./]/.test(name);
    return [
      problem(
        name,
        isPath
          ? `There is no plugin at ${name}: correct the path in "plugins" of the configuration.`
          : `${name} is not installed: run "${advice.install(name)}", or take it out with "tth plugin remove ${name}".`,
      ),
    ];
  }
  const { cause } = failure;
  const reason = cause instanceof Error ? ` It says: ${cause.message.split('\n')[0]}` : '';
  return [problem(name, `${sentenceOf(failure)}${reason}`)];
};

/** What there is to say about one plugin. */
export const pluginFindings = (plugin: ExaminedPlugin, advice: Advice): Finding[] => {
  const { name, definition, package: installed } = plugin;
  const isEmpty =
    definition !== undefined && (definition.adapters ?? []).length + (definition.services ?? []).length === 0;
  const isOwn = /^[./]/.test(name);
  return [
    ...loadFinding(plugin, advice),
    ...(isEmpty ? [problem(name, `${name} brings neither adapters nor services: give it one, or remove it.`)] : []),
    ...(isOwn || installed === undefined ? [] : licenceFinding(name, installed.manifest.license)),
  ];
};

const healthFinding = ({ id, health }: ExaminedAdapter): Finding[] => {
  if (health === undefined || health.status === 'ok') return [];
  if (health.error !== undefined) return [problem(id, sentenceOf(health.error))];
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

/** What there is to say about one adapter. */
export const adapterFindings = (adapter: ExaminedAdapter): Finding[] => {
  const { id, plugin, stage, capabilities, failure } = adapter;
  if (failure !== undefined) return [problem(id, sentenceOf(failure))];
  return [
    ...capabilityProblems(capabilities, stage).map((wrong) =>
      problem(id, `${plugin} does not describe ${id} as the contract asks (${wrong}): correct the plugin.`),
    ),
    ...healthFinding(adapter),
  ];
};
