import { describe, expect, it } from 'vitest';
import { TthError } from '../domain/errors.ts';
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

  it('are refused with what kept the adapter from starting, where it is known', () => {
    const error = new TthError('config.invalid', 'A secret is not set.', { details: { secret: 'KEY' } });
    const failures = [
      { plugin: 'another', error: new TthError('plugin.error', 'It could not be loaded.') },
      { plugin: 'acme', adapter: 'broken', error },
    ];

    expect(() => createRegistry([], { tts: ['broken'] }, failures)).toThrow(
      expect.objectContaining({
        code: 'config.invalid',
        message: 'A secret is not set.',
        details: { field: 'routes.tts', adapter: 'broken', secret: 'KEY' },
      }),
    );
    expect(() => createRegistry([], { tts: ['unknown'] }, failures)).toThrow(
      expect.objectContaining({ details: expect.objectContaining({ notLoaded: ['another'] }) }),
    );
  });
});
