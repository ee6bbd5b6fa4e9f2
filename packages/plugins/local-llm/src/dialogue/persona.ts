import { plain } from './text.ts';

/** How a persona carries itself. */
export type Tone = 'plain' | 'formal' | 'cheerful' | 'gloomy';

/** What the engine can honour of a system message. The message itself is never spoken. */
export interface Persona {
  readonly name: string | undefined;
  /** A few plain words, such as "a patient museum guide". */
  readonly role: string | undefined;
  readonly tone: Tone;
  readonly brief: boolean;
}

const properName = String.raw`\p{Lu}[\p{L}'’-]{0,30}(?: \p{Lu}[\p{L}'’-]{0,30}){0,2}`;
const introductions = [
  new RegExp(
    String.raw`\b(?:[Yy]ou are|[Yy]ou[’']re|[Yy]our name is|[Aa]ct as|[Nn]ame:)\s(${properName})`,
    'u',
  ),
  new RegExp(String.raw`\b(?:called|named) (${properName})`, 'u'),
];
const notNames = /^(?:An?|The|AI|I|You|Your|Not|Now|Here)\b/;

/** Where a description stops: at a mark, or where a clause about duties or secrets may begin. */
const roleEnd = /[.,;:!?\n]| (?:who|whose|that|which|with|for|in|on|to|from|at|by|when)\b/u;
const roleShape = /^(?:an?|the)(?: [a-z-]{2,20}){1,6}$/u;

const roleAfter = (text: string): string | undefined => {
  const description = text.slice(0, 120).replace(/^, ?/u, '').split(roleEnd, 1)[0]!.trim();
  return roleShape.test(description) ? description : undefined;
};

const tones: readonly (readonly [Tone, RegExp])[] = [
  ['formal', /\b(?:formal|formally|professional|businesslike|butler|serious)\b/i],
  ['gloomy', /\b(?:gloomy|grumpy|melancholy|melancholic|sardonic|pessimist|pessimistic|weary)\b/i],
  ['cheerful', /\b(?:cheerful|playful|enthusiastic|energetic|bubbly|funny|excited|upbeat|joyful)\b/i],
];
const briefWords =
  /\b(?:brief|briefly|concise|concisely|terse|short answers?|short replies|one sentence|few words)\b/i;

/** Reads name, role and manner out of a system message; whatever else it says is left alone. */
export const readPersona = (system: string): Persona => {
  const text = system.slice(0, 4_000);
  let name: string | undefined;
  let role: string | undefined;
  for (const introduction of introductions) {
    const match = introduction.exec(text);
    if (match === null || notNames.test(match[1]!)) continue;
    name = plain(match[1]!, 40);
    role = roleAfter(text.slice(match.index + match[0].length));
    break;
  }
  return {
    name,
    role,
    tone: tones.find(([, words]) => words.test(text))?.[0] ?? 'plain',
    brief: briefWords.test(text),
  };
};
