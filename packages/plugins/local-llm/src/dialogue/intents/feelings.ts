import type { Intent, Scene } from '../scene.ts';
import { sentences, type Said } from '../text.ts';

/** A table of feelings the user may have, and what a friend would say. */
const sympathies: readonly (readonly [RegExp, readonly string[]])[] = [
  [
    /\b(?:sad|lonely|depressed|down|heartbroken|miserable|unhappy|bad|terrible|awful|crying)\b/,
    [
      '[sad:0.5] I am sorry to hear that. Do you want to tell me what happened?',
      '[sad:0.4] That sounds heavy. I am only a small engine, but I am listening.',
      '[sad:0.4] Thank you for telling me. Is there somebody near you that you could tell as well?',
    ],
  ],
  [
    /\b(?:tired|exhausted|sleepy|sick|ill)\b/,
    [
      '[sad:0.3] Then let us go slowly. What wore you out?',
      '[neutral:0.3] Rest counts as an achievement too. Shall I tell you a quiet story?',
    ],
  ],
  [
    /\b(?:angry|furious|mad|annoyed|frustrated)\b/,
    [
      '[neutral:0.4] I can hear that. What set it off?',
      '[angry:0.3] Some days deserve a good grumble. Go ahead, I am not easily offended.',
    ],
  ],
  [
    /\b(?:afraid|scared|nervous|worried|anxious|stressed|terrified)\b/,
    [
      '[fearful:0.3] That is not a nice place to be. [neutral:0.4] What is the worst part of it?',
      '[neutral:0.4] Let us look at it together. What are you afraid might happen?',
    ],
  ],
  [
    /\bhungry\b/,
    [
      '[happy:0.4] Then do not wait for me. What would you cook, if you could choose?',
      '[neutral:0.3] I live on electricity, so I cannot judge. What is in the kitchen?',
    ],
  ],
  [
    /\bbored\b/,
    [
      '[surprised:0.4] We cannot have that. Ask me for a riddle, or for a tongue twister.',
      '[happy:0.5] Boredom is a door. I have a long story behind it, if you ask.',
    ],
  ],
  [
    /\b(?:happy|great|good|excited|proud|fine|wonderful|fantastic|well|okay|amazing)\b/,
    [
      '[happy:0.7] I am glad to hear it. What is the best part?',
      '[happy:0.6] Good. Hold on to that. What made it so?',
      '[happy:0.6] Lovely. Shall we celebrate with a joke?',
    ],
  ],
];

const linesFor = ({ text }: Said): readonly string[] => {
  const negated = /\bnot (?:so |very |really |feeling )?(?:happy|great|good|fine|well|okay)\b/.test(text);
  return negated ? sympathies[0]![1] : (sympathies.find(([words]) => words.test(text))?.[1] ?? []);
};

const sympathise = ({ said, pick }: Scene): string | undefined =>
  said.question ? undefined : pick(linesFor(said)) || undefined;

/** Somebody may be in danger. Asked before anything else. */
export const crisisIntent: Intent = {
  id: 'crisis',
  hears: [
    /\b(?:kill myself|end my life|suicid\p{L}*|want to die|hurt myself|harm myself|no reason to live)\b/u,
  ],
  replies: [
    '[sad:0.5] I am really sorry that it is this hard. [neutral:0.5] I am only a program, and you deserve a person. Please call your local emergency number or a crisis line, or go to someone you trust, now.',
    '[neutral:0.5] Please do not stay alone with this. Call a crisis line or your local emergency number, or wake somebody up. [sad:0.3] I cannot do that for you, but people will answer.',
  ],
  spans: true,
};

/** How the user feels. */
export const feelingIntents: readonly Intent[] = [
  {
    id: 'loss',
    hears: [
      /\b(?:died|passed away|is dead|funeral|broke up|left me|got fired|lost my (?:job|mother|father|mum|mom|dad|dog|cat|friend|wife|husband|son|daughter|brother|sister))\b/,
    ],
    replies: [
      '[sad:0.6] I am so sorry. Would you like to tell me about it?',
      '[sad:0.5] That is a real loss. I have no clever line for it, but I am listening.',
    ],
    briefly: ['[sad:0.6] I am so sorry.', '[sad:0.5] That is a real loss.'],
  },
  {
    id: 'feeling',
    hears: [
      /\bi (?:am|feel|was|am feeling|have been) (?:feeling )?(?:not |so |very |really |quite |a bit |a little |kind of |just )*(?:sad|lonely|depressed|down|heartbroken|miserable|unhappy|bad|terrible|awful|tired|exhausted|sleepy|sick|ill|angry|furious|mad|annoyed|frustrated|afraid|scared|nervous|worried|anxious|stressed|terrified|bored|hungry|happy|great|good|excited|proud|fine|wonderful|fantastic|well|okay|amazing)\b/,
      /^(?:(?:not )?(?:so |very |really |pretty )?(?:good|fine|great|well|bad|terrible|tired|sad|bored|okay)(?: thanks| thank you| and you)*)$/,
    ],
    replies: sympathise,
    // The first line of each feeling opens with a sentence that can stand alone.
    briefly: ({ said }) => sentences(linesFor(said)[0]!)[0]!.trimEnd(),
  },
];
