import type { ActorRow } from '@tth/protocol';

const generatedName = /^x:\d+$/;

/** What to call an actor: a breaker by what it guards, a turn by its number, one that nobody named by its machine. */
export const actorName = ({ name, machine, view }: ActorRow): string => {
  if (machine === 'circuit' && typeof view['key'] === 'string') return view['key'];
  if (machine === 'turn' && typeof view['turn'] === 'number') return `turn ${view['turn']}`;
  return generatedName.test(name) ? (machine ?? name) : name;
};
