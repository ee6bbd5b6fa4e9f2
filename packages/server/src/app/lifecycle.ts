import type { Log } from '@tth/core';

/** How long a graceful stop may take before the process ends anyway. */
const stopTimeoutMs = 10_000;

/**
 * Runs until SIGINT or SIGTERM, then calls `stop` and exits with 0. A second signal exits at once. An error
 * that nobody caught is logged; the server goes on, its sessions are independent of each other.
 */
export const runUntilSignal = (stop: () => Promise<void>, log: Log): void => {
  let stopping = false;
  const onSignal = (signal: string): void => {
    if (stopping) process.exit(1);
    stopping = true;
    log.info({ signal }, 'stopping');
    setTimeout(() => process.exit(1), stopTimeoutMs).unref();
    stop().then(
      () => process.exit(0),
      (error: unknown) => {
        log.error({ error }, 'the server did not stop cleanly');
        process.exit(1);
      },
    );
  };
  process.on('SIGINT', onSignal);
  process.on('SIGTERM', onSignal);
  process.on('uncaughtException', (error) => log.error({ error }, 'an error was not caught'));
  process.on('unhandledRejection', (error) => log.error({ error }, 'a rejection was not handled'));
};
