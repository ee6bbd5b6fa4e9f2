import type { ChatMessage } from '@tth/core/plugin';
import { inSentences } from './sentences.ts';
import { capitalise, hear, plain, readChars, withoutHints } from './text.ts';

/** What the conversation so far holds about the user, and what was answered. */
export interface Memory {
  readonly name: string | undefined;
  readonly home: string | undefined;
  readonly feeling: string | undefined;
  readonly likes: readonly string[];
  readonly dislikes: readonly string[];
  /** Everything the user said before, oldest first. */
  readonly heard: readonly string[];
  /** Everything answered so far without hints, oldest first. */
  readonly spoken: readonly string[];
}

const nameLead =
  /\b(?:my name(?: is|['’]s)|call me|i(?: am|['’]m) called|people call me|ich hei(?:ß|ss)e|mein name ist|je m['’]appelle|me llamo|mi chiamo)\s/i;
const bareName = /^\W{0,3}(?:(?:hi|hello|hey)\W{1,3})?i(?: am|['’]m)\s/i;
const givenName = /^(\p{L}[\p{L}'’-]{0,30})((?: \p{Lu}[\p{L}'’-]{0,30}){0,2})/u;
const notNames = new Set(
  'not a an the so very just really from in at your my his her later maybe what who unknown secret back here happy sad fine good great ok okay well tired bored sorry i you it that is german french spanish english american british italian chinese japanese indian canadian australian dutch polish russian turkish swedish irish scottish'.split(
    ' ',
  ),
);

/** The name a user gives for themselves, or `undefined`. */
export const nameIn = (raw: string): string | undefined => {
  const text = raw.slice(0, readChars);
  const lead = nameLead.exec(text);
  const rest = lead === null ? undefined : text.slice(lead.index + lead[0].length).trimStart();
  const given = rest === undefined ? undefined : givenName.exec(rest);
  if (given && !notNames.has(given[1]!.toLowerCase())) return plain(capitalise(given[1]!) + given[2]!, 60);
  // "I am Ana" is a name only when it is written like one and ends there or goes on with "and I".
  const bare = bareName.exec(text);
  const alone =
    bare === null
      ? undefined
      : /^(\p{Lu}\p{Ll}[\p{L}'’-]{0,30})(?:[.!]?\s*$|,? and I\b)/u.exec(text.slice(bare[0].length));
  return alone && !notNames.has(alone[1]!.toLowerCase()) ? alone[1] : undefined;
};

const tail = String.raw`((?:[\p{L}\p{N}'-]+ ?){1,6})`;
const likes = new RegExp(String.raw`\bi (?:really |also |do )?(?:like|love|enjoy|adore) ${tail}`, 'u');
const dislikes = new RegExp(
  String.raw`\bi (?:really )?(?:hate|dislike|do not like|can not stand) ${tail}`,
  'u',
);
const home = new RegExp(String.raw`\bi (?:am|come) from ((?:[\p{L}'-]+ ?){1,3})`, 'u');
const feeling =
  /\bi (?:am|feel|am feeling) (?:so |very |really |quite |a bit |a little )?(happy|sad|tired|angry|afraid|scared|nervous|lonely|excited|bored|worried|stressed|sick|proud|anxious|great|good|bad|fine|hungry)\b/;
const stops =
  /(?:^| )(?:and|but|because|when|so|if|since|although|which|that|today|too|very much|a lot|you|it)(?: .*)?$/;

const phrase = (match: RegExpExecArray | null): string | undefined => {
  const found = match?.[1]!.replace(stops, '').trim();
  return found === undefined || found === '' ? undefined : found;
};

const asks = /^(?:what|who|where|when|why|how|do|does|did|can|could|should)\b/;

/** What one message says about its writer; a missing field was not mentioned. */
export interface Facts {
  readonly name?: string | undefined;
  readonly home?: string | undefined;
  readonly feeling?: string | undefined;
  readonly like?: string | undefined;
  readonly dislike?: string | undefined;
}

/** What one message tells about its writer. */
export const factsIn = (raw: string): Facts => {
  const { text, question } = hear(raw);
  if (question || asks.test(text)) return { name: nameIn(raw) };
  const from = phrase(home.exec(text));
  return {
    name: nameIn(raw),
    home: from?.split(' ').map(capitalise).join(' '),
    feeling: feeling.exec(text)?.[1],
    like: phrase(likes.exec(text)),
    dislike: phrase(dislikes.exec(text)),
  };
};

/** "Forget everything" is obeyed: nothing said before it is known after it. */
export const forgetWords =
  /\bforget (?:me|everything|all of (?:it|that|this)|my name|what i (?:said|told you))\b/;

const longestHistory = 200;

/** Reads a conversation, the newest message of the user excluded. */
export const recall = (earlier: readonly ChatMessage[]): Memory => {
  const messages = earlier.slice(-longestHistory);
  const heard = messages.filter(({ role }) => role === 'user').map(({ content }) => content);
  const told = heard.flatMap(inSentences);
  const wiped = told.findLastIndex((text) => forgetWords.test(hear(text).text));
  const facts = told.slice(wiped + 1).map(factsIn);
  const known = <T>(values: readonly (T | undefined)[]): T[] => values.filter((value) => value !== undefined);
  return {
    name: known(facts.map(({ name }) => name)).at(-1),
    home: known(facts.map(({ home }) => home)).at(-1),
    feeling: known(facts.map(({ feeling }) => feeling)).at(-1),
    likes: [...new Set(known(facts.map(({ like }) => like)))],
    dislikes: [...new Set(known(facts.map(({ dislike }) => dislike)))],
    heard,
    spoken: messages
      .filter(({ role }) => role === 'assistant')
      .map(({ content }) => withoutHints(content).replace(/…$/u, '').trim()),
  };
};

const withNew = (items: readonly string[], item: string | undefined): readonly string[] =>
  item === undefined || items.includes(item) ? items : [...items, item];

/** The memory after one more sentence of the user. */
export const learn = (memory: Memory, sentence: string): Memory => {
  const heard = [...memory.heard, sentence];
  if (forgetWords.test(hear(sentence).text)) return { ...recall([]), heard, spoken: memory.spoken };
  const facts = factsIn(sentence);
  return {
    name: facts.name ?? memory.name,
    home: facts.home ?? memory.home,
    feeling: facts.feeling ?? memory.feeling,
    likes: withNew(memory.likes, facts.like),
    dislikes: withNew(memory.dislikes, facts.dislike),
    heard,
    spoken: memory.spoken,
  };
};
