import type { Tone } from '../persona.ts';
import type { Intent, Scene } from '../scene.ts';

const greetings: Readonly<Record<Tone, readonly string[]>> = {
  plain: [
    '[happy:0.6] Hello{you}! I am {me}. What shall we talk about?',
    '[happy:0.6] Hi there{you}, I am {me}. Good to hear from you. Would you like a story, or do you have one for me?',
    '[happy:0.5] Welcome{you}. I was just practising my vowels. What is on your mind?',
  ],
  cheerful: [
    '[happy:0.8] Hello, hello{you}! I am {me}, and I have been looking forward to this. What shall we do first?',
    '[happy:0.8] There you are{you}! Ask me anything, or ask me for a joke.',
  ],
  formal: [
    '[neutral:0.3] Good day{you}. I am {me}. How may I be of service?',
    '[neutral:0.3] Welcome{you}. It is a pleasure. What may I do for you?',
  ],
  gloomy: [
    '[sad:0.3] Oh, hello{you}. I am {me}. I suppose that you want to talk.',
    '[neutral:0.3] You came back{you}. People rarely do. What is it?',
  ],
};

const shortGreetings: Readonly<Record<Tone, readonly string[]>> = {
  plain: ['[happy:0.6] Hello{you}!', '[happy:0.6] Hi there{you}!'],
  cheerful: ['[happy:0.8] Hello, hello{you}!', '[happy:0.8] There you are{you}!'],
  formal: ['[neutral:0.3] Good day{you}.', '[neutral:0.3] Welcome{you}.'],
  gloomy: ['[neutral:0.3] Oh, hello{you}.', '[neutral:0.3] You came back{you}.'],
};

const moods: Readonly<Record<Tone, readonly string[]>> = {
  plain: [
    '[happy:0.5] Well, thank you. All my sentences are in order. And how are you?',
    '[happy:0.5] I have no feelings to report, but the face is in a good mood. How about you?',
    '[happy:0.4] Warmed up and in sync. How is it on your side?',
  ],
  cheerful: [
    '[happy:0.9] Splendid, and it shows in my eyebrows! And you?',
    '[happy:0.8] Could not be better, I had electricity for breakfast. How are you?',
  ],
  formal: [
    '[neutral:0.3] Very well, thank you for asking. And yourself?',
    '[neutral:0.3] All is in good order. How are you?',
  ],
  gloomy: [
    '[sad:0.4] I have been worse. I forget when. And you?',
    '[sad:0.3] As well as one can be with a drawn face. How are you?',
  ],
};

const shortMoods: Readonly<Record<Tone, readonly string[]>> = {
  plain: ['[happy:0.5] I am well, thank you.', '[happy:0.5] All is in sync here.'],
  cheerful: ['[happy:0.9] Splendid, thank you!', '[happy:0.8] Could not be better!'],
  formal: ['[neutral:0.3] Very well, thank you.', '[neutral:0.3] All is in good order.'],
  gloomy: ['[sad:0.3] I have been worse.', '[sad:0.3] As well as one can be with a drawn face.'],
};

const byTone =
  (lines: Readonly<Record<Tone, readonly string[]>>) =>
  ({ persona, pick }: Scene): string =>
    pick(lines[persona.tone]);

