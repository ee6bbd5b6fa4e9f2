import type { Engine } from '@tth/core';
import { composeEngine } from '../app/compose.ts';
import type { Settings } from '../app/config.ts';
import { createLogger } from '../observability/logger.ts';
import { sentenceOf } from './doctor/finding.ts';

/** What could not be started, a sentence each, for a person. */
export const notAvailable = (failures: Engine['failures']): readonly string[] =>
  failures.map(({ plugin, adapter, error }) => `${adapter ?? plugin} is not available: ${sentenceOf(error)}`);

/**
 * The engine of a command that says itself what happens. `tell` is given a line for each part that could not be
 * started; the log is written only where `logLevel` asks for more than warnings.
 */
export const openEngine = async (settings: Settings, tell: (line: string) => void): Promise<Engine> => {
  const { logLevel } = settings;
  const isAskedFor = logLevel === 'debug' || logLevel === 'info';
  const engine = await composeEngine(settings, createLogger(isAskedFor ? logLevel : 'silent'));
  notAvailable(engine.failures).forEach(tell);
  return engine;
};
