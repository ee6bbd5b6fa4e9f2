import { createInferContext, createVirtualClock, scriptedLlm, scriptedTts } from '@tth/testkit';
import { describe, expect, it } from 'vitest';
import * as z from 'zod';
import { seededRandom } from '../domain/ids.ts';
import type { AdapterDefinition } from './define.ts';
import { type PluginSource, startPlugins } from './host.ts';
import { createHttp } from './http.ts';
import { createSockets } from './socket.ts';
import { silentLog } from './services.ts';

const deps = {
  clock: createVirtualClock(),
  random: seededRandom(1),
  log: silentLog,
  secrets: { reveal: ({ secret }: { secret: string }) => secret },
};

const source = (exported: unknown, name = 'test'): PluginSource => ({ name, load: async () => exported });
const plugin = (adapters: readonly unknown[], more: object = {}): object => ({
  default: { name: '@tth/test', apiVersion: 1, adapters, ...more },
});
const good = scriptedLlm({ id: 'good' }).definition;
const withOptions = (id: string, options: z.ZodType): AdapterDefinition => ({ ...good, id, options });

describe('plugin host', () => {
  it.each<[what: string, broken: PluginSource, failure: object]>([
    [
      'cannot be imported',
      { name: 'gone', load: () => Promise.reject(new Error('no such package')) },
      { plugin: 'gone', error: { code: 'plugin.error', cause: { message: 'no such package' } } },
    ],
    ['exports nothing useful', source({}), { error: { code: 'plugin.invalid' } }],
    ['exports nothing at all', source(undefined), { error: { code: 'plugin.invalid' } }],
    [
      'is written for another version',
      source(plugin([], { apiVersion: 2 })),
      { error: { code: 'plugin.invalid', details: { expected: 1, found: 2 } } },
    ],
    [
      'names an adapter as nobody may',
      source(plugin([{ ...good, id: 'Not Good' }])),
      { error: { code: 'plugin.invalid', details: { problem: expect.stringMatching(/adapters\[0\]\.id/) } } },
    ],
    [
      'throws when it creates its adapter',
      source(
        plugin([
          {
            ...good,
            id: 'thrower',
            create: () => {
              throw new Error('boom');
            },
          },
        ]),
      ),
      { adapter: 'thrower', error: { code: 'plugin.error', cause: { message: 'boom' } } },
    ],
    [
      'takes options that it was not given',
      source(plugin([withOptions('picky', z.strictObject({ apiKey: z.string() }))])),
      {
        adapter: 'picky',
        error: {
          code: 'config.invalid',
          details: { field: 'adapters.picky', problem: expect.stringMatching(/apiKey/) },
        },
      },
    ],
    [
      'offers an adapter that is there already',
      source(plugin([good])),
      { adapter: 'good', error: { code: 'plugin.invalid', details: { adapter: 'good' } } },
    ],
    [
      'has a service that does not start',
      source(
        plugin([], { services: [{ port: 'sessionStore', create: () => Promise.reject(new Error('down')) }] }),
      ),
      { plugin: '@tth/test', error: { code: 'plugin.error', cause: { message: 'down' } } },
    ],
    [
      'has one thing where a list is expected',
      source(plugin([], { services: [{ port: 'tools', create: async () => ({ name: 'x' }) }] })),
      { plugin: '@tth/test', error: { code: 'plugin.invalid', details: { port: 'tools' } } },
    ],
  ])('leaves out a plugin that %s and starts the others', async (_, broken, failure) => {
    const last = scriptedTts({ id: 'last' }).definition;

    const host = await startPlugins([source(plugin([good])), broken, source(plugin([last]))], {}, deps);

    expect(host.adapters.map(({ id }) => id)).toEqual(['good', 'last']);
    expect(host.failures).toMatchObject([failure]);
  });

  it('hands each adapter its own options, with defaults, and the services of all plugins', async () => {
    const seen: unknown[] = [];
    const service = { port: 'mediaCodecs', create: async () => ({ moduleUrl: 'm', video: [], audio: [] }) };
    const spy = (id: string) => ({
      ...withOptions(id, z.object({ speed: z.number().default(3) })),
      create: (options: unknown, { services }: { services: object }) => {
        seen.push([id, options, Object.keys(services)]);
        return good.create(
          {},
          { ...deps, http: createHttp(deps), socket: createSockets(deps), services: {} },
        );
      },
    });

    await startPlugins(
      [source(plugin([spy('a'), spy('b')])), source(plugin([], { services: [service] }))],
      { b: { speed: 9 } },
      deps,
    );

    expect(seen).toEqual([
      ['a', { speed: 3 }, ['mediaCodecs']],
      ['b', { speed: 9 }, ['mediaCodecs']],
    ]);
  });

  describe('when several adapters are made of one definition', () => {
    const options = z.strictObject({ model: z.string().default('small') });
    const definition = withOptions('acme', options);
    const start = (configured: Record<string, unknown>, given: object = definition) =>
      startPlugins([source(plugin([given, { ...definition, id: 'other', optIn: true }]))], configured, deps);
    const idsOf = (host: { readonly adapters: readonly { readonly id: string }[] }): string[] =>
      host.adapters.map(({ id }) => id);

    it('starts each under its own name with its own options', async () => {
      const made: unknown[] = [];
      const spy = {
        ...definition,
        create: (given: unknown) => {
          made.push(given);
          return good.create(
            {},
            { ...deps, http: createHttp(deps), socket: createSockets(deps), services: {} },
          );
        },
      };

      const host = await start(
        { near: { adapter: 'acme', model: 'tiny' }, acme: { model: 'large' }, far: { adapter: 'acme' } },
        spy,
      );

      expect(idsOf(host)).toEqual(['near', 'acme', 'far']);
      expect(made).toEqual([{ model: 'tiny' }, { model: 'large' }, { model: 'small' }]);
      expect(host.failures).toEqual([]);
    });

    it.each<[when: string, configured: Record<string, unknown>, given: object, ids: string[]]>([
      ['under its own id when no entry is about it', {}, definition, ['acme']],
      ['under the other name only when an entry gives it one', { a: { adapter: 'acme' } }, definition, ['a']],
      [
        'not at all when an entry gives its id to one of another definition',
        { acme: { adapter: 'other' } },
        definition,
        ['acme'],
      ],
      ['not at all when it is opt-in and no entry is about it', {}, { ...definition, optIn: true }, []],
      ['when it is opt-in and asked for', { acme: undefined }, { ...definition, optIn: true }, ['acme']],
    ])('starts a definition %s', async (_, configured, given, ids) => {
      expect(idsOf(await start(configured, given))).toEqual(ids);
    });

    it('names the field, the name and the adapters that there are when an entry is about none of them', async () => {
      const host = await start({ near: { adapter: 'acne' } });

      expect(idsOf(host)).toEqual(['acme']);
      expect(host.failures).toMatchObject([
        {
          adapter: 'near',
          error: {
            code: 'config.invalid',
            details: { field: 'adapters.near', adapter: 'acne', known: ['acme', 'other'] },
          },
        },
      ]);
    });

    it('names the entry whose options are wrong', async () => {
      const host = await start({ near: { adapter: 'acme', modell: 'x' } });

      expect(host.failures).toMatchObject([
        {
          plugin: '@tth/test',
          adapter: 'near',
          error: { code: 'config.invalid', details: { field: 'adapters.near' } },
        },
      ]);
    });
  });

  it('joins the lists of several plugins, and takes the last of what is no list', async () => {
    const of = (port: string, made: unknown): PluginSource =>
      source(plugin([], { services: [{ port, create: async () => made }] }));

    const { services } = await startPlugins(
      [of('tools', ['a']), of('tools', ['b', 'c']), of('sessionStore', 'first'), of('sessionStore', 'last')],
      {},
      deps,
    );

    expect(services).toEqual({ tools: ['a', 'b', 'c'], sessionStore: 'last' });
  });

  it('collects a stream where a provider has no call for everything at once', async () => {
    const { adapters } = await startPlugins([source(plugin([good]))], {}, deps);
    const [adapter] = adapters;
    const context = { signal: new AbortController().signal, clock: deps.clock } as never;

    const items = await adapter!.inferBatch({ messages: [] } as never, { language: 'en' } as never, context);

    expect(items.at(-1)).toEqual({ type: 'finish', reason: 'stop' });
  });

  it('closes adapters once, last first, also when one of them fails to', async () => {
    const closed: string[] = [];
    const closing = (id: string) => ({
      ...good,
      id,
      create: (...given: Parameters<typeof good.create>) => ({
        ...good.create(...given),
        close: async () => {
          closed.push(id);
          if (id === 'b') throw new Error('stuck');
        },
      }),
    });
    const host = await startPlugins([source(plugin(['a', 'b', 'c'].map(closing)))], {}, deps);

    await Promise.all([host.close(), host.close()]);

    expect(closed).toEqual(['c', 'b', 'a']);
  });

  it('ends a stream at its abort, whatever its adapter gives or throws then, and no other', async () => {
    const upset = (id: string): object => ({
      ...good,
      id,
      create: () => ({
        ...good.create({}, { ...deps, http: createHttp(deps), socket: createSockets(deps), services: {} }),
        async *inferStream(_input: unknown, _control: unknown, { signal }: { signal: AbortSignal }) {
          yield await Promise.resolve(1);
          if (signal.aborted) throw new Error('stopped');
          throw new Error('broken');
        },
      }),
    });
    const { adapters } = await startPlugins([source(plugin([upset('upset')]))], {}, deps);
    const items = async (abort: AbortController, atFirst: () => void): Promise<number> => {
      let count = 0;
      const stream = adapters[0]!.inferStream as (...call: unknown[]) => AsyncIterable<unknown>;
      for await (const _ of stream({}, {}, createInferContext({ signal: abort.signal }))) {
        count += 1;
        atFirst();
      }
      return count;
    };
    const abort = new AbortController();

    expect(await items(abort, () => abort.abort())).toBe(1);
    await expect(items(new AbortController(), () => {})).rejects.toThrow('broken');
  });
});
