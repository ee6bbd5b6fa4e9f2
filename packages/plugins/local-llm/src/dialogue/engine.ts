import { TthError, type ChatMessage } from '@tth/core/plugin';
import { hashConversation } from './chance.ts';
import { continuation } from './continue.ts';
import { intents } from './intents/index.ts';
import { recall } from './memory.ts';
import { readPersona, type Persona, type Tone } from './persona.ts';
import { createScene, type Intent, type Scene } from './scene.ts';
import { hear, sentences, withoutHints, type Said } from './text.ts';

/** A partner in conversation. It keeps nothing between calls. */
export interface Dialogue {
  /**
   * The whole reply to the last message, with style hints at sentence starts. When the last message is
   * the assistant's own, what is missing of it. `language`: BCP 47, used when the text does not tell.
   */
  reply(messages: readonly ChatMessage[], language: string): string;
}

const answer = (intent: Intent, scene: Scene): string | undefined => {
  const { hears, replies } = intent;
  const { request, text } = scene.said;
  const none = /^/.exec('')!;
  let match: RegExpExecArray | null = hears === undefined ? none : null;
  for (const pattern of hears ?? []) match ??= pattern.exec(request) ?? pattern.exec(text);
  if (match === null) return undefined;
  return typeof replies === 'function' ? replies(scene, match) : scene.pick(replies);
};

/** The row of the table that answers, and what it says. */
const firstAnswer = (scene: Scene): { intent: Intent; reply: string } => {
  for (const intent of intents) {
    const reply = answer(intent, scene);
    if (reply !== undefined) return { intent, reply };
  }
  throw new TthError(
    'internal.unexpected',
    'No intent answered; the last row of the table must always answer.',
  );
};

const anotherOne =
  /^(?:(?:tell|give|show) me )?(?:another|another one|one more|more|again|once more|do it again|next|next one|encore)$/;

/** "Another one" becomes the last request that can be repeated. */
const resolve = (said: Said, heard: readonly string[], name: string | undefined): Said => {
  if (!anotherOne.test(said.request)) return said;
  const repeatable = intents.filter(({ again }) => again === true);
  const asks = (raw: string): boolean => {
    const { request } = hear(raw, name);
    return repeatable.some(({ hears }) => hears?.some((pattern) => pattern.test(request)));
  };
  const earlier = heard.findLast(asks);
  return earlier === undefined ? said : hear(earlier, name);
};

const strength: Readonly<Record<Tone, number>> = { plain: 1, cheerful: 1.1, formal: 0.6, gloomy: 0.8 };

/** Feelings are shown as strongly as the persona would. */
const tinted = (reply: string, tone: Tone): string =>
  reply.replace(/\[([a-z]+):([\d.]+)\]/g, (_, label: string, level: string) => {
    const intensity = Math.min(1, Math.max(0.1, Number(level) * strength[tone]));
    return `[${label}:${intensity.toFixed(1)}]`;
  });

const shortened = (reply: string, { brief }: Persona, { whole }: Intent): string =>
  brief && whole !== true ? sentences(reply).slice(0, 2).join('').trimEnd() : reply;

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
    const heard = hear(messages[asked]?.content ?? 'hello', persona.name);
    const said = resolve(heard, memory.heard, persona.name);
    const scene = createScene({ said, persona, memory, language }, hashConversation(messages, seed));
    const { intent, reply } = firstAnswer(scene);
    const shown = tinted(shortened(reply, persona, intent), persona.tone);
    return intent.echo === true ? shown : unlike(shown, memory.spoken.at(-1));
  };

  return {
    reply: (messages, language) => {
      const last = messages.at(-1);
      if (last?.role !== 'assistant') return whole(messages, language);
      return continuation(whole(messages.slice(0, -1), language), last.content);
    },
  };
};

/** Which row of the table answers a single message; for tests and for the curious. */
export const intentOf = (text: string): string =>
  firstAnswer(
    createScene({ said: hear(text), persona: readPersona(''), memory: recall([]), language: 'en' }, 1),
  ).intent.id;
