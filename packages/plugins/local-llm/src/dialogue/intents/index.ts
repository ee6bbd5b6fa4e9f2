import { languageIntents } from '../languages.ts';
import type { Intent } from '../scene.ts';
import { aboutIntents } from './about.ts';
import { playIntents } from './play.ts';
import { recallIntents } from './recall.ts';
import { restIntents, silenceIntent } from './rest.ts';
import { talkIntents } from './talk.ts';
import { voiceIntents } from './voice.ts';

const crisis = talkIntents.filter(({ id }) => id === 'crisis');
const greeting = talkIntents.filter(({ id }) => id === 'greeting');
const talk = talkIntents.filter(({ id }) => id !== 'crisis' && id !== 'greeting');

/** The table, in the order in which it is asked. The last row always answers. */
export const intents: readonly Intent[] = [
  silenceIntent,
  ...crisis,
  ...voiceIntents,
  ...languageIntents,
  ...playIntents,
  ...recallIntents,
  ...aboutIntents,
  ...talk,
  ...greeting,
  ...restIntents,
];
