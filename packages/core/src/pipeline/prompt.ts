import type { ChatMessage } from '../plugin/adapter.ts';
import type { ConversationTurn } from '../plugin/services.ts';

const hintInstruction =
  'Your words are spoken aloud by an avatar: write plain sentences without markdown, lists or emoji. ' +
  'You may begin a sentence with one tag that says how it feels, such as [happy:0.7]. ' +
  'Tags: neutral, happy, sad, angry, fearful, surprised, disgusted, each with an intensity from 0 to 1.';

/**
 * Persona, what was said so far and the question, as chat messages. An assistant turn holds what the user
 * heard, not what was generated. The oldest turns are dropped first when `maxLength` characters are exceeded.
 */
export const buildPrompt = (
  systemPrompt: string,
  history: readonly ConversationTurn[],
  question: string,
  maxLength: number,
): ChatMessage[] => {
  const recent: ChatMessage[] = [];
  let length = question.length;
  for (const turn of history.toReversed()) {
    const heard = turn.heardSource === 'complete' ? turn.heard : `${turn.heard}…`;
    const messages: ChatMessage[] = [
      ...(turn.user === undefined ? [] : [{ role: 'user' as const, content: turn.user }]),
      ...(turn.heard === '' ? [] : [{ role: 'assistant' as const, content: heard }]),
    ];
    length += messages.reduce((sum, message) => sum + message.content.length, 0);
    if (length > maxLength) break;
    recent.unshift(...messages);
  }
  return [
    { role: 'system', content: `${systemPrompt}\n\n${hintInstruction}` },
    ...recent,
    { role: 'user', content: question },
  ];
};
