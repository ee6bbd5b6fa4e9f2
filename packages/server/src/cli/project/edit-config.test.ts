import { describe, expect, it } from 'vitest';
import {
  adapterNames,
  addPlugin,
  newConfig,
  preferAdapter,
  readPlugins,
  removeAdapters,
  removePlugin,
} from './edit-config.ts';

const long = `import { defineConfig } from '@tth/server';

// Who speaks here.
export default defineConfig({
  port: 9000, // not the usual one
  plugins: [
    '@tth/plugin-local-llm',
    '@tth/plugin-espeak', // the voice
  ],
  routes: { llm: ['local-llm'], tts: ['espeak', { id: 'spare', priority: 3 }] },
  adapters: {
    // slowly
    espeak: { workers: 2 },
    spare: { adapter: 'espeak', workers: 1 },
    'local-llm': { wordsPerSecond: 20 },
  },
});
`;
const short = `export default { plugins: ["a"] } satisfies object;\n`;

const textOf = (edit: ReturnType<typeof addPlugin>): string =>
  edit.kind === 'edited' ? edit.text : edit.kind;

describe('adding a plugin to a configuration', () => {
  it('puts it on a line of its own where the others have one, and changes nothing else', () => {
    const text = textOf(addPlugin(long, 'acme'));

    expect(text).toBe(long.replace('// the voice\n', "// the voice\n    'acme',\n"));
  });

  it.each([
    [
      'keeps quotes and a single line',
      short,
      `export default { plugins: ["a", "acme"] } satisfies object;\n`,
    ],
    ['fills an empty list', `export default { plugins: [] };`, `export default { plugins: ['acme'] };`],
    [
      'adds the comma that the last line lacks, before its comment',
      `export default {\n  plugins: [\n    'a' // one\n  ]\n};`,
      `export default {\n  plugins: [\n    'a', // one\n    'acme'\n  ]\n};`,
    ],
    [
      'keeps the line ends of the file',
      `export default {\r\n  plugins: [\r\n    'a',\r\n  ],\r\n};\r\n`,
      `export default {\r\n  plugins: [\r\n    'a',\r\n    'acme',\r\n  ],\r\n};\r\n`,
    ],
    [
      'finds the list behind a constant and a type',
      `const config = defineConfig({ plugins: ['a'] } as TthConfig);\nexport default config;`,
      `const config = defineConfig({ plugins: ['a', 'acme'] } as TthConfig);\nexport default config;`,
    ],
    [
      'leaves items alone that it cannot read',
      `export default { plugins: ['a', ...(isHome ? ['b'] : [])] };`,
      `export default { plugins: ['a', ...(isHome ? ['b'] : []), 'acme'] };`,
    ],
  ])('%s', (_, before, after) => {
    expect(textOf(addPlugin(before, 'acme'))).toBe(after);
  });

  it('writes the list where there is none, with the plugins that ran until now', () => {
    const text = textOf(addPlugin('export default defineConfig({\n  port: 1,\n});\n', 'acme', ['a', 'b']));

    expect(text).toBe("export default defineConfig({\n  plugins: ['a', 'b', 'acme'],\n  port: 1,\n});\n");
  });

  it('does nothing where it is named already', () => {
    expect(addPlugin(long, '@tth/plugin-espeak')).toEqual({ kind: 'unchanged' });
  });

  it.each([
    ['is made by a function', 'export default defineConfig(() => ({ plugins: [] }));'],
    ['is spread from elsewhere', 'export default { ...base, port: 1 };'],
    ['may be replaced by a later spread', "export default { plugins: ['a'], ...base };"],
    ['is named twice', "export default { plugins: ['a'], plugins: ['b'] };"],
    ['is a variable', 'export default { plugins };'],
    ['is not exported by default', "export const config = { plugins: ['a'] };"],
    ['cannot be parsed', 'export default { plugins: ['],
  ])('changes nothing and says what to write where the list %s', (_, text) => {
    expect(addPlugin(text, 'acme')).toEqual({ kind: 'by_hand', line: "plugins: [..., 'acme']," });
  });
});

