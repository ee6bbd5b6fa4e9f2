import { TthError } from '@tth/core';

/** What the system refused when `out` was opened or written, as `config.invalid`; any other error as it is. */
export const toFileError = (error: unknown, out: string): unknown =>
  error instanceof Error && 'syscall' in error && 'code' in error
    ? new TthError('config.invalid', 'The file cannot be written; name another one with --out.', {
        details: { out, reason: error.code },
        cause: error,
      })
    : error;
