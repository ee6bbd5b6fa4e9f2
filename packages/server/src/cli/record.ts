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
import { toFileError } from './file-error.ts';
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

/** Whether an event is the answer to something asked: a turn is over, or it was refused. */
const isAnswer = (event: ServerMessage): boolean =>
  event.type === 'turn_completed' ||
  event.type === 'turn_stopped' ||
  event.type === 'turn_error' ||
  (event.type === 'error' && event.clientMsgId !== undefined);

const isOpen = ({ type }: ServerMessage): boolean => type === 'session_created' || type === 'session_resumed';

/** Asks one text after the other, and ends when the last answer is over. */
const askInTurn = (texts: readonly string[]) => {
  const waiting = [...texts];
  return (event: ServerMessage, recorder: SessionRecorder): void => {
    if (!isOpen(event) && !isAnswer(event)) return;
    const next = waiting.shift();
    if (next === undefined) recorder.stop();
    else recorder.ask(next);
  };
};

/** Asks each line as it is typed, also while a turn runs; ends when the lines and their answers do. */
const askLines = () => {
  let unanswered = 0;
  let hasEnded = false;
  const listen = (recorder: SessionRecorder): void => {
    const lines = createInterface({ input: process.stdin });
    lines.on('line', (line) => {
      if (line.trim() === '') return;
      unanswered += 1;
      recorder.ask(line.trim());
    });
    lines.on('close', () => {
      hasEnded = true;
      if (unanswered === 0) recorder.stop();
    });
  };
  return (event: ServerMessage, recorder: SessionRecorder): void => {
    if (isOpen(event)) listen(recorder);
    if (!isAnswer(event)) return;
    unanswered = Math.max(0, unanswered - 1);
    if (hasEnded && unanswered === 0) recorder.stop();
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

const checkAddress = (url: string): void => {
  if (URL.canParse(url) && /^(?:https?|wss?):/.test(url)) return;
  throw new TthError('config.invalid', 'Expected the address of a server, such as http://127.0.0.1:8080.', {
    details: { url },
  });
};

/** `tth record`: writes what a listener of a running server hears and sees. */
export const record = async (texts: readonly string[], options: RecordOptions): Promise<void> => {
  const format = formatOf(options.out, undefined);
  const resume = resumeOf(options);
  checkAddress(options.url);
  const partial = `${options.out}.part`;
  const file = await open(partial, 'w').catch((error: unknown) => {
    throw toFileError(error, options.out);
  });
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
