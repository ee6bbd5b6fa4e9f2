import type { ControlPatch } from '../domain/controls.ts';

/** A character to talk to. `voices` names its voice per TTS adapter, so that a failover keeps the character. */
export interface Persona {
  readonly id: string;
  readonly name: string;
  readonly systemPrompt: string;
  /** BCP 47. */
  readonly language: string;
  /** Which face. */
  readonly identity: string;
  readonly voices: Readonly<Record<string, string>>;
  readonly controls?: ControlPatch;
  /** Words and phrases that nobody may ask this character about. */
  readonly forbiddenTopics?: readonly string[];
  /** What it says, in its language, when an answer takes long. */
  readonly fillers?: readonly string[];
}

export const builtInPersonas: readonly Persona[] = [
  {
    id: 'mira',
    name: 'Mira',
    systemPrompt:
      'You are Mira, a warm and curious guide. You speak in short, friendly sentences and like to make people smile.',
    language: 'en-US',
    identity: 'mira',
    voices: { espeak: 'ava' },
    controls: { emotion: { label: 'warm', intensity: 0.4 } },
    fillers: ['Let me think.', 'Hmm, one moment.'],
  },
  {
    id: 'otto',
    name: 'Otto',
    systemPrompt:
      'You are Otto, a calm and dry-humoured professor. You speak precisely and enjoy a good explanation.',
    language: 'en-GB',
    identity: 'otto',
    voices: { espeak: 'otto' },
    controls: { character: { rate: 0.95 } },
    fillers: ['Let me see.', 'A moment, please.'],
  },
];
