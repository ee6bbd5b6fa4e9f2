import type { ReplyCachePolicy } from '../domain/policies.ts';
import type { Clock } from '../domain/time.ts';
import type { LlmInput, LlmOutput } from '../plugin/adapter.ts';
import type { Model } from './llm.stage.ts';

/** Whole replies by everything that they depend on. */
export interface ReplyCache {
  get(key: string): string | undefined;
  set(key: string, reply: string): void;
}

/** The least recently used reply makes room for a new one. Without room it keeps nothing. */
export const createReplyCache = ({ maxReplies, ttlMs }: ReplyCachePolicy, clock: Clock): ReplyCache => {
  const replies = new Map<string, { readonly reply: string; readonly untilMs: number }>();
  return {
    get: (key) => {
      const kept = replies.get(key);
      if (kept === undefined) return undefined;
      replies.delete(key);
      if (kept.untilMs <= clock.monotonicMs()) return undefined;
      replies.set(key, kept);
      return kept.reply;
    },
    set: (key, reply) => {
      if (maxReplies === 0) return;
      replies.delete(key);
      replies.set(key, { reply, untilMs: clock.monotonicMs() + ttlMs });
      const [oldest] = replies.keys();
      if (replies.size > maxReplies && oldest !== undefined) replies.delete(oldest);
    },
  };
};

/** A reply that depends on tools, or that another model began, is nobody else's. */
const mayBeKept = (input: LlmInput, attempt: number): boolean =>
  attempt === 0 && input.tools === undefined && !input.messages.some(({ role }) => role === 'tool');

/**
 * A model that gives the reply to a prompt that it has answered already at once and in one piece. Only what
 * came to its own end is kept: no reply that was cut, refused, failed or stopped. `scope`: what the reply
 * depends on besides the prompt, such as tenant, persona and controls.
 */
export const withReplyCache = (model: Model, cache: ReplyCache, scope: readonly unknown[]): Model => ({
  ...model,
  async *open(input, attempt, signal): AsyncGenerator<LlmOutput> {
    if (!mayBeKept(input, attempt)) {
      yield* model.open(input, attempt, signal);
      return;
    }
    const key = JSON.stringify([scope, model.id, input]);
    const kept = cache.get(key);
    if (kept !== undefined) {
      yield { type: 'text_delta', text: kept };
      yield { type: 'finish', reason: 'stop' };
      return;
    }
    let reply = '';
    let isWhole = false;
    for await (const output of model.open(input, attempt, signal)) {
      if (output.type === 'text_delta' && !isWhole) reply += output.text;
      if (output.type === 'finish') isWhole = output.reason === 'stop';
      yield output;
    }
    if (isWhole && reply !== '' && !signal.aborted) cache.set(key, reply);
  },
});
