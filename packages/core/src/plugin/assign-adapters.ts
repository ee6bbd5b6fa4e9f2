import { TthError } from '../domain/errors.ts';
import type { AdapterDefinition, PluginDefinition } from './define.ts';

/** An adapter to start: whose it is, what it is called and what its options are, unchecked. */
export interface Assignment {
  readonly plugin: string;
  readonly definition: AdapterDefinition;
  readonly id: string;
  readonly options: unknown;
}

/** An entry of the configuration that no adapter can be started for. */
export interface Unassigned {
  readonly plugin: string;
  readonly adapter: string;
  readonly error: TthError;
}

interface Offer {
  readonly plugin: string;
  readonly definition: AdapterDefinition;
}

const split = (entry: unknown): { readonly of?: unknown; readonly options: unknown } => {
  if (typeof entry !== 'object' || entry === null || !('adapter' in entry)) return { options: entry };
  const { adapter, ...options } = entry;
  return { of: adapter, options };
};

/**
 * Says which adapters to start, in the order of the plugins. An entry of `configured` describes the adapter of its
 * own name, or the one that its `adapter` names, under its own name: so several may be made of one definition.
 * A definition that no entry is about starts under its own id, unless it is `optIn` or the id is taken. An entry without a value asks
 * for an adapter and knows nothing about it: an unknown one is left to whoever asked.
 */
export const assignAdapters = (
  plugins: readonly PluginDefinition[],
  configured: Readonly<Record<string, unknown>>,
): { readonly assignments: readonly Assignment[]; readonly failures: readonly Unassigned[] } => {
  const failures: Unassigned[] = [];
  const offers = new Map<string, Offer>();
  for (const { name: plugin, adapters = [] } of plugins) {
    for (const definition of adapters) {
      if (!offers.has(definition.id)) offers.set(definition.id, { plugin, definition });
      else {
        const error = new TthError(
          'plugin.invalid',
          'Two plugins offer an adapter of the same id; remove one.',
          { details: { adapter: definition.id } },
        );
        failures.push({ plugin, adapter: definition.id, error });
      }
    }
  }

  const entries = new Map<string, Assignment[]>();
  for (const [id, entry] of Object.entries(configured)) {
    const { of = id, options } = split(entry);
    const offer = offers.get(String(of));
    if (offer === undefined && entry === undefined) continue;
    if (offer === undefined) {
      const error = new TthError(
        'config.invalid',
        'No plugin that runs has this adapter; add its plugin, or correct the name.',
        { details: { field: `adapters.${id}`, adapter: of, known: [...offers.keys()] } },
      );
      failures.push({ plugin: 'configuration', adapter: id, error });
      continue;
    }
    const own = entries.get(offer.definition.id) ?? [];
    entries.set(offer.definition.id, [...own, { ...offer, id, options }]);
  }

  const taken = new Set([...entries.values()].flat().map(({ id }) => id));
  const assignments = [...offers.values()].flatMap(({ plugin, definition }) => {
    const asked = entries.get(definition.id);
    if (asked !== undefined) return asked;
    return definition.optIn === true || taken.has(definition.id)
      ? []
      : [{ plugin, definition, id: definition.id, options: undefined }];
  });
  return { assignments, failures };
};
