import type { ChatMessage } from '@tth/core/plugin';

/**
 * The same conversation without the older half of what was said before the last question. `undefined` where nothing
 * is left to leave out. What follows the last question, such as the results of tools, stays.
 */
export const trimConversation = (messages: readonly ChatMessage[]): readonly ChatMessage[] | undefined => {
  const instructions = messages.filter(({ role }) => role === 'system');
  const said = messages.filter(({ role }) => role !== 'system');
  const questions = said.flatMap(({ role }, at) => (role === 'user' ? [at] : []));
  const last = questions.at(-1);
  if (last === undefined || last === 0) return undefined;
  const earlier = questions.slice(0, -1);
  const from = earlier[Math.ceil(earlier.length / 2)] ?? last;
  return [...instructions, ...said.slice(from)];
};
