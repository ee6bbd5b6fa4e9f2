import { createInterface } from 'node:readline';
import type { TthError } from '@tth/core';
import { loadSettings } from '../app/config.ts';
import { openChat } from './chat-session.ts';
import { openEngine } from './open-engine.ts';
import { reportError } from './report-error.ts';
import { findPlayer, openSpeakers } from './speakers.ts';

export interface ChatCommandOptions {
  readonly persona?: string | undefined;
  readonly speak?: boolean | undefined;
}

/**
 * `tth chat`: a conversation in the terminal. What is typed is asked, a line each; Ctrl+C ends the answer that runs,
 * and the conversation where none does. Lines that are piped in are answered one after the other, and the command ends
 * with 1 when an answer failed.
 */
export const chat = async ({ persona, speak = false }: ChatCommandOptions): Promise<void> => {
  const settings = await loadSettings(process.cwd(), process.env);
  const onSilence = (error: TthError): void => {
    process.stderr.write('\n');
    reportError(error, process.stderr);
  };
  const speakers = speak ? openSpeakers(findPlayer(process.env['PATH'] ?? ''), onSilence) : undefined;
  const engine = await openEngine(settings, (line) => process.stderr.write(`${line}\n`));
  const isTyped = process.stdin.isTTY && process.stdout.isTTY;
  const session = openChat(engine, { persona, speakers, write: (text) => process.stdout.write(text) });
  const lines = createInterface({
    input: process.stdin,
    ...(isTyped && { output: process.stdout, prompt: '\nyou: ' }),
  });
  const leave = (): void => {
    if (!session.interrupt()) lines.close();
  };
  lines.on('SIGINT', leave);
  process.on('SIGINT', leave);
  try {
    if (isTyped) {
      process.stdout.write(
        `You are talking to ${session.name}. Ctrl+C ends an answer, and then the conversation.\n`,
      );
      lines.prompt();
    }
    for await (const line of lines) {
      if (line.trim() !== '') {
        process.stdout.write(`${session.name}: `);
        const isAnswered = await session.ask(line.trim());
        if (!isAnswered && !isTyped) process.exitCode = 1;
      }
      if (isTyped) lines.prompt();
    }
  } finally {
    process.off('SIGINT', leave);
    await session.close();
    await engine.close();
  }
};
