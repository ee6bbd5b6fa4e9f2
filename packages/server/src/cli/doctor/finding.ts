import type { TthError } from '@tth/core';

/**
 * One thing that somebody should know. A `problem` keeps something from working; a `notice` does not. The
 * sentence says what is so and what to do about it.
 */
export interface Finding {
  readonly level: 'problem' | 'notice';
  /** A plugin, an adapter, a field of the configuration or a part of the installation. */
  readonly about: string;
  readonly sentence: string;
}

export const problem = (about: string, sentence: string): Finding => ({ level: 'problem', about, sentence });
export const notice = (about: string, sentence: string): Finding => ({ level: 'notice', about, sentence });

const asText = (value: unknown): string => {
  if (Array.isArray(value)) return value.map(asText).join('; ');
  return typeof value === 'string' ? value.trim().replaceAll(/\s*\n\s*/g, ' ') : JSON.stringify(value);
};

/** An error as one sentence with the values it carries. A secret that is not set gets the command that sets it. */
export const sentenceOf = ({ message, details }: TthError): string => {
  const { secret } = details;
  if (typeof secret === 'string') {
    return `The secret ${secret} is not set: enter it with "tth config set ${secret}", or set the variable of that name.`;
  }
  const values = Object.entries(details)
    .filter(([name]) => !['plugin', 'adapter', 'reason'].includes(name))
    .map(([name, value]) => `${name}: ${asText(value)}`);
  return values.length === 0 ? message : `${message} (${values.join('; ')})`;
};
