import path from 'node:path';
import { type SecretStore, isTthError } from '@tth/core';
import { type Settings, loadSettings } from '../../app/config.ts';
import type { Environment } from '../../app/environment.ts';
import { readPersonas } from '../../app/persona-files.ts';
import { findPackageManager, runProgram } from '../project/package-manager.ts';
import { configFindings } from './config-findings.ts';
import { type Examination, type ExaminedAdapter, type ExaminedPlugin, examine } from './examine.ts';
import { type Finding, problem, sentenceOf } from './finding.ts';
import {
  codecFindings,
  nodeFindings,
  pageFindings,
  socketFindings,
  versionFindings,
} from './installation-findings.ts';
import { type Advice, adapterFindings, licenceFindings, pluginFindings } from './plugin-findings.ts';

/** What `tth doctor` found. `ok`: no finding is a problem. */
export interface Diagnosis {
  readonly ok: boolean;
  readonly version: string;
  readonly node: string;
  /** The file that was read, from the folder; `undefined`: everything is as it comes. */
  readonly config: string | undefined;
  readonly plugins: readonly ExaminedPlugin[];
  readonly adapters: readonly ExaminedAdapter[];
  readonly findings: readonly Finding[];
}

export interface DiagnoseOptions {
  /** The version of the command. */
  readonly version: string;
  readonly env: Environment;
  readonly secrets: SecretStore;
  /** Only these plugins and their adapters, whether or not the configuration names them. */
  readonly plugins?: readonly string[];
  readonly healthTimeoutMs?: number;
  readonly loadSockets?: () => Promise<unknown>;
}

const nothing: Examination = { plugins: [], adapters: [], services: {} };

const adviceFor = async (root: string): Promise<Advice> => {
  const manager = await findPackageManager(root, runProgram);
  return { install: (name) => manager.command('add', [name]) };
};

const personaFindings = async (settings: Settings): Promise<Finding[]> => {
  try {
    await readPersonas(settings);
    return [];
  } catch (error) {
    return isTthError(error) ? [problem('personas', sentenceOf(error))] : [];
  }
};

/** Looks at an installation from the Node.js that runs it to the health of every provider. Changes nothing. */
export const diagnose = async (root: string, options: DiagnoseOptions): Promise<Diagnosis> => {
  const { version, env, secrets, plugins: only, healthTimeoutMs } = options;
  const isWhole = only === undefined;
  const findings: Finding[] = [];
  let settings: Settings | undefined;
  let config: unknown;
  try {
    settings = await loadSettings(root, env);
    config = settings.file;
  } catch (error) {
    if (!isTthError(error)) throw error;
    config = error.details['file'] ?? error.details['source'];
    findings.push(problem('configuration', sentenceOf(error)));
  }
  const examined =
    settings === undefined
      ? nothing
      : await examine(settings, {
          secrets,
          ...(only && { plugins: only }),
          ...(healthTimeoutMs !== undefined && { healthTimeoutMs }),
        });
  const advice = await adviceFor(root);
  findings.push(
    ...nodeFindings(process.versions.node),
    ...examined.plugins.flatMap((plugin) => pluginFindings(plugin, examined.adapters, advice)),
    ...examined.adapters.flatMap((adapter) => adapterFindings(adapter, examined.plugins)),
    ...licenceFindings(examined.plugins),
  );
  if (isWhole) {
    findings.push(
      ...(await socketFindings(options.loadSockets ?? (() => import('../../gateway/listen.ts')))),
      ...(await codecFindings(examined)),
      ...(await versionFindings(root, version, examined)),
      ...pageFindings(root),
    );
  }
  if (isWhole && settings !== undefined) {
    findings.push(...configFindings(settings, examined), ...(await personaFindings(settings)));
  }
  return {
    ok: findings.every(({ level }) => level !== 'problem'),
    version,
    node: process.versions.node,
    config: typeof config === 'string' ? path.basename(config) : undefined,
    plugins: examined.plugins,
    adapters: examined.adapters,
    findings,
  };
};
