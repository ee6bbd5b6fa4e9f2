import { tableLines } from '../table.ts';
import type { Diagnosis } from './diagnose.ts';
import type { Finding } from './finding.ts';
import { type ExaminedAdapter, type ExaminedPlugin, waitingAdapters } from './examine.ts';

/** `ok in 12 ms`, or what is in its way. */
export const healthOf = ({ failure, health }: ExaminedAdapter): string => {
  if (failure !== undefined || health === undefined) return 'not started';
  return health.status === 'ok' || health.status === 'degraded'
    ? `${health.status} in ${health.latencyMs} ms`
    : health.status;
};

const mark = ({ failure, health }: ExaminedAdapter): string => {
  if (failure !== undefined || health === undefined) return '✗';
  if (health.status === 'ok') return '✓';
  return health.status === 'degraded' ? '~' : '✗';
};

/** Plugins and their adapters, one line each. */
export const pluginLines = (
  plugins: readonly ExaminedPlugin[],
  adapters: readonly ExaminedAdapter[],
): string[] => {
  const rows = plugins.flatMap((plugin) => {
    const { name, package: installed, definition, failure } = plugin;
    const version = installed?.manifest.version ?? '–';
    const own = adapters.filter((adapter) => adapter.plugin === name);
    const waiting = waitingAdapters(plugin, adapters).map(({ id, stage }) => [
      '·',
      name,
      version,
      stage,
      id,
      'waits to be named',
    ]);
    const services = (definition?.services ?? []).map(({ port }) => [
      failure === undefined ? '✓' : '✗',
      name,
      version,
      'service',
      port,
      '',
    ]);
    if (definition === undefined) return [['✗', name, version, '–', '–', 'not loaded']];
    return [
      ...own.map((adapter) => [mark(adapter), name, version, adapter.stage, adapter.id, healthOf(adapter)]),
      ...waiting,
      ...services,
    ];
  });
  return tableLines(rows);
};

const verdict = (problems: number, adapters: readonly ExaminedAdapter[]): string => {
  if (problems > 0) return `${problems} ${problems === 1 ? 'thing' : 'things'} to do.`;
  const partly = adapters.flatMap(({ id, health }) => (health?.status === 'degraded' ? [id] : []));
  return partly.length === 0 ? 'Everything works.' : `Everything runs; not fully: ${partly.join(', ')}.`;
};

/** A diagnosis for a person: what is there, then what to do, then the verdict. */
export const diagnosisLines = ({
  version,
  node,
  config,
  plugins,
  adapters,
  findings,
}: Diagnosis): string[] => {
  // Adapters that miss the same thing are one thing to do.
  const sentencesOf = (wanted: Finding['level']): readonly string[] => [
    ...new Set(findings.flatMap(({ level, sentence }) => (level === wanted ? [sentence] : []))),
  ];
  const problems = sentencesOf('problem');
  const section = (title: string, lines: readonly string[]): string[] =>
    lines.length === 0 ? [] : ['', title, ...lines.map((line) => `  ${line}`)];
  return [
    `TTH ${version} on Node.js ${node}, ${config ?? 'no tth.config.ts: everything as it comes'}`,
    ...section('Plugins', pluginLines(plugins, adapters)),
    ...section(
      'To know',
      sentencesOf('notice').map((sentence) => `~ ${sentence}`),
    ),
    ...section(
      'To do',
      problems.map((sentence) => `✗ ${sentence}`),
    ),
    '',
    verdict(problems.length, adapters),
  ];
};

/** Plugins and adapters for a program. No secrets, no options. */
export const examinationJson = ({ plugins, adapters }: Pick<Diagnosis, 'plugins' | 'adapters'>): object => ({
  plugins: plugins.map(({ name, package: installed, definition, failure }) => ({
    name,
    version: installed?.manifest.version,
    license: installed?.manifest.license,
    apiVersion: definition?.apiVersion,
    services: (definition?.services ?? []).map(({ port }) => port),
    error: failure && { code: failure.code, message: failure.message },
  })),
  adapters: adapters.map(({ id, plugin, stage, failure, health }) => ({
    id,
    plugin,
    stage,
    health: health && { status: health.status, detail: health.detail, latencyMs: health.latencyMs },
    error: failure && { code: failure.code, message: failure.message },
  })),
});

/** A diagnosis for a program. */
export const diagnosisJson = (diagnosis: Diagnosis): object => {
  const { ok, version, node, config, findings } = diagnosis;
  return { ok, version, node, config, ...examinationJson(diagnosis), findings };
};
