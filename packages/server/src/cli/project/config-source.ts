import { type parseExpression, parse } from '@babel/parser';
import type { Span } from './list-text.ts';

type Expression = ReturnType<typeof parseExpression>;
type Of<Type extends Expression['type']> = Extract<Expression, { type: Type }>;
type ObjectLiteral = Of<'ObjectExpression'>;
type ArrayLiteral = Of<'ArrayExpression'>;
type Property = ObjectLiteral['properties'][number];
type Parsed = { readonly type: string; readonly start?: number | null; readonly end?: number | null };

/** A list as it is written in a source text. */
export interface ListSource {
  readonly span: Span;
  readonly items: readonly Span[];
  /** The value of each item where it can be read: a string, or the `id` of an object. */
  readonly values: readonly (string | undefined)[];
}

/** An object as it is written in a source text. */
export interface ObjectSource {
  readonly span: Span;
  /** Its properties, spreads included. */
  readonly items: readonly Span[];
  /** The name of each property; `undefined` for a spread or a computed name. */
  readonly names: readonly (string | undefined)[];
  /** Absent: there is no such property. `opaque`: it is there, or may be, and is not written out as asked. */
  list(name: string): ListSource | 'absent' | 'opaque';
  object(name: string): ObjectSource | 'absent' | 'opaque';
  /** The string that a property has; `undefined` where it has none that is written out. */
  text(name: string): string | undefined;
}

const spanOf = ({ start, end }: Parsed): Span => ({ start: start ?? 0, end: end ?? 0 });

const isObjectLiteral = (node: Parsed): node is ObjectLiteral => node.type === 'ObjectExpression';
const isArrayLiteral = (node: Parsed): node is ArrayLiteral => node.type === 'ArrayExpression';

/** `x as T` and `x satisfies T` are `x`. */
const plain = (node: Parsed): Parsed =>
  'expression' in node && (node.type === 'TSAsExpression' || node.type === 'TSSatisfiesExpression')
    ? plain(node.expression as Parsed)
    : node;

const nameOf = (property: Property): string | undefined => {
  if (property.type === 'SpreadElement' || property.computed) return undefined;
  if (property.key.type === 'Identifier') return property.key.name;
  return property.key.type === 'StringLiteral' ? property.key.value : undefined;
};

const valueOf = (item: Parsed): string | undefined => {
  const node = plain(item);
  if (node.type === 'StringLiteral') return (node as Of<'StringLiteral'>).value;
  return isObjectLiteral(node) ? readObject(node).text('id') : undefined;
};

const readList = (literal: ArrayLiteral): ListSource => {
  const items = literal.elements.filter((element) => element !== null);
  return { span: spanOf(literal), items: items.map(spanOf), values: items.map(valueOf) };
};

const readObject = (literal: ObjectLiteral): ObjectSource => {
  const { properties } = literal;
  const names = properties.map(nameOf);
  const find = (name: string): Parsed | 'absent' | 'opaque' => {
    const at = names.lastIndexOf(name);
    const mayBeElsewhere = names.includes(undefined, at + 1) || names.indexOf(name) !== at;
    if (mayBeElsewhere) return 'opaque';
    const property = properties[at];
    if (property === undefined) return 'absent';
    return property.type === 'ObjectProperty' ? plain(property.value) : 'opaque';
  };
  return {
    span: spanOf(literal),
    items: properties.map(spanOf),
    names,
    list: (name) => {
      const found = find(name);
      if (typeof found === 'string') return found;
      return isArrayLiteral(found) ? readList(found) : 'opaque';
    },
    object: (name) => {
      const found = find(name);
      if (typeof found === 'string') return found;
      return isObjectLiteral(found) ? readObject(found) : 'opaque';
    },
    text: (name) => {
      const found = find(name);
      return typeof found === 'string' ? undefined : valueOf(found);
    },
  };
};

/** The argument of `defineConfig(…)`, or the object itself. */
const configLiteral = (node: Parsed): ObjectLiteral | undefined => {
  const bare = plain(node);
  if (isObjectLiteral(bare)) return bare;
  if (bare.type !== 'CallExpression') return undefined;
  const [argument, ...more] = (bare as Of<'CallExpression'>).arguments;
  const given = argument === undefined || more.length > 0 ? undefined : plain(argument);
  return given !== undefined && isObjectLiteral(given) ? given : undefined;
};

/**
 * The configuration that a module exports by default, as it is written: `defineConfig({ … })`, an object, or a
 * constant that is one of them. `undefined` where it is anything else, or where the text cannot be parsed.
 */
export const readConfigSource = (text: string): ObjectSource | undefined => {
  let body: ReturnType<typeof parse>['program']['body'];
  try {
    ({ body } = parse(text, { sourceType: 'module', plugins: ['typescript'] }).program);
  } catch {
    return undefined;
  }
  const exported = body.find((statement) => statement.type === 'ExportDefaultDeclaration')?.declaration;
  if (exported === undefined) return undefined;
  const constants = body.flatMap((statement) =>
    statement.type === 'VariableDeclaration' && statement.kind === 'const' ? statement.declarations : [],
  );
  const named =
    exported.type === 'Identifier'
      ? constants.find(({ id }) => id.type === 'Identifier' && id.name === exported.name)?.init
      : exported;
  const literal = named === undefined || named === null ? undefined : configLiteral(named);
  return literal && readObject(literal);
};
