import { type ListSource, type ObjectSource, readConfigSource } from './config-source.ts';
import { appendItem, prependItem, removeItem } from './list-text.ts';

/** The stages that a configuration has routes for. */
export const routeStages = ['llm', 'tts', 'avatar'] as const;
export type RouteStage = (typeof routeStages)[number];

/** What is to be done to the text of a configuration. */
export type ConfigEdit =
  | { readonly kind: 'edited'; readonly text: string }
  | { readonly kind: 'unchanged' }
  /** Nothing was changed: the place is not written out plainly. `line` is what to write. */
  | { readonly kind: 'by_hand'; readonly line: string };

/** Quotes of the file's own kind. */
const quoter = (text: string): ((value: string) => string) => {
  const double = (text.match(/"/g) ?? []).length;
  const single = (text.match(/'/g) ?? []).length;
  const quote = double > single ? '"' : "'";
  return (value) => `${quote}${value.replaceAll('\\', '\\\\').replaceAll(quote, `\\${quote}`)}${quote}`;
};

const unchanged: ConfigEdit = { kind: 'unchanged' };

/** An edited text, as long as it can still be read. */
const edited = (text: string, line: string): ConfigEdit =>
  readConfigSource(text) === undefined ? { kind: 'by_hand', line } : { kind: 'edited', text };

/** The text of a configuration that names these plugins and nothing else. */
export const newConfig = (plugins: readonly string[]): string => {
  const quote = quoter('');
  const lines = plugins.map((plugin) => `    ${quote(plugin)},\n`).join('');
  return `import { defineConfig } from '@tth/server';\n\nexport default defineConfig({\n  plugins: [\n${lines}  ],\n});\n`;
};

/** The plugins that a configuration names. `absent`: it leaves that to the keyword of the packages. */
export const readPlugins = (text: string): readonly string[] | 'absent' | 'opaque' => {
  const list = readConfigSource(text)?.list('plugins') ?? 'opaque';
  if (typeof list === 'string') return list;
  return list.values.some((value) => value === undefined)
    ? 'opaque'
    : list.values.filter((value) => value !== undefined);
};

/** Names a plugin in `plugins`, last. A configuration without the field gets it, with `others` before the new one. */
export const addPlugin = (text: string, plugin: string, others: readonly string[] = []): ConfigEdit => {
  const quote = quoter(text);
  const config = readConfigSource(text);
  const list = config?.list('plugins') ?? 'opaque';
  if (config === undefined || list === 'opaque') {
    return { kind: 'by_hand', line: `plugins: [..., ${quote(plugin)}],` };
  }
  if (list === 'absent') {
    const line = `plugins: [${[...others, plugin].map(quote).join(', ')}]`;
    return edited(prependItem(text, config.span, config.items, line), `${line},`);
  }
  if (list.values.includes(plugin)) return unchanged;
  return edited(appendItem(text, list.span, list.items, quote(plugin)), `plugins: [..., ${quote(plugin)}],`);
};

/** Removes every item of a list that has one of these values. */
const withoutValues = (
  text: string,
  list: ListSource,
  values: readonly string[],
): { readonly text: string; readonly left: number } => {
  const doomed = list.values.flatMap((value, at) =>
    value !== undefined && values.includes(value) ? [at] : [],
  );
  const rest = doomed.toReversed().reduce((sofar, at) => removeItem(sofar, list.span, list.items, at), text);
  return { text: rest, left: list.items.length - doomed.length };
};

/** Takes a plugin out of `plugins`. */
export const removePlugin = (text: string, plugin: string): ConfigEdit => {
  const list = readConfigSource(text)?.list('plugins') ?? 'opaque';
  if (list === 'opaque') return { kind: 'by_hand', line: `plugins: without ${quoter(text)(plugin)}` };
  if (list === 'absent' || !list.values.includes(plugin)) return unchanged;
  return edited(withoutValues(text, list, [plugin]).text, `plugins: without ${quoter(text)(plugin)}`);
};

/** Names of entries of `adapters` that are made of one of these definitions. */
const entriesOf = (config: ObjectSource, ids: readonly string[]): readonly string[] => {
  const adapters = config.object('adapters');
  if (typeof adapters === 'string') return [];
  return adapters.names.filter((name): name is string => {
    if (name === undefined) return false;
    const entry = adapters.object(name);
    return ids.includes((typeof entry === 'string' ? undefined : entry.text('adapter')) ?? name);
  });
};

/**
 * The names under which a server starts a definition: those of its entries in `adapters`, or else its own, unless
 * it waits to be named.
 */
export const adapterNames = (
  text: string,
  { id, optIn = false }: { readonly id: string; readonly optIn?: boolean },
): readonly string[] => {
  const config = readConfigSource(text);
  const entries = config === undefined ? [] : entriesOf(config, [id]);
  if (entries.length > 0) return entries;
  return optIn ? [] : [id];
};

const removeProperty = (text: string, object: ObjectSource, name: string): string =>
  removeItem(text, object.span, object.items, object.names.lastIndexOf(name));

/** What was taken out of a configuration, field by field, and what could not be. */
export interface Removal {
  readonly text: string;
  readonly removed: readonly string[];
  /** Fields that name the adapters, or may, and have to be looked at by hand. */
  readonly left: readonly string[];
}

/** Takes the options of these adapters out of `adapters`, and the adapters out of the routes of their stages. */
export const removeAdapters = (
  text: string,
  adapters: readonly { readonly id: string; readonly stage: RouteStage }[],
): Removal => {
  const ids = adapters.map(({ id }) => id);
  const removed: string[] = [];
  const left: string[] = [];
  const config = readConfigSource(text);
  if (config === undefined) return { text, removed, left: ids.length > 0 ? ['adapters', 'routes'] : [] };
  const names = [...new Set([...ids, ...entriesOf(config, ids)])];
  let now = text;

  for (const stage of new Set(adapters.map((adapter) => adapter.stage))) {
    const routes = readConfigSource(now)?.object('routes') ?? 'opaque';
    if (typeof routes === 'string') {
      if (routes === 'opaque') left.push(`routes.${stage}`);
      continue;
    }
    const route = routes.list(stage);
    if (route === 'absent') continue;
    if (route === 'opaque' || route.values.includes(undefined)) left.push(`routes.${stage}`);
    if (route === 'opaque' || !route.values.some((value) => names.includes(value ?? ''))) continue;
    const rest = withoutValues(now, route, names);
    now = rest.left === 0 ? removeProperty(now, routes, stage) : rest.text;
    removed.push(`routes.${stage}`);
  }

  for (const name of names) {
    const entries = readConfigSource(now)?.object('adapters') ?? 'opaque';
    if (typeof entries === 'string') {
      if (entries === 'opaque') left.push(`adapters.${name}`);
      continue;
    }
    if (!entries.names.includes(name)) continue;
    now = removeProperty(now, entries, name);
    removed.push(`adapters.${name}`);
  }
  return { text: now, removed, left };
};

/**
 * Puts an adapter first in the route of its stage. A stage without a route gets one, with `others` behind the
 * new one.
 */
export const preferAdapter = (
  text: string,
  stage: RouteStage,
  id: string,
  others: readonly string[],
): ConfigEdit => {
  const quote = quoter(text);
  const config = readConfigSource(text);
  const whole = `${stage}: [${[id, ...others].map(quote).join(', ')}]`;
  const line = `routes: { ..., ${whole} },`;
  const routes = config?.object('routes') ?? 'opaque';
  if (config === undefined || routes === 'opaque') return { kind: 'by_hand', line };
  if (routes === 'absent') {
    return edited(appendItem(text, config.span, config.items, `routes: { ${whole} }`), line);
  }
  const route = routes.list(stage);
  if (route === 'opaque') return { kind: 'by_hand', line };
  if (route === 'absent') return edited(appendItem(text, routes.span, routes.items, whole), line);
  if (route.values[0] === id) return unchanged;
  const at = route.values.indexOf(id);
  const without = at === -1 ? text : removeItem(text, route.span, route.items, at);
  const rest = readConfigSource(without)?.object('routes') ?? 'opaque';
  const emptied = typeof rest === 'string' ? rest : rest.list(stage);
  if (typeof emptied === 'string') return { kind: 'by_hand', line };
  return edited(prependItem(without, emptied.span, emptied.items, quote(id)), line);
};
