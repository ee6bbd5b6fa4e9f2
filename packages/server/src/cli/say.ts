import { createWriteStream } from 'node:fs';
import { readFile, rename, rm } from 'node:fs/promises';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { type ControlOutcome, type LooseControls, TthError, normalizeControls } from '@tth/core';
import { maxTextLength } from '@tth/protocol';
import { loadSettings } from '../app/config.ts';
import { renderTurn } from '../generate/render-turn.ts';
import { toFileError } from './file-error.ts';
import { formatOf } from './file-format.ts';
import { openChat, remark } from './chat-session.ts';
import { reportLines } from './control-report.ts';
import { openEngine } from './open-engine.ts';
import { createProgress } from './progress.ts';
import { findPlayer, openSpeakers } from './speakers.ts';

/** What shells say of a command that Ctrl+C ended. */
const exitOfInterrupt = 130;

export interface SayOptions {
  /** Without it the text is heard. */
  readonly out?: string | undefined;
  readonly format?: string | undefined;
  readonly file?: string | undefined;
  readonly ask?: boolean | undefined;
  readonly persona?: string | undefined;
  readonly emotion?: string | undefined;
  readonly intensity?: string | undefined;
  readonly rate?: string | undefined;
  readonly pitch?: string | undefined;
  readonly volume?: string | undefined;
  readonly strict?: boolean | undefined;
  /** Prints what became of the controls. */
  readonly controls?: boolean | undefined;
  readonly json?: boolean | undefined;
}

const readText = async (words: readonly string[], file: string | undefined): Promise<string> => {
  if (words.length > 0) return words.join(' ');
  if (file !== undefined && file !== '-') {
    try {
      return await readFile(file, 'utf8');
    } catch (cause) {
      throw new TthError('config.invalid', 'The text file could not be read.', { details: { file }, cause });
    }
  }
  if (process.stdin.isTTY) {
    throw new TthError(
      'protocol.invalid_message',
      'There is no text; write it behind "say", pipe it in, or name a file with --file.',
    );
  }
  const parts: Buffer[] = [];
  for await (const part of process.stdin) parts.push(part as Buffer);
  return Buffer.concat(parts).toString('utf8');
};

/** Somebody who types a value that makes no sense wants to hear it before anything is made. */
const controlsOf = (options: SayOptions): LooseControls => {
  const { emotion: label, intensity, rate, pitch, volume, strict } = options;
  const { patch, outcomes } = normalizeControls({
    emotion: { label, intensity },
    character: { rate, pitch, volume },
    strict,
  });
  if (outcomes.length === 0) return patch;
  throw new TthError('config.invalid', 'A control has a value that is not known.', {
    details: { problems: outcomes.map(({ field, reason }) => `${field}: ${reason}`) },
  });
};

/** Writes next to the target and renames at the end, so that a failed run leaves no half file. */
const writeFile = async (target: string, bytes: AsyncIterable<Uint8Array>): Promise<void> => {
  const partial = `${target}.part`;
  try {
    await pipeline(Readable.from(bytes), createWriteStream(partial));
    await rename(partial, target);
  } catch (error) {
    await rm(partial, { force: true });
    throw toFileError(error, target);
  }
};

/** Plays the text; what is spoken is written while it is heard. */
const sayAloud = async (text: string, controls: LooseControls, options: SayOptions): Promise<void> => {
  let failure: TthError | undefined;
  const speakers = openSpeakers(findPlayer(process.env['PATH'] ?? ''), (error) => {
    failure = error;
    chat.interrupt();
  });
  const settings = await loadSettings(process.cwd(), process.env);
  const engine = await openEngine(settings, (line) => process.stderr.write(`${line}\n`));
  const { persona, ask = false } = options;
  const chat = openChat(engine, {
    persona,
    controls,
    speakers,
    write: (written) => process.stderr.write(written),
  });
  process.once('SIGINT', () => chat.interrupt());
  try {
    const isSpoken = await (ask ? chat.ask(text) : chat.say(text));
    if (!isSpoken) process.exitCode = 1;
  } finally {
    await chat.close();
    await engine.close();
  }
  if (failure !== undefined) throw failure;
};

/** `tth say`: text in, a file or sound out. Messages go to stderr, the file or the JSON result to stdout. */
export const say = async (words: readonly string[], options: SayOptions): Promise<void> => {
  const { out } = options;
  const format = out === undefined ? undefined : formatOf(out, options.format);
  const controls = controlsOf(options);
  const text = (await readText(words, options.file)).trim();
  if (text === '' || text.length > maxTextLength) {
    throw new TthError('protocol.invalid_message', `Expected 1 to ${maxTextLength} characters of text.`, {
      details: { length: text.length },
    });
  }
  if (out === undefined || format === undefined) return sayAloud(text, controls, options);
  const progress = createProgress(process.stderr);
  const settings = await loadSettings(process.cwd(), process.env);
  const engine = await openEngine(settings, progress.note);
  const abort = new AbortController();
  process.once('SIGINT', () => abort.abort());
  const toStdout = out === '-';
  const begun = performance.now();
  try {
    let spoken = 0;
    let firstAudioMs: number | undefined;
    const outcomes: ControlOutcome[] = [];
    const rendering = await renderTurn(engine, {
      text,
      format,
      kind: options.ask === true ? 'user_text' : 'say',
      layout: toStdout ? 'streamed' : 'whole',
      persona: options.persona,
      controls,
      signal: abort.signal,
      onEvent: (event) => {
        if (event.type === 'metrics') firstAudioMs = event.values['firstAudioMs'];
        if (event.type === 'control_report') outcomes.push(...event.outcomes);
        if (event.type === 'degraded_mode') progress.note(remark(event));
        if (event.type !== 'sentence') return;
        progress.update(Math.min(0.99, spoken / text.length), event.text.slice(0, 40));
        spoken += event.text.length;
      },
    });
    if (toStdout) await pipeline(Readable.from(rendering.bytes), process.stdout, { end: false });
    else await writeFile(out, rendering.bytes);
    const result = await rendering.result;
    const tookMs = Math.round(performance.now() - begun);
    const speech = (result.durationMs / 1000).toFixed(1);
    progress.note(`${toStdout ? 'stdout' : out}: ${speech} s of speech in ${(tookMs / 1000).toFixed(1)} s`);
    if (options.controls === true) {
      for (const line of reportLines(outcomes)) process.stderr.write(`  ${line}\n`);
    }
    if (options.json === true && !toStdout) {
      const report = { out, format, ...result, tookMs, firstAudioMs, controls: outcomes };
      process.stdout.write(`${JSON.stringify(report)}\n`);
    }
  } catch (error) {
    if (!abort.signal.aborted) throw error;
    progress.note(toStdout ? 'Stopped before its end.' : `Stopped before its end; ${out} is not written.`);
    process.exitCode = exitOfInterrupt;
  } finally {
    await engine.close();
  }
};
