/** As much of JSON Schema as the protocol's schemas need. */
export interface JsonSchema {
  readonly type?: string;
  readonly const?: unknown;
  readonly enum?: readonly unknown[];
  readonly anyOf?: readonly JsonSchema[];
  readonly properties?: Readonly<Record<string, JsonSchema>>;
  readonly required?: readonly string[];
  readonly additionalProperties?: unknown;
  readonly items?: JsonSchema;
  readonly default?: unknown;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly exclusiveMinimum?: number;
  readonly minLength?: number;
  readonly maxLength?: number;
  readonly maxItems?: number;
  readonly pattern?: string;
}

/** A schema that is described once, under its own heading, and linked from wherever it is used. */
export interface Named {
  readonly title: string;
  readonly schema: JsonSchema;
}

/** A table in Markdown; bars inside cells are escaped. */
export const table = (head: readonly string[], rows: readonly (readonly string[])[]): string => {
  const line = (cells: readonly string[]): string =>
    `| ${cells.map((cell) => cell.replaceAll('|', String.raw`\|`)).join(' | ')} |`;
  return [line(head), line(head.map(() => '---')), ...rows.map(line)].join('\n');
};

/** Values as code, in words that read well in a cell. */
export const code = (values: readonly unknown[]): string =>
  values.map((value) => `\`${typeof value === 'string' ? value : JSON.stringify(value)}\``).join(', ');

export const anchor = (title: string): string => title.toLowerCase().replaceAll(' ', '-');

const nameOf = (schema: JsonSchema, named: readonly Named[]): Named | undefined => {
  const { default: _default, ...bare } = schema;
  return named.find((each) => JSON.stringify(each.schema) === JSON.stringify(bare));
};

const rangeOf = ({ minimum, maximum, exclusiveMinimum }: JsonSchema): string => {
  const low = exclusiveMinimum === undefined ? minimum : exclusiveMinimum + 1;
  const isLow = low !== undefined && low > Number.MIN_SAFE_INTEGER;
  const isHigh = maximum !== undefined && maximum < Number.MAX_SAFE_INTEGER;
  if (isLow && isHigh) return `, ${low} to ${maximum}`;
  if (isLow) return `, ${low} or more`;
  return isHigh ? `, at most ${maximum}` : '';
};

const lengthOf = ({ minLength, maxLength }: JsonSchema): string => {
  if (maxLength === undefined) return '';
  return minLength === undefined
    ? `, at most ${maxLength} characters`
    : `, ${minLength} to ${maxLength} characters`;
};

/** What may stand in a field. */
export const describe = (schema: JsonSchema, named: readonly Named[]): string => {
  const known = nameOf(schema, named);
  if (known !== undefined) return `[${known.title.toLowerCase()}](#${anchor(known.title)})`;
  if (schema.const !== undefined) return code([schema.const]);
  if (schema.enum !== undefined) return `one of ${code(schema.enum)}`;
  if (schema.anyOf !== undefined) return schema.anyOf.map((each) => describe(each, named)).join(' or ');
  if (schema.type === 'array') return `list of ${describe(schema.items ?? {}, named)}`;
  if (schema.type === 'string') return `string${lengthOf(schema)}`;
  if (schema.type === 'integer' || schema.type === 'number') return `${schema.type}${rangeOf(schema)}`;
  return schema.type ?? 'any value';
};

/** The fields of an object, one row each; fields of objects inside follow with dotted names. */
export const fieldRows = (
  { properties = {}, required = [] }: JsonSchema,
  named: readonly Named[],
  prefix = '',
): string[][] =>
  Object.entries(properties).flatMap(([name, schema]) => {
    const path = `${prefix}${name}`;
    const must = required.includes(name)
      ? 'yes'
      : schema.default === undefined
        ? 'no'
        : `no: ${code([schema.default])}`;
    const row = [`\`${path}\``, describe(schema, named), must];
    if (nameOf(schema, named) !== undefined) return [row];
    const inner = [schema, ...(schema.anyOf ?? [])].find((each) => each.properties !== undefined);
    if (inner === undefined) return [row];
    return [row, ...fieldRows(inner, named, `${path}.`)];
  });
