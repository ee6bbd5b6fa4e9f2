import { factsIn, forgetWords } from '../memory.ts';
import type { Intent, Scene } from '../scene.ts';
import { asSentence, capitalise, hear, plain } from '../text.ts';
import { turned } from '../reflection.ts';

const list = (items: readonly string[]): string =>
  items.length < 2 ? items.join('') : `${items.slice(0, -1).join(', ')} and ${items.at(-1)}`;

/** What is known about the user, one clause each. */
const known = ({ memory }: Scene): string[] => [
  ...(memory.name === undefined ? [] : [`your name is ${memory.name}`]),
  ...(memory.home === undefined ? [] : [`you are from ${memory.home}`]),
  ...(memory.likes.length === 0 ? [] : [`you like ${list(memory.likes.slice(-3).map(turned))}`]),
  ...(memory.dislikes.length === 0 ? [] : [`you do not like ${list(memory.dislikes.slice(-3).map(turned))}`]),
  ...(memory.feeling === undefined ? [] : [`you said that you were ${memory.feeling}`]),
];

const everything = (scene: Scene): string => {
  const clauses = known(scene);
  if (clauses.length === 0)
    return scene.pick([
      '[neutral:0.3] Nothing yet. Tell me your name, or something that you like.',
      '[neutral:0.3] You have been a mystery so far. What do you like?',
    ]);
  return `[happy:0.5] I know that ${list(clauses)}. [neutral:0.3] I keep that for this conversation only.`;
};

const meet = (scene: Scene): string | undefined => {
  const { name } = factsIn(scene.said.raw);
  if (name === undefined) return undefined;
  if (name === scene.memory.name)
    return scene.pick([
      `[happy:0.5] I know, ${name}. I was listening.`,
      `[happy:0.5] Still ${name}? Good, it suits you.`,
    ]);
  return scene.pick([
    `[happy:0.7] Nice to meet you, ${name}. What would you like to talk about?`,
    `[happy:0.7] ${name}! A good name to say aloud. How are you?`,
    `[happy:0.6] Welcome, ${name}. I will remember that while we talk.`,
  ]);
};

const meetBriefly = ({ said, memory, pick }: Scene): string => {
  const name = factsIn(said.raw).name!;
  if (name === memory.name) return pick([`[happy:0.5] I know, ${name}.`, `[happy:0.5] Of course, ${name}.`]);
  return pick([`[happy:0.7] Nice to meet you, ${name}.`, `[happy:0.6] Welcome, ${name}.`]);
};

const preference = (scene: Scene): string | undefined => {
  const { like, dislike, home } = factsIn(scene.said.raw);
  if (scene.said.question) return undefined;
  if (home !== undefined) {
    return scene.pick([
      `[surprised:0.4] From ${home}! What should I know about it?`,
      `[happy:0.5] ${home}. [happy:0.4] I have never been anywhere, so tell me what it sounds like there.`,
    ]);
  }
  if (dislike !== undefined) {
    const it = turned(dislike);
    return scene.pick([
      `[disgusted:0.4] Not ${it}, then. What did it do to you?`,
      `[neutral:0.3] I will keep ${it} away from you. What do you like instead?`,
    ]);
  }
  if (like === undefined || like.startsWith('your ')) return undefined;
  if (like.startsWith('to ')) {
    return scene.pick([
      '[happy:0.5] What do you like most about it?',
      '[happy:0.5] Since when? I would like to hear how that began.',
    ]);
  }
  const it = turned(like);
  return scene.pick([
    `[happy:0.6] Ah, ${it}. What do you like most about that?`,
    `[happy:0.5] ${capitalise(it)}, good. How did that begin?`,
    `[happy:0.5] I will remember that you like ${it}. Since when?`,
  ]);
};

const preferenceBriefly = ({ said, pick }: Scene): string => {
  const { like = '', dislike, home } = factsIn(said.raw);
  if (home !== undefined)
    return pick([`[surprised:0.4] From ${home}!`, `[happy:0.5] ${home}, good to know.`]);
  if (dislike !== undefined) return pick([`[neutral:0.3] Not ${turned(dislike)}, then.`]);
  if (like.startsWith('to ')) return pick(['[happy:0.5] I will remember that.', '[happy:0.5] Good to know.']);
  const it = turned(like);
  return pick([`[happy:0.6] Ah, ${it}.`, `[happy:0.5] I will remember that you like ${it}.`]);
};

