import { describe, expect, it } from 'vitest';
import type { AnyAdapter } from '../plugin/adapter.ts';
import { createRegistry, routedAdapters, withoutBroken } from './registry.ts';

const voice = (id: string): AnyAdapter =>
  ({ id, capabilities: () => ({ stage: 'tts' }) }) as unknown as AnyAdapter;

describe('routes', () => {
  it('name adapters, plainly or with how they are chosen', () => {
    expect(routedAdapters({ llm: ['a'], tts: ['b', { id: 'c', weight: 2 }] })).toEqual(['a', 'b', 'c']);
  });

  it('lose an adapter that broke while another is left', () => {
    const routes = withoutBroken({ tts: ['broken', 'fine'] }, [voice('fine')], (id) => id === 'broken');

    expect(createRegistry([voice('fine')], routes).candidates('tts')).toMatchObject([
      { adapter: { id: 'fine' } },
    ]);
  });

  it.each<[when: string, entries: string[], broken: string]>([
    ['the only one of a stage broke', ['broken'], 'broken'],
    ['a name is wrong and nothing broke', ['fine', 'fnie'], 'broken'],
  ])('are refused with the name when %s', (_, entries, broken) => {
    const adapters = [voice('fine')];
    const routes = withoutBroken({ tts: entries }, adapters, (id) => id === broken);

    expect(() => createRegistry(adapters, routes)).toThrow(
      expect.objectContaining({
        code: 'config.invalid',
        details: expect.objectContaining({ field: 'routes.tts', adapter: entries.at(-1) }),
      }),
    );
  });
});
