import { describe, expect, it } from 'vitest';
import { TthError } from '../domain/errors.ts';
import { createRelay } from './relay.ts';

const start = (...ids: string[]) => {
  const [first, ...others] = ids.map((id) => ({ id }));
  const announced: string[] = [];
  const relay = createRelay({
    first: first!,
    findNext: (tried) => others.find(({ id }) => !tried.has(id)),
    announce: (from, to, { code }) => announced.push(`${from.id} ${to.id} ${code}`),
  });
  return { relay, announced };
};

const failure = new TthError('provider.stalled', 'x');

describe('providers that take over from each other', () => {
  it('are asked in order, each once, and announced', () => {
    const { relay, announced } = start('a', 'b', 'c');

    expect([relay.takeOver(failure), relay.current.id, relay.attempt]).toEqual([true, 'b', 1]);
    expect([relay.takeOver(failure), relay.current.id, relay.attempt]).toEqual([true, 'c', 2]);
    expect([relay.takeOver(failure), relay.current.id, relay.attempt]).toEqual([false, 'c', 2]);
    expect(announced).toEqual(['a b provider.stalled', 'b c provider.stalled']);
  });

  it('are left alone where each would meet the same error', () => {
    const { relay, announced } = start('a', 'b');

    expect(relay.takeOver(new TthError('provider.rejected', 'x'))).toBe(false);
    expect([relay.current.id, announced]).toEqual(['a', []]);
  });
});
