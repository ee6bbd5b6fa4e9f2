import { CommanderError } from '@commander-js/extra-typings';
import { type ControlOutcome, isTthError } from '@tth/core';
import { reportLines } from './control-report.ts';

/** An error for a person at a terminal: what happened, where, what to do. Returns the exit code. */
export const reportError = (error: unknown, stream: NodeJS.WritableStream): number => {
  // Help, the version and what is wrong with a command line are printed already.
  if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2;
  if (!isTthError(error)) {
    stream.write(
      `tth: something unexpected happened: ${error instanceof Error ? error.message : String(error)}\n  "tth doctor" looks at the whole installation.\n`,
    );
    return 1;
  }
  stream.write(`tth: ${error.message} (${error.code})\n`);
  for (const [name, value] of Object.entries(error.details)) {
    if (name === 'outcomes') {
      for (const line of reportLines(value as readonly ControlOutcome[])) stream.write(`  ${line}\n`);
      continue;
    }
    const lines = Array.isArray(value)
      ? value.map((each) => (typeof each === 'string' ? each : JSON.stringify(each)))
      : [typeof value === 'string' ? value : JSON.stringify(value)];
    for (const line of lines) stream.write(`  ${name}: ${line}\n`);
  }
  return error.code.startsWith('config.') || error.code.startsWith('protocol.') ? 2 : 1;
};
