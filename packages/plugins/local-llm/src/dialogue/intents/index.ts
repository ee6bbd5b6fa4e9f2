import { languageIntents } from '../languages.ts';
import type { Intent } from '../scene.ts';
import { aboutIntents } from './about.ts';
import { crisisIntent, feelingIntents } from './feelings.ts';
import { playIntents } from './play.ts';
import { recallIntents } from './recall.ts';
import { restIntents, silenceIntent } from './rest.ts';
import { greetingIntent, talkIntents } from './talk.ts';
import { voiceIntents } from './voice.ts';

/** The table, in the order in which it is asked. The last row always answers. */
export const intents: readonly Intent[] = [
  silenceIntent,
  crisisIntent,
  ...voiceIntents,
  ...languageIntents,
  ...playIntents,
  ...recallIntents,
  ...aboutIntents,
  ...feelingIntents,
  ...talkIntents,
  greetingIntent,
  ...restIntents,
];
