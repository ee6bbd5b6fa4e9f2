import { offeredEmotions } from '../domain/controls.ts';
import type { ChatMessage } from '../plugin/adapter.ts';
import type { ConversationTurn } from '../plugin/services.ts';
import { estimatePromptTokens } from '../domain/estimate-tokens.ts';

/** How a model says what its sentences feel like. */
export type HintFormat = 'tags' | 'structured';

const speechInstruction =
  'Your words are spoken aloud by an avatar: write plain sentences without markdown, lists or emoji. ' +
  'An answer of yours that ends in … was interrupted there: its rest was not heard.';

const hintInstructions: Readonly<Record<HintFormat, string>> = {
  tags:
    'You may begin a sentence with one tag that says how it feels, such as [happy:0.7]. ' +
    `Tags: ${offeredEmotions.join(', ')}, each with an intensity from 0 to 1.`,
  structured:
    'Answer in JSON: {"segments":[{"emotion":"happy","intensity":0.7,"text":"What you say."}]}. ' +
    `A segment is one or more sentences of one feeling: ${offeredEmotions.slice(0, -1).join(', ')} or ` +
    `${offeredEmotions.at(-1)}, with an intensity from 0 to 1. Write "emotion" and "intensity" before "text".`,
};

const continueInstruction =
  'Your answer above was cut off and has already been spoken that far. Go on from exactly where it stops, in the ' +
  'middle of the sentence or word if need be. Repeat nothing of it, do not start again and do not mention this; ' +
  'begin with a space if a new word comes next.';

/**
 * A prompt whose answer has been begun by somebody else, so that it is gone on with from its last character.
 * `continuesPrefix`: the model takes an unfinished answer as its own; any other is told what to do.
 */
export const continuePrompt = (
  messages: readonly ChatMessage[],
  delivered: string,
  continuesPrefix: boolean,
): ChatMessage[] => {
  const begun: ChatMessage[] = [...messages, { role: 'assistant', content: delivered }];
  return continuesPrefix ? begun : [...begun, { role: 'user', content: continueInstruction }];
};

/** The same prompt for a model that knows no tools: what they returned, in words. */
export const withoutTools = (messages: readonly ChatMessage[]): ChatMessage[] => {
  const names = new Map(
    messages.flatMap(({ toolCalls = [] }) => toolCalls.map(({ id, name }) => [id, name] as const)),
  );
  return messages.flatMap((message): ChatMessage[] => {
    const { role, content, toolCallId = '' } = message;
    if (role === 'tool') {
      return [{ role: 'user', content: `Result of ${names.get(toolCallId) ?? 'a tool'}: ${content}` }];
    }
    if (message.toolCalls === undefined) return [message];
    return content === '' ? [] : [{ role, content }];
  });
};

export interface PromptOptions {
  readonly systemPrompt: string;
  readonly history: readonly ConversationTurn[];
  readonly question: string;
  readonly hints: HintFormat;
  /** Tokens of the prompt and its answer together, estimated. */
  readonly budgetTokens: number;
  /** Of those, what is kept free for the answer. */
  readonly answerTokens: number;
}

const messagesOf = ({ user, heard, heardSource }: ConversationTurn): ChatMessage[] => {
  if (user === undefined && heard === '') return [];
  const answer = heardSource === 'complete' ? heard : `${heard}…`;
  return [
    ...(user === undefined ? [] : [{ role: 'user' as const, content: user }]),
    ...(answer === '' ? [] : [{ role: 'assistant' as const, content: answer }]),
  ];
};

/**
 * Persona, what was said so far and the question, as chat messages. An assistant turn holds what the user
 * heard, not what was generated, with `…` where it was interrupted. Whole turns are dropped, the oldest
 * first, until prompt and answer fit the budget; persona and question always stay.
 */
export const buildPrompt = ({
  systemPrompt,
  history,
  question,
  hints,
  budgetTokens,
  answerTokens,
}: PromptOptions): ChatMessage[] => {
  const system: ChatMessage = {
    role: 'system',
    content: `${systemPrompt}\n\n${speechInstruction} ${hintInstructions[hints]}`,
  };
  const asked: ChatMessage = { role: 'user', content: question };
  const recent: ChatMessage[] = [];
  let left = budgetTokens - answerTokens - estimatePromptTokens([system, asked]);
  for (const turn of history.toReversed()) {
    const messages = messagesOf(turn);
    left -= estimatePromptTokens(messages);
    if (left < 0) break;
    recent.unshift(...messages);
  }
  return [system, ...recent, asked];
};
