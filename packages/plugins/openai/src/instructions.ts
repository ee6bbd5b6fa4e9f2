import type { ChatMessage, ResponseFormat } from '@tth/core/plugin';

const names = new Intl.DisplayNames(['en'], { type: 'language', fallback: 'code' });

const languageInstruction = (language: string): string => `Answer in ${names.of(language)}.`;

const schemaInstruction = ({ schema }: ResponseFormat): string =>
  `Answer in JSON that follows this schema: ${JSON.stringify(schema)}`;

const append = (messages: readonly ChatMessage[], sentence: string): readonly ChatMessage[] => {
  const at = messages.findIndex(({ role }) => role === 'system');
  if (at === -1) return [{ role: 'system', content: sentence }, ...messages];
  return messages.map((message, index) =>
    index === at ? { ...message, content: `${message.content}\n\n${sentence}` } : message,
  );
};

/**
 * The messages with what only words can say: the language, and the schema where the server holds an answer to JSON
 * but to no schema. Servers refuse the JSON mode unless the word is among the instructions.
 */
export const instruct = (
  messages: readonly ChatMessage[],
  language: string,
  inWords: ResponseFormat | undefined,
): readonly ChatMessage[] => {
  const told = append(messages, languageInstruction(language));
  const knowsJson = messages.some(({ role, content }) => role === 'system' && /json/i.test(content));
  return inWords === undefined || knowsJson ? told : append(told, schemaInstruction(inWords));
};
