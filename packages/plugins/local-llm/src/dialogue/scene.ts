import { seededRandom, type Random } from '@tth/core/plugin';
import type { Memory } from './memory.ts';
import type { Persona } from './persona.ts';
import { withoutHints, type Said } from './text.ts';

/** All a reply may depend on. */
export interface Scene {
  readonly said: Said;
  readonly persona: Persona;
  readonly memory: Memory;
  /** BCP 47 tag asked for by the host. */
  readonly language: string;
  readonly random: Random;
  /** A whole number from `from` to `to`, both included. */
  readonly number: (from: number, to: number) => number;
  /** One of the lines, the longest unused first. `{me}` and `{you}` are filled in. */
  readonly pick: (lines: readonly string[]) => string;
}

/** One row of the table: what it listens for and what it answers. */
export interface Intent {
  readonly id: string;
  /** Tried on the normalised request. A row without any is always asked. */
  readonly hears?: readonly RegExp[];
  /** Lines to pick from, or a function that may pass by returning `undefined`. */
  readonly replies: readonly string[] | ((scene: Scene, match: RegExpExecArray) => string | undefined);
  /** Told instead, in one sentence, when the message goes on to something else. */
  readonly briefly?: readonly string[] | ((scene: Scene) => string);
  /** Passed over when another sentence of the message can be answered. */
  readonly aside?: boolean;
  /** Asked about the whole message before it is read sentence by sentence. */
  readonly spans?: boolean;
  /** "Another one" repeats the request. */
  readonly again?: boolean;
  /** May say the same twice in a row, because it is asked to. */
  readonly echo?: boolean;
  /** Told whole, however brief the persona is. */
  readonly whole?: boolean;
}

const comparable = (line: string): string => withoutHints(line).trim().toLowerCase();

/** The turn in which a line was last said; -1 when never. A reply cut off in the middle counts. */
const lastUse = (line: string, spoken: readonly string[]): number => {
  const wanted = comparable(line);
  return spoken.findLastIndex(
    (said) => said.includes(wanted) || (said.length >= 20 && wanted.startsWith(said)),
  );
};

/** A scene whose random choices follow from `seed` alone. */
export const createScene = (parts: Omit<Scene, 'random' | 'number' | 'pick'>, seed: number): Scene => {
  const random = seededRandom(seed);
  const spoken = parts.memory.spoken.map((reply) => reply.toLowerCase());
  const me = parts.persona.name ?? 'the house voice of TTH';
  const you = parts.memory.name === undefined ? '' : `, ${parts.memory.name}`;
  const number = (from: number, to: number): number => from + Math.floor(random.next() * (to - from + 1));
  return {
    ...parts,
    random,
    number,
    pick: (lines) => {
      const filled = lines.map((line) => line.replaceAll('{me}', me).replaceAll('{you}', you));
      const uses = filled.map((line) => lastUse(line, spoken));
      const oldest = Math.min(...uses);
      const fresh = filled.filter((_, index) => uses[index] === oldest);
      return fresh[number(0, fresh.length - 1)]!;
    },
  };
};
