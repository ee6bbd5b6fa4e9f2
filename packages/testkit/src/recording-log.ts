import type { Log } from '@tth/core/plugin';

export interface LogLine {
  readonly level: keyof Log;
  readonly fields: object;
  readonly message: string;
}

/** A log that keeps what is written to it. */
export interface RecordingLog extends Log {
  /** In the order in which they were written. */
  readonly lines: readonly LogLine[];
}

export const createRecordingLog = (): RecordingLog => {
  const lines: LogLine[] = [];
  const writer = (level: keyof Log) => (fields: object, message: string) => {
    lines.push({ level, fields, message });
  };
  return {
    lines,
    debug: writer('debug'),
    info: writer('info'),
    warn: writer('warn'),
    error: writer('error'),
  };
};