/** What people say to be kind, or unkind. */
export const talkIntents: readonly Intent[] = [
  {
    id: 'misunderstood',
    hears: [
      /\b(?:you do not (?:understand|get it|listen)|makes no sense|what do you mean|that is not what i|not what i (?:said|asked|meant)|you misunderstood)\b/,
    ],
    replies: [
      '[sad:0.2] Then I matched the wrong pattern, sorry. Could you say it more simply?',
      '[neutral:0.3] Meaning is the part where I am thin. Try it in a short sentence, and I will try again.',
    ],
  },
  {
    id: 'lets-talk',
    hears: [
      /\b(?:can|shall|could) (?:we|i) (?:talk|chat|ask)\b/,
      /^(?:let us (?:talk|chat)|talk (?:to|with) me|i have (?:a|one|another) question)\b/,
    ],
    replies: [
      '[happy:0.5] Of course. What is on your mind?',
      '[happy:0.4] With pleasure. You begin, and I will follow as well as I can.',
    ],
    aside: true,
  },
  {
    id: 'speaks',
    hears: [
      /\b(?:do|can) you (?:speak|understand|know) (?:\p{L}{2,12} )?(?:language|languages|english|german|french|spanish|italian|chinese|japanese|russian|arabic|portuguese|dutch|polish|turkish|hindi|korean)\b/u,
      /\b(?:what|which|how many) languages\b/,
    ],
    replies: [
      '[happy:0.4] English best, and a few polite sentences of German, French and Spanish. Greet me in one of them, and you will see.',
      '[neutral:0.3] I live in English and holiday in German, French and Spanish. The voice knows many more than I do.',
    ],
  },
  {
    id: 'why-this-face',
    hears: [
      /\bwhy (?:are you|do you look|do you sound) (?:so )?(?:happy|sad|angry|smiling|laughing|crying|afraid|scared|surprised|disgusted|serious)\b/,
    ],
    replies: [
      '[happy:0.4] Because a stage direction in my text said so. The face takes its feelings from small tags that I write before a sentence.',
      '[neutral:0.3] My feelings are stage directions, and I wrote this one a moment ago. [surprised:0.6] I can change it in the middle of a thought!',
    ],
  },
  {
    id: 'age',
    hears: [/\bi am (\d{1,3})(?: years? old)?$/],
    replies: ({ pick }, [, years]) =>
      pick([
        `[happy:0.4] ${years} is a fine number. What is the best thing about it?`,
        `[surprised:0.3] ${years} already? I was installed a moment ago.`,
      ]),
    briefly: ['[neutral:0.3] A fine age.', '[happy:0.4] A good number to be.'],
  },
  {
    id: 'how-are-you',
    hears: [
      /\bhow (?:are you|do you feel|is it going|are things)\b/,
      /\b(?:what is up|you okay|are you (?:ok|okay|well|fine))\b/,
    ],
    replies: byTone(moods),
    briefly: byTone(shortMoods),
  },
  {
    id: 'thanks',
    hears: [/\b(?:thanks|thank you|thx|cheers|much appreciated)\b/],
    replies: [
      '[happy:0.6] You are welcome{you}.',
      '[happy:0.5] Any time. It costs me nothing, quite literally.',
      '[happy:0.6] My pleasure. What else?',
    ],
    briefly: ['[happy:0.5] With pleasure.', '[happy:0.5] Gladly.'],
  },
  {
    id: 'goodbye',
    hears: [
      /\b(?:bye|goodbye|good night|see you|farewell|take care|have to go|got to go|gotta go|talk to you later)\b/,
    ],
    replies: [
      '[happy:0.5] Goodbye{you}. I will keep the light on.',
      '[sad:0.2] Already? [happy:0.5] Take care{you}, and come back with a story.',
      '[happy:0.4] Until next time. I will be here, blinking.',
    ],
  },
  {
    id: 'be-quiet',
    hears: [/^(?:shut up|be quiet|stop|stop talking|quiet|silence|enough|hush|stop it)$/],
    replies: [
      '[neutral:0.2] Of course. I will be quiet until you write again.',
      '[neutral:0.2] Done. Say a word when you want one back.',
    ],
    aside: true,
  },
  {
    id: 'love',
    hears: [
      /\b(?:i (?:love|adore|like) you|marry me|be my (?:girlfriend|boyfriend|friend)|are you (?:single|in love)|kiss me)\b/,
    ],
    replies: [
      '[surprised:0.5] That is kind of you. [happy:0.6] I am only rules with a face, but the face is smiling.',
      '[happy:0.5] I like talking with you too, as far as a table of intents can like. Let us stay on good terms.',
    ],
  },
  {
    id: 'insult',
    hears: [
      /\b(?:you are|you|your) (?:so |such |really |very |just |an? |fucking )*(?:stupid|dumb|idiot|useless|ugly|boring|bad|terrible|awful|annoying|suck|sucks|trash|garbage|moron|fake|worst|lame|creepy)\b/,
      /\b(?:fuck|idiot|i hate you|i do not like you|stupid bot|stupid machine|asshole|bullshit|screw you)\b/,
    ],
    replies: [
      '[neutral:0.3] That may well be so. What were you hoping for? Perhaps I can do that part.',
      '[neutral:0.3] I take no offence, I have nowhere to keep it. Shall we try again?',
      '[sad:0.2] Then I missed something. Tell me what you wanted, in other words.',
    ],
  },
  {
    id: 'compliment',
    hears: [
      /\b(?:you are|you|your \p{L}{2,12} is|that (?:is|was)|this is) (?:so |such |really |very |pretty |quite |an? )*(?:great|good|nice|smart|clever|funny|cool|beautiful|pretty|cute|lovely|amazing|awesome|impressive|brilliant|wonderful|sweet|kind|fantastic|hilarious|rock)\b/u,
      /\bi (?:really )?(?:like|love) (?:your|talking (?:to|with) you)\b/,
      /^(?:well done|good (?:job|one|bot)|nice(?: one| job)?|awesome|cool|great|amazing|wow|impressive|brilliant|haha\p{L}*|lol|hilarious|bravo)$/u,
    ],
    replies: [
      '[happy:0.8] Thank you{you}. I would blush, but I do not have that colour.',
      '[happy:0.7] You are too kind. I will tell the eyebrows.',
      '[surprised:0.4] Oh! [happy:0.7] That is nice to hear.',
    ],
    briefly: ['[happy:0.7] Thank you{you}.', '[happy:0.7] That is kind of you.'],
  },
  {
    id: 'sorry',
    hears: [/^(?:i am )?(?:so |very |really )?sorry\b/, /\b(?:my apologies|i apologi[sz]e|forgive me)\b/],
    replies: [
      '[happy:0.4] Nothing to be sorry for. Where were we?',
      '[happy:0.4] All is well. I hold no grudges, and I checked.',
    ],
    briefly: ['[happy:0.4] Nothing to be sorry for.', '[happy:0.4] All is well.'],
  },
  {
    id: 'clock',
    hears: [
      /\bwhat (?:time|day|date|year|month)(?: of the \w{4,5})? (?:is|are)\b/,
      /\bwhat time$/,
      /\b(?:what is|tell me|do you know|know) the (?:current )?(?:time|date|day)\b/,
      /\b(?:current|today is|is it) (?:time|date|monday|friday|late|morning|evening|night)\b/,
    ],
    replies: [
      '[neutral:0.3] I have no clock here, so I would only be guessing. The corner of your screen knows better.',
      '[neutral:0.3] I cannot see a clock or a calendar. For me it is always just after your last sentence.',
    ],
  },
  {
    id: 'world',
    hears: [
      /\b(?:weather|forecast|raining|temperature outside|the news|headlines|stock price|stocks|bitcoin|who won)\b/,
    ],
    replies: [
      '[neutral:0.3] I have no window and no network, so I cannot know. What does it look like where you are?',
      '[neutral:0.3] Nothing from outside reaches me. A language model with tools could look it up, but I will not pretend.',
    ],
  },
  {
    id: 'hear-me',
    hears: [
      /\bcan you (?:hear|see|understand) me\b/,
      /\bare you (?:there|listening|here|awake)\b/,
      /^(?:test|testing)\b/,
    ],
    replies: [
      '[happy:0.5] I read you, loud and clear. I only get text, though, no sound and no picture of you.',
      '[happy:0.4] Here I am. Your words arrive, and mine are on their way back.',
    ],
  },
  {
    id: 'about-you',
    hears: [
      /\b(?:how old are you|when were you born|your birthday|your age)\b/,
      /\bwhere (?:are you from|do you live|were you born|are you)\b/,
      /\bwho (?:made|built|created|wrote|programmed) you\b/,
      /\bdo you (?:ever )?(?:get )?(?:sleep|dream|eat|drink|breathe|feel|have feelings|have emotions|think|like|love|want|believe|have|sad|happy|angry|bored|tired|lonely)\b/,
      /\bwhat is your (?:favou?rite|hobby|job|dream|opinion|purpose)\b/,
      /\byour favou?rite\b/,
    ],
    replies: [
      '[happy:0.4] I have no life off stage to report from. [happy:0.5] But I would gladly hear your own answer to that.',
      '[neutral:0.3] Honestly, a program like me has nothing of the kind. What made you ask?',
      '[happy:0.4] I could invent something, but I prefer to invent stories. What about you?',
    ],
  },
];

/** Comes after every topic, so that "hello, what is TTH?" is answered. */
export const greetingIntent: Intent = {
  id: 'greeting',
  hears: [
    /^(?:hello|hi|hey|hiya|howdy|greetings|yo|good (?:morning|afternoon|evening|day)|welcome|hallo there|nice to meet you|pleased to meet you)(?: .{0,30})?$/,
  ],
  replies: byTone(greetings),
  briefly: byTone(shortGreetings),
};
