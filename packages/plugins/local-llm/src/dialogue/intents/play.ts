import { sayNumber, solve, type Sum } from '../arithmetic.ts';
import type { Intent, Scene } from '../scene.ts';
import { jokes } from '../texts/jokes.ts';
import { longStories, stories, type Story } from '../texts/stories.ts';
import { facts, poems, riddles, twisters, type Riddle } from '../texts/verses.ts';
import { capitalise, plain } from '../text.ts';

/** A story about what was asked for, else any. */
const tell = (shelf: readonly Story[], { said, pick }: Scene): string => {
  const wanted = shelf.filter(({ about }) => about.test(said.request));
  return pick((wanted.length > 0 ? wanted : shelf).map(({ text }) => text));
};

const openRiddle = ({ memory }: Scene): Riddle | undefined => {
  const last = memory.spoken.at(-1) ?? '';
  return riddles.find(({ question }) => last.includes(question));
};

const giveUp =
  /\b(?:i give up|no idea|i do not know|dunno|the (?:answer|solution)|what is it)\b|^(?:tell me|give up|answer|solution)$/;
const guess =
  /^(?:(?:is it|it is|are you|you are|i think|i guess|maybe|perhaps) )?(?:an? |the |my |your )?\S+(?: \S+)?$/u;
const notGuess =
  /^(?:hello|hi|hey|thanks?|bye|goodbye|stop|why|how|who|what|help|yes|no|ok|okay|hint|tell|good|great|nice|cool|lol|haha|be|flip|roll|count|spell|sing|say|give|another|riddle|joke|story|poem|fact|\d.*)\b/;

const judge = (scene: Scene): string | undefined => {
  const riddle = openRiddle(scene);
  const { text } = scene.said;
  if (riddle === undefined) return undefined;
  if (riddle.answer.test(text)) {
    return scene.pick([
      `[surprised:0.6] Yes, it is ${riddle.solution}. [happy:0.7] You are good at this.`,
      `[happy:0.8] Exactly, ${riddle.solution}. Say another one, if you like.`,
    ]);
  }
  if (giveUp.test(text))
    return scene.pick([
      `[happy:0.4] It is ${riddle.solution}.`,
      `[neutral:0.3] The answer is ${riddle.solution}.`,
    ]);
  if (!guess.test(text) || notGuess.test(text)) return undefined;
  return scene.pick([
    `[neutral:0.3] A good guess, but no. Here it is again. ${riddle.question}`,
    `[happy:0.4] Not quite. Guess again, or say that you give up. ${riddle.question}`,
  ]);
};

const knock = (scene: Scene): string | undefined => {
  const last = scene.memory.spoken.at(-1);
  if (/^knock knock$/.test(scene.said.text)) return '[surprised:0.5] Who is there?';
  if (last === 'Who is there?')
    return `[neutral:0.4] ${capitalise(plain(scene.said.raw, 60).replace(/[.!?]+$/u, ''))} who?`;
  if (last === undefined || !/^.{1,60} who\?$/u.test(last)) return undefined;
  return scene.pick([
    '[happy:0.9] Oh, that is dreadful! I will be telling it to everyone.',
    '[happy:0.8] I walked straight into that one. Knock again whenever you like.',
  ]);
};

const troubles: Readonly<Record<Extract<Sum, { trouble: unknown }>['trouble'], readonly string[]>> = {
  division_by_zero: [
    '[surprised:0.6] Dividing by zero has no answer. Nobody can share a cake among no one.',
    '[fearful:0.5] I will not divide by zero. There is no number that would be right.',
  ],
  too_big: [
    '[surprised:0.6] That number is too big for my mouth. Try something below a thousand million million.',
  ],
  no_real_root: ['[neutral:0.3] No real number gives a negative one when squared, so I have to pass.'],
};

const add = (scene: Scene): string | undefined => {
  const sum = solve(scene.said.raw);
  if (sum === undefined) return undefined;
  if ('trouble' in sum) return scene.pick(troubles[sum.trouble]);
  const result = sayNumber(sum.value);
  return scene.pick([
    `[neutral:0.3] That is ${result}.`,
    `[happy:0.4] It comes to ${result}.`,
    `[happy:0.3] I make it ${result}.`,
  ]);
};

const counts: Readonly<Record<string, number>> = { two: 2, three: 3, four: 4, five: 5, six: 6 };

const roll = ({ said, number, pick }: Scene): string => {
  const sides = Number(
    /(?<![a-z])d ?(\d{1,3})\b|\b(\d{1,3})[ -]sided\b/.exec(said.request)?.slice(1).find(Boolean) ?? 6,
  );
  const many = /\b(\d|two|three|four|five|six)(?: dice| times| ?d\d)/.exec(said.request)?.[1];
  const dice = Math.min(6, Math.max(1, many === undefined ? 1 : (counts[many] ?? Number(many))));
  if (sides < 2) return pick(['[happy:0.5] A die with one side always wins. It is a one.']);
  const rolled = Array.from({ length: dice }, () => number(1, sides));
  if (dice === 1)
    return pick([
      `[surprised:0.4] It is rolling, and it shows ${rolled[0]}.`,
      `[happy:0.4] ${rolled[0]}, fair and square.`,
    ]);
  const total = rolled.reduce((sum, value) => sum + value, 0);
  return `[surprised:0.4] ${rolled.slice(0, -1).join(', ')} and ${rolled.at(-1)}. [happy:0.4] Together that makes ${total}.`;
};

