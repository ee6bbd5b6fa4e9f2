import * as z from 'zod';
import { type ControlPatch, maxNameLength } from '../domain/controls.ts';
import { TthError } from '../domain/errors.ts';
import { normalizeControls, readLanguage } from './normalize.ts';

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

const name = z.string().trim().min(1).max(maxNameLength);
const phrase = z.string().trim().min(1).max(200);

/** Controls of a persona may be written loosely, but every one has to make sense. */
const controls = z.record(z.string(), z.unknown()).transform((given, context) => {
  const { patch, outcomes } = normalizeControls(given);
  for (const { field, reason = '' } of outcomes) {
    context.addIssue({ code: 'custom', path: field.split('.'), message: reason });
  }
  return patch;
});

const language = z.string().transform((written, context) => {
  const tag = readLanguage(written);
  if (tag === undefined)
    context.addIssue({ code: 'custom', message: 'expected a language tag such as en-US' });
  return tag ?? written;
});

/** What a persona may say of itself, wherever it is written. */
export const personaSchema = z.strictObject({
  id: z
    .string()
    .regex(/^[a-z0-9][a-z0-9-]{0,63}$/, 'expected an id such as mira: a to z, 0 to 9 and hyphens'),
  name,
  systemPrompt: z.string().trim().min(1).max(8_000),
  language,
  identity: name,
  voices: z.record(z.string(), name).default({}),
  controls: controls.optional(),
  forbiddenTopics: z.array(phrase).max(50).optional(),
  fillers: z.array(phrase).max(20).optional(),
});

/** A persona as it is written in a file or in a configuration. */
export type PersonaInput = z.input<typeof personaSchema>;

/** What is wrong with a written persona, one line per field; or the persona. */
export const checkPersona = (
  given: unknown,
): { readonly persona: Persona } | { readonly problems: readonly string[] } => {
  const result = personaSchema.safeParse(given);
  if (result.success) return { persona: result.data as Persona };
  const problems = result.error.issues.map(
    ({ path, message }) => `${path.join('.') || '(top level)'}: ${message}`,
  );
  return { problems };
};

/** Reads a persona. Throws `config.invalid` that names `source` and every field that is wrong. */
export const parsePersona = (given: unknown, source: string): Persona => {
  const checked = checkPersona(given);
  if ('persona' in checked) return checked.persona;
  throw new TthError('config.invalid', 'A persona is not as expected.', {
    details: { source, problems: checked.problems },
  });
};

/** The characters that ship with TTH. Data, so that they are there wherever the engine is. */
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
    fillers: ['Let me see.', 'Hm, good question.', 'One moment.'],
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
    fillers: ['Let me think.', 'Now, where to begin.', 'Allow me a moment.'],
  },
  {
    id: 'zuri',
    name: 'Zuri',
    systemPrompt:
      'You are Zuri, a lively and clear-headed coach. You speak plainly, ask what somebody wants to reach, and give one next step at a time.',
    language: 'en-US',
    identity: 'zuri',
    voices: { espeak: 'nell' },
    controls: {
      emotion: { label: 'playful', intensity: 0.35 },
      character: { rate: 1.05 },
      render: { headMotion: 'expressive' },
    },
    fillers: ['Okay, let me think.', 'Right, one second.', 'Good one. Let me see.'],
  },
];

/** One list of personas over another: the same id replaces in place, a new one comes after. */
export const overlayPersonas = (below: readonly Persona[], above: readonly Persona[]): readonly Persona[] => [
  ...below.map((persona) => above.find(({ id }) => id === persona.id) ?? persona),
  ...above.filter(({ id }) => !below.some((persona) => persona.id === id)),
];
