import { loadSettings } from '../app/config.ts';
import { createServer } from '../app/create-server.ts';
import { discover } from '../app/discovery.ts';
import { readEnvironment } from '../app/environment.ts';
import { discoverPlugins } from '../app/find-plugins.ts';
import { runUntilSignal } from '../app/lifecycle.ts';
import { createLogger } from '../observability/logger.ts';
import { notAvailable } from './open-engine.ts';

export interface ServeOptions {
  readonly host?: string | undefined;
  readonly port?: number | undefined;
  readonly static?: string | undefined;
}

/** `tth serve`: starts the gateway, prints its address and runs until it is told to stop. */
export const serve = async (options: ServeOptions): Promise<void> => {
  const given = Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined));
  const settings = await loadSettings(process.cwd(), process.env, given);
  const log = createLogger(settings.logLevel);
  const server = await createServer(settings, log);
  const adapters = server.engine.adapters();
  const named = (stage: string): string =>
    adapters.flatMap((adapter) => (adapter.stage === stage ? [adapter.id] : [])).join(', ') || 'none';

  process.stdout.write(
    [
      '',
      `  TTH is talking at  ${server.url}`,
      `  watch it think at  ${server.url}/inspector`,
      '',
      `  answers: ${named('llm')}   voice: ${named('tts')}   face: ${named('avatar')}`,
      '  Ctrl+C stops.',
      '',
      '',
    ].join('\n'),
  );
  for (const line of notAvailable(server.engine.failures)) process.stderr.write(`  ${line}\n`);
  runUntilSignal(() => server.close(), log);
  if (!settings.discovery) return;
  const offers = await discover({
    environment: readEnvironment(settings.root, process.env),
    plugins: settings.plugins ?? (await discoverPlugins(settings.root)),
  });
  for (const offer of offers) process.stdout.write(`  ${offer}\n`);
};
