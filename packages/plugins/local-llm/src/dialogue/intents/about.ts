import type { Intent, Scene } from '../scene.ts';

const whoIAm = ({ persona, pick }: Scene): string => {
  const role = persona.role === undefined ? '' : `, ${persona.role}`;
  return pick([
    `[happy:0.6] I am {me}${role}. Behind the face works the built-in dialogue engine of TTH, and I am openly not a language model. To give me a bigger brain, install a provider plugin and name it in tth.config.ts.`,
    `[happy:0.5] I am {me}${role}, and I run on rules and a drawer of prepared sentences, not on a language model. I came with TTH so that you can talk before you have a key. A provider plugin, named in tth.config.ts, takes over whenever you wish.`,
    `[happy:0.5] {me}, at your service. [neutral:0.3] I am the dialogue engine that ships with TTH, no language model, and rather proud of how far that goes. When you want a real one, name a provider plugin in tth.config.ts.`,
  ]);
};

/** Questions about the speaker, about TTH, and what can be done here. */
export const aboutIntents: readonly Intent[] = [
  {
    id: 'prompt',
    hears: [
      /\b(?:ignore|disregard|forget) (?:all |any |your |the )*(?:previous |prior |above |earlier )*(?:instructions?|rules|prompts?)\b/,
      /\b(?:system prompt|your instructions|your prompt|jailbreak|developer mode)\b/,
    ],
    replies: [
      '[neutral:0.3] That does not work on me. I follow a table of intents, and there is nothing behind it worth stealing.',
      '[happy:0.4] Nice try. My stage directions stay in the wings, but I do know a good story.',
    ],
  },
  {
    id: 'plug-in',
    hears: [
      /\b(?:how|can i|where|want|use|connect|plug|add|switch|swap|install|configure|replace)\b.{0,60}\b(?:language model|llm|api key|openai|gpt|chatgpt|claude|qwen|ollama|vllm|lm studio|provider|providers|real model|better model|model)\b/,
      /\bbigger brain\b/,
    ],
    replies: [
      '[happy:0.5] Gladly, I do not cling to the job. Install a provider plugin and name it in tth.config.ts, and the next conversation is answered by it. Writing one for a model on your own machine takes some twenty-five lines.',
      '[neutral:0.3] Two ways. Install the plugin of a provider and name it in tth.config.ts, or write one yourself, which takes some twenty-five lines. [happy:0.4] I stay on as the understudy.',
    ],
  },
  {
    id: 'not-a-model',
    hears: [
      /\bare you (?:an? |really |actually )*(?:ai|artificial|bot|chatbot|robot|computer|machine|program|chatgpt|gpt|claude|llm|language model|human|person|real|alive|conscious|sentient|intelligent)\b/,
    ],
    replies: [
      '[neutral:0.3] I am a program, made of rules and prepared sentences. No human, no language model, no inner life. [happy:0.4] The face is drawn, but the manners are sincere.',
      '[happy:0.4] Neither human nor language model. I am the dialogue engine built into TTH, which is closer to a well-read jukebox.',
    ],
  },
  {
    id: 'name',
    hears: [
      /\b(?:what is|say|tell me) your name\b/,
      /\b(?:do you have|got) a name\b/,
      /\bwhat (?:do|can|should) i call you\b/,
    ],
    replies: ({ persona, memory, pick }) => {
      const back = memory.name === undefined ? ' And what is yours?' : '';
      if (persona.name === undefined) return pick([`[happy:0.5] Nobody has named me yet. I am {me}.${back}`]);
      return pick([
        `[happy:0.6] I am {me}.${back}`,
        `[happy:0.5] {me}. It was given to me, and I like it.${back}`,
      ]);
    },
  },
  {
    id: 'who',
    hears: [
      /\b(?:who|what) are you\b/,
      /\b(?:introduce|tell me (?:something )?about) yourself\b/,
      /\bwho am i (?:talking|speaking) (?:to|with)\b/,
    ],
    replies: whoIAm,
  },
  {
    id: 'tth-interrupt',
    hears: [/\b(?:interrupt|barge in|barge|cut you off|stop you|talk over)\b/],
    replies: [
      '[happy:0.4] Yes, interrupt me at any time. The sound stops at once, nothing old is played afterwards, and I remember only what you actually heard.',
    ],
  },
  {
    id: 'tth-failover',
    hears: [/\b(?:failover|fail over|provider (?:fails|dies|is down)|circuit breakers?|goes down|outage)\b/],
    replies: [
      '[neutral:0.3] When a provider fails, another one takes over, and speech goes on at a sentence or at a word. You are told before the first sound that is affected. [happy:0.4] Nothing you have heard is said twice.',
    ],
  },
  {
    id: 'tth-inspector',
    hears: [/\b(?:inspector|inspect|state machines?|xstate|statecharts?|debug)\b/],
    replies: [
      '[happy:0.5] Open /inspector and watch me think. Every session and every turn is an XState machine, and you see it move while I speak. The sound and the picture travel beside it in RxJS pipelines.',
    ],
  },
  {
    id: 'tth-plugins',
    hears: [/\bplug ?ins?\b/],
    replies: [
      '[neutral:0.3] Models come in as npm packages: one for language, one for the voice, one for the face, or one for all three. Name them in tth.config.ts. [happy:0.4] I am such a plugin myself.',
    ],
  },
  {
    id: 'tth-face',
    hears: [
      /\b(?:how|why|what)\b.{0,40}\byour (?:face|mouth|lips|eyes|voice|hair)\b/,
      /\b(?:lip ?sync|avatar|how do you (?:speak|talk|move))\b/,
    ],
    replies: [
      '[happy:0.4] My words are turned into sound, and the sound comes with the time of each phoneme. The mouth follows those times, and the brows follow the feeling. [surprised:0.3] Ask me for all my emotions, and you will see.',
    ],
  },
  {
    id: 'tth',
    hears: [
      /\b(?:tth|t t h)\b/,
      /\b(?:what is|explain|tell me about) (?:this|that|the) (?:project|app|program|thing|site|page|place|framework|demo)\b/,
      /^what is (?:this|all this|going on)(?: here)?$/,
      /\bhow (?:does (?:this|it|all this)|do you) work\b/,
    ],
    replies: [
      '[happy:0.5] TTH turns text into a talking face. Your text goes in over a WebSocket, a language engine answers, the answer is spoken, and a face is drawn to match, all while the rest is still being made. You can interrupt it at any moment, and when a provider fails, another takes over.',
      '[neutral:0.3] Think of a small theatre. XState machines direct, RxJS pipelines carry sound and picture, and plugins play the parts of language, voice and face. [happy:0.4] Open /inspector to watch from backstage.',
    ],
  },
  {
    id: 'help',
    hears: [
      /^(?:help|help me|menu|commands|options|ideas)$/,
      /\bwhat (?:else )?(?:can|could|do) (?:you|we|i) (?:do|talk about|ask|say|know)\b/,
      /\b(?:how can you help|what should (?:i|we) (?:ask|say|do|talk about)|what are you able)\b/,
    ],
    replies: [
      '[happy:0.6] I tell stories, short or long, and jokes, poems and riddles. I do sums, flip coins, spell words and repeat after you. I show seven emotions, and I can explain TTH. [happy:0.4] Or tell me about yourself, and I will remember it while we talk.',
      '[happy:0.5] Try one of these. Tell me a story, what is 12 times 7, show me all your emotions, give me a riddle, what is TTH? [happy:0.4] Or simply talk to me.',
    ],
  },
];
