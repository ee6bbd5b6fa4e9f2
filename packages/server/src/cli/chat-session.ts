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
  /** Resolves when the answer is over: false where it failed. Asking during an answer ends that one. */
  ask(text: string): Promise<boolean>;
  /** Has a text read aloud as it is; otherwise as `ask`. */
  say(text: string): Promise<boolean>;
  /** Ends the answer that runs. False where there is none. */
  interrupt(): boolean;
  close(): Promise<void>;
}

/** Failures that somebody has to do something about, and whose message does not say of which provider. */
const asksForDoctor: ReadonlySet<string> = new Set(['provider.misconfigured', 'provider.none_available']);

/** A line about a turn that its answer does not say; empty for what a reader need not know. */
export const remark = (event: LoggedEvent): string => {
  if (event.type === 'degraded_mode') {
    return `${event.stage}: ${event.from} failed (${event.reason}), ${event.to} goes on`;
  }
  if (event.type === 'turn_stopped') return 'stopped';
  if (event.type === 'turn_error' || event.type === 'error') {
    const { code, message } = event.error;
    return `${message} (${code})${asksForDoctor.has(code) ? ' "tth doctor" says more.' : ''}`;
  }
  return '';
};

/** An answer that is awaited. */
interface Answer {
  readonly clientMsgId: string;
  /** Once the session has accepted the question. */
  turnId?: string | undefined;
  readonly over: PromiseWithResolvers<boolean>;
}

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
  let answer: Answer | undefined;
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
    const isOver = isTerminal(event) || event.type === 'error';
    if (isOver && isMidLine) put('\n');
    if (answer === undefined) return;
    if (event.type === 'accepted' && event.clientMsgId === answer.clientMsgId) answer.turnId = event.turnId;
    const isOfAnswer =
      event.type === 'error'
        ? event.clientMsgId === answer.clientMsgId
        : 'turnId' in event && event.turnId === answer.turnId;
    if (!isOver || !isOfAnswer) return;
    answer.over.resolve(event.type !== 'turn_error' && event.type !== 'error');
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

  const begin = (type: 'user_text' | 'say', text: string): Promise<boolean> => {
    answer?.over.resolve(true);
    asked += 1;
    const clientMsgId = `chat-${asked}`;
    const over = Promise.withResolvers<boolean>();
    answer = { clientMsgId, over };
    session.handle({ type, clientMsgId, text });
    return over.promise;
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
