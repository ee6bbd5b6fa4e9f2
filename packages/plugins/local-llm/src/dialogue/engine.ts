import type { ChatMessage } from '@tth/core/plugin';
import { hashConversation } from './chance.ts';
import { answersTo, type Answer } from './composition.ts';
import { continuation } from './continue.ts';
import { recall } from './memory.ts';
import { readPersona, type Persona, type Tone } from './persona.ts';
import { sentences, withoutHints } from './text.ts';

/** A partner in conversation. It keeps nothing between calls. */
export interface Dialogue {
  /**
   * The whole reply to the last message, with style hints at sentence starts. When the last message is
   * the assistant's own, what is missing of it. `language`: BCP 47, used when the text does not tell.
   */
  reply(messages: readonly ChatMessage[], language: string): string;
}

const strength: Readonly<Record<Tone, number>> = { plain: 1, cheerful: 1.1, formal: 0.6, gloomy: 0.8 };

/** Feelings are shown as strongly as the persona would. */
const tinted = (reply: string, tone: Tone): string =>
  reply.replace(/\[([a-z]+):([\d.]+)\]/g, (_, label: string, level: string) => {
    const intensity = Math.min(1, Math.max(0.1, Number(level) * strength[tone]));
    return `[${label}:${intensity.toFixed(1)}]`;
  });

const shortened = ({ reply, intent }: Answer, { brief }: Persona): string =>
  brief && intent.whole !== true ? sentences(reply).slice(0, 2).join('').trimEnd() : reply;

const leadingHint = /^\[[^\]]*\] /;

/** The same reply is never given twice in a row, unless repeating was the request. */
const unlike = (reply: string, last: string | undefined): string => {
  if (last === undefined || withoutHints(reply).trim() !== last) return reply;
  const hint = leadingHint.exec(reply)?.[0] ?? '';
  return `${hint}As I said. ${reply.slice(hint.length)}`;
};

/** `seed` makes this engine's choices its own; with the same seed, equal conversations get equal replies. */
export const createDialogue = (seed: number): Dialogue => {
  const whole = (messages: readonly ChatMessage[], language: string): string => {
    const asked = messages.findLastIndex(({ role }) => role === 'user');
    const persona = readPersona(messages.find(({ role }) => role === 'system')?.content ?? '');
    const memory = recall(messages.slice(0, Math.max(0, asked)));
    const raw = messages[asked]?.content ?? 'hello';
    const answers = answersTo({ raw, persona, memory, language, seed: hashConversation(messages, seed) });
    const reply = answers.map((one) => shortened(one, persona)).join(' ');
    const shown = tinted(reply, persona.tone);
    return answers.at(-1)!.intent.echo === true ? shown : unlike(shown, memory.spoken.at(-1));
  };

  return {
    reply: (messages, language) => {
      const last = messages.at(-1);
      if (last?.role !== 'assistant') return whole(messages, language);
      return continuation(whole(messages.slice(0, -1), language), last.content);
    },
  };
};

/** Which rows of the table answer a single message, in order; for tests and for the curious. */
export const intentsOf = (text: string): string[] =>
  answersTo({ raw: text, persona: readPersona(''), memory: recall([]), language: 'en', seed: 1 }).map(
    ({ intent }) => intent.id,
  );
