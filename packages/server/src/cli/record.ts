import { open, rename, rm } from 'node:fs/promises';
import { createInterface } from 'node:readline';
import { TthError } from '@tth/core';
import type { ServerMessage } from '@tth/protocol';
import { composeEngine } from '../app/compose.ts';
import { loadSettings } from '../app/config.ts';
import {
  type FileFormat,
  type TurnWriter,
  createVideoWriter,
  createWavWriter,
  pictureOf,
} from '../generate/turn-writer.ts';
import { type WriteAt, requireCodecs } from '../generate/video-file.ts';
import { createLogger } from '../observability/logger.ts';
import { type SessionRecorder, recordSession } from '../record/record-session.ts';
import type { RecordedTurn } from '../record/timeline.ts';
import { formatOf } from './file-format.ts';

export interface RecordOptions {
  readonly out: string;
  readonly url: string;
  readonly gaps: 'keep' | 'cut';
  readonly persona?: string | undefined;
  readonly session?: string | undefined;
  readonly token?: string | undefined;
  readonly json?: boolean | undefined;
}

/** Encoders come from the plugins of this folder; sound alone needs none. */
const createWriter = async (format: FileFormat, write: WriteAt): Promise<TurnWriter> => {
  if (format === 'wav') return createWavWriter('seekable', write);
  const settings = await loadSettings(process.cwd(), process.env);
  const engine = await composeEngine(settings, createLogger(settings.logLevel));
  try {
    return await createVideoWriter(
      requireCodecs(engine.services.mediaCodecs, format),
      format,
      'seekable',
      write,
    );
  } finally {
    await engine.close();
  }
};

/** Asks one text after the other, and ends when the last answer is over. */
const askInTurn = (texts: readonly string[]) => {
  const waiting = [...texts];
  return (event: ServerMessage, recorder: SessionRecorder): void => {
    const isFree =
      event.type === 'session_created' ||
      event.type === 'session_resumed' ||
      event.type === 'turn_completed' ||
      event.type === 'turn_stopped' ||
      event.type === 'turn_error';
    if (!isFree) return;
    const next = waiting.shift();
    if (next === undefined) recorder.stop();
    else recorder.ask(next);
  };
};

/** Asks each line as it is typed, also while a turn runs; ends when the lines and the last answer do. */
const askLines = () => {
  let isRunning = false;
  let hasEnded = false;
  let isListening = false;
  const listen = (recorder: SessionRecorder): void => {
    isListening = true;
    const lines = createInterface({ input: process.stdin });
    lines.on('line', (line) => {
      if (line.trim() === '') return;
      isRunning = true;
      recorder.ask(line.trim());
    });
    lines.on('close', () => {
      hasEnded = true;
      if (!isRunning) recorder.stop();
    });
  };
  return (event: ServerMessage, recorder: SessionRecorder): void => {
    if (event.type === 'session_created' && !isListening) listen(recorder);
    // A turn that was replaced is followed by the one that did it.
    const isLast =
      event.type === 'turn_stopped' ? event.reason !== 'replaced' : event.type === 'turn_completed';
    if (!isLast && event.type !== 'turn_error') return;
    isRunning = false;
    if (hasEnded) recorder.stop();
  };
};

const resumeOf = ({ session, token }: RecordOptions) => {
  if (session === undefined && token === undefined) return undefined;
  if (session !== undefined && token !== undefined) return { sessionId: session, token };
  throw new TthError('config.invalid', 'A session is taken over with both --session and --token.');
};

const summary = ({ turnId, outcome, startMs, durationMs }: RecordedTurn) => ({
  turnId,
  outcome,
  startMs,
  durationMs,
});

/** `tth record`: writes what a listener of a running server hears and sees. */
export const record = async (texts: readonly string[], options: RecordOptions): Promise<void> => {
  const format = formatOf(options.out, undefined);
  const resume = resumeOf(options);
  const partial = `${options.out}.part`;
  const file = await open(partial, 'w');
  try {
    const writer = await createWriter(format, async (bytes, position) => {
      await file.write(bytes, 0, bytes.byteLength, position);
    });
    const onlyListens = resume !== undefined && texts.length === 0;
    const next = onlyListens ? () => {} : texts.length > 0 ? askInTurn(texts) : askLines();
    const recorder: SessionRecorder = recordSession({
      url: options.url,
      video: pictureOf(format),
      persona: options.persona,
      resume,
      gaps: options.gaps,
      writer,
      now: () => performance.now(),
      onEvent: (event) => next(event, recorder),
      onTurn: ({ outcome, startMs, durationMs }) =>
        process.stderr.write(
          `${(startMs / 1000).toFixed(1)} s: a turn of ${(durationMs / 1000).toFixed(1)} s, ${outcome}\n`,
        ),
    });
    process.once('SIGINT', () => recorder.stop());
    const turns = await recorder.done;
    await file.close();
    await rename(partial, options.out);
    const last = turns.at(-1)!;
    const seconds = ((last.startMs + last.durationMs) / 1000).toFixed(1);
    process.stderr.write(`${options.out}: ${seconds} s, ${turns.length} turns\n`);
    if (options.json === true) {
      process.stdout.write(`${JSON.stringify({ out: options.out, format, turns: turns.map(summary) })}\n`);
    }
  } catch (error) {
    await file.close().catch(() => {});
    await rm(partial, { force: true });
    throw error;
  }
};
