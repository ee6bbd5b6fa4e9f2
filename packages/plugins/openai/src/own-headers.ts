import type { AdapterDeps, SecretRef } from '@tth/core/plugin';

/** Headers of the options, secrets among them revealed, with names in small letters. */
export const revealHeaders = (
  given: Readonly<Record<string, string | SecretRef>>,
  secrets: AdapterDeps['secrets'],
): Record<string, string> =>
  Object.fromEntries(
    Object.entries(given).map(([name, value]) => [
      name.toLowerCase(),
      typeof value === 'string' ? value : secrets.reveal(value),
    ]),
  );