/** What the user told about themselves, kept and given back. */
export const recallIntents: readonly Intent[] = [
  {
    id: 'forget',
    hears: [forgetWords],
    replies: [
      '[neutral:0.3] Forgotten. From here on I know nothing about you but your good manners.',
      '[neutral:0.3] It is gone. Who are you, by the way?',
    ],
  },
  {
    id: 'my-name',
    hears: [
      /\b(?:what is my name|what am i called|who am i$|do you (?:know|remember) (?:my name|me|who i am)|(?:say|remember) my name)\b/,
    ],
    replies: ({ memory, pick }) =>
      memory.name === undefined
        ? pick([
            '[neutral:0.3] You have not told me yet. What is your name?',
            '[sad:0.2] I do not know it. Tell me, and I will keep it while we talk.',
          ])
        : pick([
            `[happy:0.6] You are ${memory.name}.`,
            `[happy:0.5] Your name is ${memory.name}. I was listening.`,
          ]),
  },
  {
    id: 'my-words',
    hears: [
      /\bwhat (?:did i (?:just )?(?:say|ask|tell you)|was my (?:last )?(?:question|message)|i (?:just )?said)\b/,
    ],
    replies: ({ memory, pick }) => {
      const last = memory.heard.at(-1);
      const words = last === undefined ? '' : plain(last, 160);
      if (words === '') return pick(['[neutral:0.3] Nothing before this. It was a very good silence.']);
      return pick([
        `[neutral:0.3] You said: ${asSentence(words)}`,
        `[happy:0.3] Your words were: ${asSentence(words)}`,
      ]);
    },
  },
  {
    id: 'my-home',
    hears: [/\bwhere (?:am i from|do i (?:live|come from))\b/],
    replies: ({ memory, pick }) =>
      memory.home === undefined
        ? pick(['[neutral:0.3] You have not said. Where are you from?'])
        : pick([
            `[happy:0.5] You told me that you are from ${memory.home}.`,
            `[happy:0.4] From ${memory.home}, if I heard you well.`,
          ]),
  },
  {
    id: 'my-likes',
    hears: [/\bwhat (?:do|did) i (?:say (?:that )?i )?(?:like|love|enjoy|hate|dislike)\b/],
    replies: (scene) => {
      const hated = /\b(?:hate|dislike)\b/.test(scene.said.text);
      const things = (hated ? scene.memory.dislikes : scene.memory.likes).map(turned);
      if (things.length === 0)
        return scene.pick(['[neutral:0.3] You have not told me yet. I am curious, though.']);
      return scene.pick([
        `[happy:0.5] You ${hated ? 'do not like' : 'like'} ${list(things)}.`,
        `[happy:0.4] You told me about ${list(things)}.`,
      ]);
    },
  },
  {
    id: 'my-feeling',
    hears: [/\bhow (?:am i|do i feel|did i feel|was i)(?: feeling| doing)?$/],
    replies: ({ memory, pick }) =>
      memory.feeling === undefined
        ? pick(['[neutral:0.3] Only you can tell. How do you feel?'])
        : pick([`[neutral:0.4] You told me that you were ${memory.feeling}. Is it still so?`]),
  },
  {
    id: 'about-me',
    hears: [
      /\bwhat do you (?:know|remember) about (?:me|us)\b/,
      /\bwhat have i told you\b/,
      /\bdo you remember (?:what i|anything)\b/,
    ],
    replies: everything,
  },
  {
    id: 'privacy',
    hears: [/\b(?:privacy|do you (?:store|save|record|keep|share)|is this (?:private|recorded)|my data)\b/],
    replies: [
      '[neutral:0.3] I send nothing anywhere, and I have no memory beyond this conversation. What the server keeps is decided by whoever runs it.',
    ],
  },
  { id: 'meet', replies: meet, briefly: meetBriefly },
  { id: 'preference', replies: preference, briefly: preferenceBriefly },
];

/** Sometimes a word about something the user said earlier. */
export const callback = (scene: Scene): string => {
  const { likes, home, heard } = scene.memory;
  if (heard.length < 2 || scene.random.next() > 0.35) return '';
  const now = hear(scene.said.raw).text;
  const lines = [
    ...likes
      .filter((like) => !now.includes(like))
      .map((like) => ` You mentioned ${turned(like)} earlier. I have not forgotten.`),
    ...(home === undefined ? [] : [` Is that how people see it in ${home}?`]),
  ];
  const unsaid = lines.filter((line) => !scene.memory.spoken.some((said) => said.includes(line.trim())));
  return unsaid.length === 0 ? '' : scene.pick(unsaid);
};