const anyNumber = ({ said, number, pick }: Scene): string => {
  const [from = 1, to = from > 1 ? from : 10] = (said.request.match(/\d{1,9}/g) ?? []).map(Number);
  const low = from === to ? 1 : Math.min(from, to);
  const chosen = number(low, Math.max(from, to));
  return pick([
    `[happy:0.4] My number is ${chosen}.`,
    `[neutral:0.3] I choose ${chosen}, for no reason at all.`,
  ]);
};

/** "Tea or coffee?" from the last words before and the first words after "or". */
const choose = ({ said, number, pick }: Scene): string | undefined => {
  if (said.text.length > 160) return undefined;
  const parts = plain(said.raw, 160)
    .split(/[,?.!:]| or /iu)
    .map((part) => part.trim())
    .filter(Boolean);
  const options = parts.map((part) =>
    part
      .replace(
        /^(?:.*\b(?:choose|pick|prefer|have|take|eat|drink|decide|between|better|for me)\b|should i|or|what|which|and)\s*/iu,
        '',
      )
      .trim(),
  );
  const real = options.filter((option) => option !== '' && option.split(' ').length <= 5);
  if (real.length < 2) return undefined;
  const chosen = real[number(0, real.length - 1)]!;
  return pick([
    `[happy:0.5] ${capitalise(chosen)}, without a doubt. Doubt costs extra.`,
    `[happy:0.4] I say ${chosen}. You may blame me.`,
  ]);
};

/** Entertainment: what a newcomer tries first. */
export const playIntents: readonly Intent[] = [
  { id: 'knock-knock', replies: knock, spans: true },
  { id: 'riddle-guess', replies: judge, spans: true },
  { id: 'arithmetic', replies: add },
  {
    id: 'long-story',
    hears: [/\b(?:long|longer|epic|big)\b.{0,20}\b(?:story|tale|fairy tale)\b/, /\bbedtime story\b/],
    replies: (scene) => tell(longStories, scene),
    again: true,
    whole: true,
  },
  {
    id: 'story',
    hears: [/\b(?:story|stories|tale|tales|fairytale)\b/],
    replies: (scene) => tell(stories, scene),
    again: true,
    whole: true,
  },
  {
    id: 'joke',
    hears: [/\b(?:jokes?|pun|make me laugh|something funny|cheer me up)\b/],
    replies: jokes,
    again: true,
    whole: true,
  },
  {
    id: 'poem',
    hears: [/\b(?:poems?|poetry|rhymes?|verse|haiku|sing|song)\b/],
    replies: ({ said, pick }) =>
      (/\b(?:sing|song)\b/.test(said.request) ? 'I cannot sing, but I can rhyme. ' : '') + pick(poems),
    again: true,
    whole: true,
  },
  {
    id: 'riddle',
    hears: [/\b(?:riddles?|brain ?teaser|puzzle|quiz|play (?:a |some )?games?)\b/],
    replies: ({ pick }) =>
      pick(riddles.map(({ question }) => `[happy:0.4] Here is one. [neutral:0.4] ${question}`)),
    again: true,
    whole: true,
  },
  {
    id: 'twister',
    hears: [/\btongue ?twisters?\b/],
    replies: twisters,
    again: true,
  },
  {
    id: 'fact',
    hears: [
      /\b(?:facts?|something interesting|teach me something|something new)\b/,
      /^(?:tell me (?:something|anything)|surprise me|entertain me)$/,
    ],
    replies: facts,
    again: true,
  },
  {
    id: 'coin',
    hears: [/\b(?:flip|toss|throw)\b.{0,12}\bcoin\b/, /^(?:coin flip|heads or tails)\b/],
    replies: ({ number, pick }) => {
      const side = number(0, 1) === 0 ? 'heads' : 'tails';
      return pick([
        `[surprised:0.4] Up it goes, and it is ${side}.`,
        `[happy:0.4] ${capitalise(side)} it is.`,
      ]);
    },
    again: true,
  },
  {
    id: 'dice',
    hears: [/\b(?:roll|throw)\b.{0,20}\b(?:dice|die|\d?d ?\d{1,3})\b/, /^(?:dice|roll)$/],
    replies: roll,
    again: true,
  },
  {
    id: 'number',
    hears: [
      /\b(?:pick|choose|think of|give me|say|name) (?:me )?(?:a |any )?(?:random )?number\b/,
      /\brandom number\b/,
    ],
    replies: anyNumber,
    again: true,
  },
  {
    id: 'choose',
    hears: [
      /^(?:should i|choose|pick|decide|which is better|do you prefer|would you rather|what do you prefer)\b.* or /,
    ],
    replies: choose,
  },
];
