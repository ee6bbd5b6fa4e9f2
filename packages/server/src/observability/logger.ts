import { pino } from 'pino';
import type { Log } from '@tth/core';

export type LogLevel = 'debug' | 'info' | 'warn' | 'error' | 'silent';

const secretPaths = ['token', 'apiKey', 'authorization', '*.token', '*.apiKey', '*.authorization'];

/** Structured logs on stderr, one JSON object a line, so that stdout stays free for results. */
export const createLogger = (level: LogLevel): Log => {
  const logger = pino(
    {
      level,
      base: null,
      timestamp: pino.stdTimeFunctions.isoTime,
      redact: { paths: secretPaths, censor: '[secret]' },
      serializers: { error: pino.stdSerializers.err },
      formatters: { level: (label) => ({ level: label }) },
    },
    pino.destination({ dest: 2, sync: false }),
  );
  return logger;
};
