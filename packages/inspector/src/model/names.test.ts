import type { ActorRow } from '@tth/protocol';
import { describe, expect, it } from 'vitest';
import { actorName } from './names.ts';

const row = (name: string, machine: string | null, view: ActorRow['view'] = {}): ActorRow => ({
  actor: 'a',
  parent: null,
  system: 'session-1',
  status: 'active',
  value: '',
  name,
  machine,
  view,
});

describe('actor name', () => {
  it.each([
    ['a breaker by what it guards', row('x:4', 'circuit', { key: 'tts/espeak' }), 'tts/espeak'],
    ['a turn by its number', row('turn', 'turn', { turn: 3 }), 'turn 3'],
    ['an unnamed root by its machine', row('x:0', 'session'), 'session'],
    ['anything else by its own name', row('deadline', null), 'deadline'],
    ['an unnamed actor without a machine by its id', row('x:7', null), 'x:7'],
  ])('calls %s', (_case, actor, name) => {
    expect(actorName(actor)).toBe(name);
  });
});
