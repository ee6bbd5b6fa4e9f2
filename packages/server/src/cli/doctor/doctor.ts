import type { Shell } from '../shell.ts';
import { diagnose } from './diagnose.ts';
import { diagnosisJson, diagnosisLines } from './print.ts';

export interface DoctorOptions {
  /** Only these plugins. */
  readonly plugins?: readonly string[];
  readonly json?: boolean | undefined;
}

/** `tth doctor`: says what is there and what to do. Resolves with 1 when something is broken. */
export const doctor = async (
  { plugins = [], json = false }: DoctorOptions,
  shell: Shell,
): Promise<number> => {
  const { root, version, env, secrets } = shell;
  const only = plugins.length === 0 ? {} : { plugins };
  const diagnosis = await diagnose(root, { version, env, secrets, ...only });
  const lines = json ? [JSON.stringify(diagnosisJson(diagnosis))] : diagnosisLines(diagnosis);
  for (const line of lines) shell.print(line);
  return diagnosis.ok ? 0 : 1;
};
