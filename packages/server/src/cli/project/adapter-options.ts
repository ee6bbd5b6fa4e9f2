import * as z from 'zod';
import type { AdapterDefinition } from '@tth/core/plugin';

/** One option of an adapter, for somebody who has to set it. */
export interface OptionInfo {
  readonly name: string;
  readonly type: string;
  /** As JSON; absent where there is none. */
  readonly default?: string;
  readonly isRequired: boolean;
  readonly description?: string;
  /** The environment variable that it is read from unless it says otherwise, for a secret. */
  readonly secret?: string;
}

interface Schema {
  readonly type?: string | readonly string[];
  readonly enum?: readonly unknown[];
  readonly const?: unknown;
  readonly anyOf?: readonly Schema[];
  readonly items?: Schema;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
  readonly description?: string;
  readonly format?: string;
  readonly minimum?: number;
  readonly maximum?: number;
}

const typeOf = (schema: Schema): string => {
  if (schema.enum !== undefined) return schema.enum.map((value) => JSON.stringify(value)).join(' | ');
  if (schema.const !== undefined) return JSON.stringify(schema.const);
  if (schema.anyOf !== undefined) return [...new Set(schema.anyOf.map(typeOf))].join(' | ');
  if (schema.type === 'array') return `list of ${schema.items ? typeOf(schema.items) : 'anything'}`;
  const name = String(schema.format ?? schema.type ?? 'anything');
  const { minimum, maximum } = schema;
  const isBounded = (value: number | undefined): value is number =>
    value !== undefined && Math.abs(value) < Number.MAX_SAFE_INTEGER;
  if (isBounded(minimum) && isBounded(maximum)) return `${name} ${minimum} to ${maximum}`;
  return isBounded(minimum) ? `${name} from ${minimum}` : name;
};

const isSecret = (schema: Schema): boolean =>
  (schema.anyOf ?? [schema]).some(
    ({ properties }) => properties !== undefined && Object.keys(properties).join() === 'secret',
  );

const secretName = (value: unknown): string | undefined => {
  if (typeof value === 'string') return value;
  const named = typeof value === 'object' && value !== null && 'secret' in value ? value.secret : undefined;
  return typeof named === 'string' ? named : undefined;
};

/** What a field becomes when nothing is given for it; `undefined` where it has to be given, or may stay away. */
const defaultOf = (options: z.ZodType, name: string): unknown => {
  if (!('shape' in options) || typeof options.shape !== 'object' || options.shape === null) return undefined;
  const field = (options.shape as Readonly<Record<string, z.ZodType | undefined>>)[name];
  const given = field?.safeParse(undefined);
  return given?.success === true ? given.data : undefined;
};

/** The options of an adapter in the order of its schema; empty where it has none or they cannot be described. */
export const optionsOf = ({ options }: AdapterDefinition): readonly OptionInfo[] => {
  let schema: Schema;
  try {
    schema = z.toJSONSchema(options, { io: 'input', unrepresentable: 'any' }) as Schema;
  } catch {
    return [];
  }
  return Object.entries(schema.properties ?? {}).map(([name, field]) => {
    const fallback = defaultOf(options, name);
    const secret = isSecret(field) ? secretName(fallback) : undefined;
    return {
      name,
      type: isSecret(field) ? 'secret' : typeOf(field),
      isRequired: schema.required?.includes(name) === true,
      ...(fallback !== undefined && { default: secret ?? JSON.stringify(fallback) }),
      ...(field.description !== undefined && { description: field.description }),
      ...(secret !== undefined && { secret }),
    };
  });
};
