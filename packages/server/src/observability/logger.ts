import { pino } from 'pino';
import { type Log, isTthError } from '@tth/core';

export type LogLevel = 'debug' | 'info' | 'warn' | 'error' | 'silent';

const secretPaths = ['token', 'apiKey', 'authorization', '*.token', '*.apiKey', '*.authorization'];

/** Codes whose cause is a configuration or a vendor: what is to be done is in code and details, not in a stack. */
const isExpected = /^(?:config|protocol|provider)\./;

/** An error as a log line has it. */
export const errorFields = (error: Error): object =>
  isTthError(error) && isExpected.test(error.code)
    ? { code: error.code, message: error.message, details: error.details }
    : pino.stdSerializers.err(error);

/** Structured logs on stderr, one JSON object a line, so that stdout stays free for results. */
export const createLogger = (level: LogLevel): Log => {
  const logger = pino(
    {
      level,
      base: null,
      timestamp: pino.stdTimeFunctions.isoTime,
      redact: { paths: secretPaths, censor: '[secret]' },
      serializers: { error: errorFields },
      formatters: { level: (label) => ({ level: label }) },
    },
    pino.destination({ dest: 2, sync: false }),
  );
  return logger;
};
