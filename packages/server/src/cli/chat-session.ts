import { type Engine, type LoggedEvent, type LooseControls, isTerminal } from '@tth/core';
import type { Speakers } from './speakers.ts';

export interface ChatOptions {
  readonly persona?: string | undefined;
  readonly controls?: LooseControls | undefined;
  /** Where the answers are heard; without them they are read only. */
  readonly speakers?: Speakers | undefined;
  readonly write: (text: string) => void;
}

/** A conversation whose answers are written as they come. */
export interface ChatSession {
  /** The name of who answers. */
  readonly name: string;
  /** Resolves when the answer is over, however it ended. Asking during an answer ends that one. */
  ask(text: string): Promise<void>;
  /** Has a text read aloud as it is; otherwise as `ask`. */
  say(text: string): Promise<void>;
  /** Ends the answer that runs. False where there is none. */
  interrupt(): boolean;
  close(): Promise<void>;
}

/** A line about a turn that its answer does not say; empty for what a reader need not know. */
export const remark = (event: LoggedEvent): string => {
  if (event.type === 'degraded_mode') {
    return `${event.stage}: ${event.from} failed (${event.reason}), ${event.to} goes on`;
  }
  if (event.type === 'turn_stopped') return 'stopped';
  if (event.type === 'turn_error' || event.type === 'error') {
    return `${event.error.message} (${event.error.code})`;
  }
  return '';
};

export const openChat = (
  engine: Engine,
  { persona, controls, speakers, write }: ChatOptions,
): ChatSession => {
  const session = engine.createSession({
    accepts: { audio: ['pcm_s16le'], video: [] },
    persona,
    controls,
    pacing: speakers === undefined ? 'unpaced' : 'realtime',
  });
  let asked = 0;
  let answer: PromiseWithResolvers<void> | undefined;
  let name = '';
  let isMidLine = false;

  const put = (text: string): void => {
    write(text);
    isMidLine = !text.endsWith('\n');
  };
  const putLine = (line: string): void => put(`${isMidLine ? '\n' : ''}  [${line}]\n`);
  const onEvent = (event: LoggedEvent): void => {
    if (event.type === 'session_created') ({ name } = event.persona);
    if (event.type === 'text_delta') put(event.text);
    const line = remark(event);
    if (line !== '') putLine(line);
    if (event.type === 'turn_stopped') speakers?.stop();
    if (!isTerminal(event) && event.type !== 'error') return;
    if (isMidLine) put('\n');
    answer?.resolve();
    answer = undefined;
  };
  session.attach({
    event: onEvent,
    media: ({ kind, data }) => {
      if (kind === 'audio') speakers?.play(data);
      return true;
    },
    replaced: () => {},
  });

  const begin = (type: 'user_text' | 'say', text: string): Promise<void> => {
    answer?.resolve();
    answer = Promise.withResolvers<void>();
    asked += 1;
    const { promise } = answer;
    session.handle({ type, clientMsgId: `chat-${asked}`, text });
    return promise;
  };

  return {
    get name() {
      return name;
    },
    ask: (text) => begin('user_text', text),
    say: (text) => begin('say', text),
    interrupt: () => {
      if (answer === undefined) return false;
      session.handle({ type: 'interrupt' });
      return true;
    },
    close: async () => {
      await speakers?.finish();
      await session.close('the conversation is over');
    },
  };
};
