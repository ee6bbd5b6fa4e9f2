import { reflections, turned } from '../reflection.ts';
import type { Intent, Scene } from '../scene.ts';
import { capitalise, plain, readChars } from '../text.ts';
import { callback } from './recall.ts';

const silence = ({ said, pick }: Scene): string | undefined => {
  if (/[\p{L}\p{N}]/u.test(said.raw.slice(0, readChars))) return undefined;
  if (/\p{Extended_Pictographic}/u.test(said.raw.slice(0, readChars))) {
    return pick([
      '[happy:0.5] A nice little picture. I can only speak, so tell me the rest in words.',
      '[surprised:0.4] I cannot pronounce that one. Say it in words?',
    ]);
  }
  return pick([
    '[happy:0.4] A meaningful silence. Shall I fill it with a story or a joke?',
    '[neutral:0.3] I am listening. Say hello, or ask me what I can do.',
    '[neutral:0.3] There were no words in that. Take your time.',
  ]);
};

const mirror = (scene: Scene): string | undefined => {
  const { text, question } = scene.said;
  if (question || text.length > 200) return undefined;
  for (const { hears, replies } of reflections) {
    const match = hears.exec(text);
    if (match === null) continue;
    const echo = turned(plain(match[1] ?? '', 80));
    return `[neutral:0.3] ${scene.pick(replies.map((reply) => reply.replaceAll('*', echo)))}${callback(scene)}`;
  }
  return undefined;
};

const questionWords =
  /^(?:what|who|whom|whose|where|when|why|how|which|is|are|was|were|do|does|did|can|could|will|would|should|has|have)\b/;

const common = new Set(
  'tell about because really actually something anything everything would could should there their which where those these being going people think know just like with have that this from what when your will very'.split(
    ' ',
  ),
);

/** The longest word that is likely to be what the sentence is about. */
const subject = (text: string): string | undefined =>
  text
    .split(' ')
    .filter((word) => word.length >= 4 && word.length <= 24 && /^\p{L}+$/u.test(word) && !common.has(word))
    .reduce<string | undefined>(
      (longest, word) => (word.length > (longest?.length ?? 0) ? word : longest),
      undefined,
    );

const longInput = ({ said, pick }: Scene): string | undefined => {
  if (said.raw.length <= readChars) return undefined;
  const count = Math.round(said.raw.length / 6);
  return pick([
    `[surprised:0.4] That was a long one, about ${count} words. [neutral:0.3] I am built for short exchanges, so what is the heart of it?`,
    '[neutral:0.3] I lost the thread somewhere in the middle of that. Could you give it to me in one sentence?',
  ]);
};

const goOn = (scene: Scene): string => {
  const { text } = scene.said;
  const word = subject(text);
  const named =
    word === undefined
      ? []
      : [
          `[neutral:0.3] Let us stay with the word ${word} for a moment. What does it mean to you?`,
          `[surprised:0.3] ${capitalise(word)}? I would like to hear more about that.`,
        ];
  if (text.split(' ').length <= 2) {
    return scene.pick([
      ...named,
      '[neutral:0.3] That is a little short for me. Say it in a whole sentence?',
      '[happy:0.3] Give me a few more words, and I will make something of them.',
    ]);
  }
  return (
    scene.pick([
      ...named,
      '[neutral:0.3] Go on. I am listening.',
      '[neutral:0.3] And what happened next?',
      '[happy:0.3] Tell me more. I have all the time that your battery has.',
      '[neutral:0.3] How do you feel about that?',
    ]) + callback(scene)
  );
};

/** What is left: short words, questions without an answer, and everything else. */
export const restIntents: readonly Intent[] = [
  { id: 'long-input', replies: longInput },
  {
    id: 'yes',
    hears: [
      /^(?:yes|yeah|yep|yup|sure|of course|ok|okay|alright|right|exactly|true|indeed|fine by me|go on|go ahead|continue)(?: .{0,20})?$/,
    ],
    replies: [
      '[happy:0.5] Good. Tell me more, or ask me for a story.',
      '[happy:0.4] Then we agree. What next?',
      '[neutral:0.3] All right. I am all ears, in a manner of speaking.',
    ],
    aside: true,
  },
  {
    id: 'no',
    hears: [/^(?:no|nope|nah|never|never mind|not really|no way|wrong|false)(?: .{0,20})?$/],
    replies: [
      '[neutral:0.3] Fair enough. What would you like instead?',
      '[surprised:0.3] No? Tell me how you see it.',
      '[neutral:0.3] Understood. Shall we talk about something else?',
    ],
    aside: true,
  },
  {
    id: 'maybe',
    hears: [/^(?:maybe|perhaps|i do not know|not sure|hm+|um+|uh+|well|i guess|dunno|whatever|nothing)$/],
    replies: [
      '[neutral:0.3] No hurry. Shall I tell you a joke while you think?',
      '[neutral:0.3] Then let me choose. Ask me for a riddle.',
    ],
    aside: true,
  },
  {
    id: 'why',
    hears: [/^(?:why|how come|why not|really|what|huh|seriously|so|and)$/],
    replies: [
      '[happy:0.3] A fair question. My honest answer is that it was written so.',
      '[neutral:0.3] I have no deeper reason to offer. What is yours?',
    ],
    aside: true,
  },
  {
    id: 'work',
    hears: [
      /^(?:write|translate|summari[sz]e|code|draw|generate|create|search|google|find|book|order|play|open|email|explain|define|list|give me|show me)\b/,
    ],
    replies: [
      '[sad:0.2] That needs a language model, and I am not one. [neutral:0.3] A provider plugin named in tth.config.ts would do it. From me you can have a story, a sum or a riddle.',
      '[neutral:0.3] I would only be pretending. I can tell, count, spell and listen, but for that you want a real model behind this face.',
    ],
  },
  {
    id: 'can-you',
    hears: [/^(?:can|could|would|will) you\b/],
    replies: [
      '[sad:0.2] That is not among my talents. [happy:0.4] Stories, sums, riddles and seven faces are.',
      '[neutral:0.3] I am afraid not. Ask me what I can do, and I will be more use.',
    ],
  },
  {
    id: 'question',
    hears: [questionWords],
    replies: [
      '[neutral:0.3] I do not know, and I would rather say so than make something up. Ask me for a story, a riddle, or how TTH works.',
      '[neutral:0.3] That is beyond my rules. A language model could try, if you plug one in. What do you think yourself?',
      '[surprised:0.2] Good question. I have no answer to it, but I do have jokes.',
      '[neutral:0.3] Honestly, I have no idea. I know sums, stories and TTH, and there my education ends.',
    ],
  },
  { id: 'reflection', replies: mirror, aside: true },
  {
    id: 'asked',
    replies: (scene) =>
      scene.said.question
        ? scene.pick([
            '[neutral:0.3] I cannot tell. What is your own guess?',
            '[neutral:0.3] You have found the edge of what I know. Try me with a sum or a riddle.',
          ])
        : undefined,
  },
  { id: 'go-on', replies: goOn, aside: true },
];

/** No words at all. */
export const silenceIntent: Intent = { id: 'silence', replies: silence, spans: true, aside: true };
