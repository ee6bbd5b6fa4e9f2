import { existsSync } from 'node:fs';
import path from 'node:path';

/** Puts what the `.env` of a folder says into the environment of this process. What is set already stays. */
export const loadEnvFile = (folder: string): void => {
  const file = path.join(folder, '.env');
  if (existsSync(file)) process.loadEnvFile(file);
};
