import type { ChatMessage } from '../plugin/adapter.ts';
import type { ConversationTurn } from '../plugin/services.ts';

const hintInstruction =
  'Your words are spoken aloud by an avatar: write plain sentences without markdown, lists or emoji. ' +
  'You may begin a sentence with one tag that says how it feels, such as [happy:0.7]. ' +
  'Tags: neutral, happy, sad, angry, fearful, surprised, disgusted, each with an intensity from 0 to 1.';

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
