import type { Intent, Scene } from '../scene.ts';
import { feelingIn, performances, tour, type Feeling } from '../texts/emotions.ts';
import { wordsToSay } from '../sentences.ts';
import { asSentence, capitalise, plain, sentences } from '../text.ts';

const request = String.raw`^\W*(?:(?:hey|hi|ok|okay|please|now|can you|could you|would you|will you)\W+){0,4}`;
const spellLead = new RegExp(String.raw`${request}(?:spell|how do you spell)\b[\s:,"'“„]*`, 'iu');
const manner =
  /\b(?:(?:in|with) (?:an? |your )?(?:very )?[a-z]{3,10} (?:voice|tone|way|face)|happily|cheerfully|sadly|angrily|furiously|fearfully|calmly|neutrally)\W*$/iu;
const pointsBack = /^(?:it|that|this)?(?: again)?\W*$/iu;

/** The end of the last reply, short enough to say again. */
const lastWords = ({ memory }: Scene): string | undefined => {
  const last = memory.spoken.at(-1);
  return last === undefined ? undefined : plain(sentences(last).slice(-2).join(''), 200);
};

const nothingYet = ['I have not said anything yet. Give me a sentence, and I will say it.'];
const idleLines = [
  'Something. [happy:0.6] There, that was easy. Now you could ask me for a story.',
  '[happy:0.5] The quick answer is that I have a voice and nothing planned. Ask me for a riddle.',
];

/** "Hello in an angry voice" is "Hello", angry. */
const splitManner = (told: string): { words: string; feeling: Feeling | undefined } => {
  const how = manner.exec(told);
  const feeling = how === null ? undefined : feelingIn(how[0].toLowerCase());
  const words = feeling === undefined ? told : told.slice(0, how!.index);
  return { words: words.replace(/[\s,"”“]+$/u, ''), feeling };
};

const sayAgain = (scene: Scene): string | undefined => {
  const wanted = wordsToSay(scene.said.raw);
  if (wanted === undefined) return undefined;
  const told = plain(wanted, 400);
  const { words, feeling } = splitManner(told);
  const hint = feeling === undefined ? '' : `[${feeling}:0.9] `;
  if (/^(?:something|anything)\b/iu.test(words)) {
    const shown = feeling ?? feelingIn(words.toLowerCase());
    return scene.pick(shown === undefined ? idleLines : performances[shown]);
  }
  if (!pointsBack.test(words)) return hint + asSentence(capitalise(words));
  const last = lastWords(scene);
  if (last === undefined) return scene.pick(nothingYet);
  return `${hint || '[neutral:0.3] '}${last}`;
};

const longestWord = 40;
const tooLong = ['That is a long one. Give me a single word, and I will spell it.'];

const spell = (scene: Scene): string | undefined => {
  const lead = spellLead.exec(scene.said.raw.slice(0, 200));
  const word = lead === null ? '' : plain(scene.said.raw.slice(lead[0].length), 60);
  const letters = Array.from(word.normalize('NFC').toUpperCase()).filter((letter) =>
    /[\p{L}\p{N}]/u.test(letter),
  );
  if (letters.length === 0) return undefined;
  if (letters.length > longestWord) return scene.pick(tooLong);
  return `[neutral:0.3] ${letters.join(', ')}.`;
};

const longestCount = 100;

const count = ({ said, pick }: Scene): string | undefined => {
  const numbers = (said.request.match(/\d{1,6}/g) ?? []).map(Number);
  const down = /\b(?:down|backwards?)\b/.test(said.request);
  const [first = 10, second] = numbers;
  const from = down ? first : second === undefined ? 1 : first;
  const to = down ? (second ?? 1) : (second ?? first);
  if (Math.abs(to - from) >= longestCount) {
    return pick(['[surprised:0.5] That would take us a while. Give me at most a hundred steps.']);
  }
  const step = to < from ? -1 : 1;
  const steps = Array.from({ length: Math.abs(to - from) + 1 }, (_, index) => from + index * step);
  const lines: string[] = [];
  // A sentence for every ten, so that each can be spoken while the next is made.
  for (let at = 0; at < steps.length; at += 10) lines.push(`${steps.slice(at, at + 10).join(', ')}.`);
  return `${lines.join(' ')} [happy:0.5] ${down ? 'And lift-off!' : 'There we are.'}`;
};

const perform = ({ said, pick }: Scene): string | undefined => {
  const feeling = /\bi (?:am|feel)\b/.test(said.request) ? undefined : feelingIn(said.request);
  return feeling === undefined ? undefined : pick(performances[feeling]);
};

/** Things to do with the voice and the face themselves. */
export const voiceIntents: readonly Intent[] = [
  {
    id: 'all-emotions',
    hears: [
      /\b(?:all|every|seven|range of)\b.{0,30}\b(?:emotions?|feelings?|faces?|expressions?|moods?)\b/,
      /^(?:show|do|try|perform) (?:me )?(?:your |some |different )?(?:emotions|feelings|expressions|faces)\b/,
    ],
    replies: [tour],
    whole: true,
  },
  { id: 'say', hears: [/^(?:say|repeat)\b/], replies: sayAgain, whole: true, echo: true },
  {
    id: 'emotion',
    hears: [
      /^(?:be|act|look|sound|get|feel|go|play|pretend|show|make|do(?! you)|smile|cry|laugh|frown|gasp|speak|talk|answer|read)\b/,
    ],
    replies: perform,
  },
  { id: 'spell', hears: [/^(?:spell|how do you spell)\b/], replies: spell, whole: true },
  { id: 'count', hears: [/^count\b/], replies: count, whole: true },
  {
    id: 'repeat-last',
    hears: [
      /^(?:(?:what|pardon|sorry|excuse me)(?: did you (?:just )?say)?|come again|what did you (?:just )?say(?: again)?)$/,
    ],
    replies: (scene) => {
      const last = lastWords(scene);
      return last === undefined ? undefined : `I said: ${last}`;
    },
    aside: true,
  },
];
