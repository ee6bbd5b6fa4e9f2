import { TthError } from '@tth/core/plugin';
import { intents } from './intents/index.ts';
import { learn, type Memory } from './memory.ts';
import type { Persona } from './persona.ts';
import { createScene, type Intent, type Scene } from './scene.ts';
import { inSentences } from './sentences.ts';
import { hear, readChars, sentences, withoutHints, type Said } from './text.ts';

/** What is answered, and on what ground. */
export interface Prompt {
  readonly raw: string;
  readonly persona: Persona;
  readonly memory: Memory;
  /** BCP 47. */
  readonly language: string;
  readonly seed: number;
}

/** A row of the table that answers, and what it says. */
export interface Answer {
  readonly intent: Intent;
  readonly reply: string;
}

interface Heard extends Answer {
  readonly prompt: Prompt;
  readonly scene: Scene;
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

const anotherOne =
  /^(?:(?:tell|give|show) me )?(?:another|another one|one more|more|again|once more|do it again|next|next one|encore)$/;

/** "Another one" becomes the last request that can be repeated. */
const resolve = (said: Said, heard: readonly string[], name: string | undefined): Said => {
  if (!anotherOne.test(said.request)) return said;
  const repeatable = intents.filter(({ again }) => again === true);
  const earlier = heard
    .flatMap(inSentences)
    .map((raw) => hear(raw, name))
    .findLast(({ request }) =>
      repeatable.some(({ hears }) => hears?.some((pattern) => pattern.test(request))),
    );
  return earlier ?? said;
};

const sceneOf = ({ raw, persona, memory, language, seed }: Prompt): Scene => {
  const said = resolve(hear(raw, persona.name), memory.heard, persona.name);
  return createScene({ said, persona, memory, language }, seed);
};

const firstOf = (rows: readonly Intent[], prompt: Prompt): Heard | undefined => {
  const scene = sceneOf(prompt);
  for (const intent of rows) {
    const reply = answer(intent, scene);
    if (reply !== undefined) return { intent, reply, prompt, scene };
  }
  return undefined;
};

const listen = (prompt: Prompt): Heard => {
  const heard = firstOf(intents, prompt);
  if (heard !== undefined) return heard;
  throw new TthError(
    'internal.unexpected',
    'No intent answered; the last row of the table must always answer.',
  );
};

/** Of a longer message the last sentences are answered; what the others tell is still remembered. */
const mostSentences = 8;

/** Each of the last sentences by itself, knowing what the ones before it told. */
const listenToEach = (whole: Prompt, parts: readonly string[]): Heard[] => {
  // The language asked for was tried on the whole message, where more words tell.
  let prompt: Prompt = { ...whole, language: 'en' };
  return parts.flatMap((raw, index) => {
    prompt = { ...prompt, raw, seed: whole.seed + index + 1 };
    const heard = index >= parts.length - mostSentences ? [listen(prompt)] : [];
    prompt = { ...prompt, memory: learn(prompt.memory, raw) };
    return heard;
  });
};

/** Sentences in a reply to several sentences; a story alone may have more. */
const longest = 5;
const length = (answers: readonly Answer[]): number =>
  answers.reduce((sum, { reply }) => sum + sentences(withoutHints(reply)).length, 0);

const acknowledged = ({ intent, scene }: Heard): Answer[] => {
  const { briefly } = intent;
  if (briefly === undefined) return [];
  return [{ intent, reply: typeof briefly === 'function' ? briefly(scene) : scene.pick(briefly) }];
};

/** The second of two answers knows the first. */
const following = (first: Answer, { prompt }: Heard): Answer => {
  const spoken = [...prompt.memory.spoken, withoutHints(first.reply)];
  return listen({ ...prompt, memory: { ...prompt.memory, spoken } });
};

/** The same request twice is one request. */
const once = (heard: readonly Heard[]): Heard[] => [
  ...new Map(heard.map((one) => [hear(one.prompt.raw).request, one])).values(),
];

const compose = (heard: readonly Heard[], brief: boolean): readonly Answer[] => {
  const asked = once(heard.filter(({ intent }) => intent.aside !== true && intent.briefly === undefined));
  const told = heard.filter(({ intent }) => intent.briefly !== undefined);
  const last =
    asked.at(-1) ?? told.at(-1) ?? heard.findLast(({ intent }) => intent.id !== 'go-on') ?? heard.at(-1)!;

  const others = told.filter(({ intent }) => intent !== last.intent);
  const besides = others.filter(({ intent }) => intent.id !== 'greeting');
  const distinct = new Map((besides.length > 0 ? besides : others).map((one) => [one.intent.id, one]));
  const room = brief ? 1 : Math.min(2, Math.max(1, longest - length([last])));
  const remarks = [...distinct.values()].slice(0, room).flatMap(acknowledged);

  const first = brief ? undefined : asked.at(-2);
  const both = first === undefined ? [] : [...remarks, first, following(first, last)];
  return first !== undefined && length(both) <= longest ? both : [...remarks, last];
};

/**
 * What is said to a message, in order: a word on what it tells, then the answer to its last question or
 * request, or to its last two when both are short. A single sentence gets a single answer.
 */
export const answersTo = (prompt: Prompt): readonly Answer[] => {
  const parts = prompt.raw.length > readChars ? [] : inSentences(prompt.raw);
  if (parts.length < 2) return [listen(prompt)];
  const spanning = firstOf(
    intents.filter(({ spans }) => spans === true),
    prompt,
  );
  return spanning === undefined ? compose(listenToEach(prompt, parts), prompt.persona.brief) : [spanning];
};