describe('reading the plugins of a configuration', () => {
  it.each([
    [long, ['@tth/plugin-local-llm', '@tth/plugin-espeak']],
    [newConfig(['a', 'b']), ['a', 'b']],
    ['export default {};', 'absent'],
    ['export default { plugins: [name] };', 'opaque'],
    ['export default { ...base };', 'opaque'],
  ])('of %j gives %j', (text, plugins) => {
    expect(readPlugins(text)).toEqual(plugins);
  });
});

describe('removing a plugin from a configuration', () => {
  it('takes its line with the comment on it', () => {
    expect(textOf(removePlugin(long, '@tth/plugin-espeak'))).toBe(
      long.replace("    '@tth/plugin-espeak', // the voice\n", ''),
    );
  });

  it.each([
    ["['a', 'acme', 'b']", "['a', 'b']"],
    ["['acme', /* second */ 'b']", "[/* second */ 'b']"],
    ["['a', 'acme']", "['a']"],
    ["['acme']", '[]'],
    ["['acme',]", '[]'],
  ])('makes %s to %s', (before, after) => {
    expect(textOf(removePlugin(`export default { plugins: ${before} };`, 'acme'))).toBe(
      `export default { plugins: ${after} };`,
    );
  });

  it('takes options and routes of its adapters, under every name that they have', () => {
    const { text, removed, left } = removeAdapters(long, [{ id: 'espeak', stage: 'tts' }]);

    expect(removed).toEqual(['routes.tts', 'adapters.espeak', 'adapters.spare']);
    expect(left).toEqual([]);
    expect(text).toBe(
      long
        .replace(", tts: ['espeak', { id: 'spare', priority: 3 }]", '')
        .replace("    espeak: { workers: 2 },\n    spare: { adapter: 'espeak', workers: 1 },\n", ''),
    );
  });

  it('leaves the others of a route', () => {
    const { text } = removeAdapters("export default { routes: { tts: ['espeak', 'acme'] } };", [
      { id: 'acme', stage: 'tts' },
    ]);

    expect(text).toBe("export default { routes: { tts: ['espeak'] } };");
  });

  it('names the fields that it cannot read', () => {
    const text = 'export default { adapters, routes: { llm: chosen } };';

    expect(removeAdapters(text, [{ id: 'acme', stage: 'llm' }])).toEqual({
      text,
      removed: [],
      left: ['routes.llm', 'adapters.acme'],
    });
  });
});

describe('preferring an adapter', () => {
  it.each([
    ["{ routes: { tts: ['espeak'] } }", "{ routes: { tts: ['acme', 'espeak'] } }"],
    ["{ routes: { tts: ['espeak', 'acme'] } }", "{ routes: { tts: ['acme', 'espeak'] } }"],
    ["{ routes: { llm: ['a'] } }", "{ routes: { llm: ['a'], tts: ['acme', 'espeak'] } }"],
    ['{ port: 1 }', "{ port: 1, routes: { tts: ['acme', 'espeak'] } }"],
  ])('makes %s to %s', (before, after) => {
    expect(textOf(preferAdapter(`export default ${before};`, 'tts', 'acme', ['espeak']))).toBe(
      `export default ${after};`,
    );
  });

  it('says what to write where the route is not written out', () => {
    expect(preferAdapter('export default { routes };', 'tts', 'acme', ['espeak'])).toEqual({
      kind: 'by_hand',
      line: "routes: { ..., tts: ['acme', 'espeak'] },",
    });
  });
});

describe('the names of an adapter in a configuration', () => {
  it.each([
    ['of its entries', { id: 'espeak' }, ['espeak', 'spare']],
    ['of its entries, also when it waits to be named', { id: 'espeak', optIn: true }, ['espeak', 'spare']],
    ['its own where no entry is about it', { id: 'puppet' }, ['puppet']],
    ['none where it waits to be named and is not', { id: 'puppet', optIn: true }, []],
  ])('are those %s', (_, definition, names) => {
    expect(adapterNames(long, definition)).toEqual(names);
  });
});
