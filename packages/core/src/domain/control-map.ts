import type { Range } from './capabilities.ts';

/**
 * A number in a provider's own unit: `offset + factor × f(value)`, kept within `limits` and rounded to `step`.
 * `scale` names f: the value itself, its octaves (log2), or its inverse.
 */
export interface NumberRule {
  /** The provider's name of it; dots lead into objects, as in `voice_settings.speed`. */
  readonly to: string;
  /** What the provider takes, in our unit. */
  readonly range: Range;
  readonly scale?: 'linear' | 'octaves' | 'inverse';
  /** 1 by default. */
  readonly factor?: number;
  /** 0 by default. */
  readonly offset?: number;
  /** In the provider's unit. */
  readonly limits?: Range;
  /** In the provider's unit; 1 gives whole numbers. */
  readonly step?: number;
}

/** A word of ours as the provider's value for it. A word that is not listed is `otherwise`, or is left out. */
export interface ChoiceRule {
  readonly to: string;
  readonly values: Readonly<Record<string, string | number | boolean>>;
  readonly otherwise?: string | number | boolean;
}

/** A text that the provider takes as it is. */
export interface TextRule {
  readonly to: string;
}

export type ControlRule = NumberRule | ChoiceRule | TextRule;

/** The controls that a provider may have a field for. */
export type MappedControl =
  | 'emotion'
  | 'intensity'
  | 'voice'
  | 'language'
  | 'rate'
  | 'pitch'
  | 'volume'
  | 'style'
  | 'widthPx'
  | 'heightPx'
  | 'fps'
  | 'framing'
  | 'background'
  | 'gaze'
  | 'headMotion'
  | 'gesture'
  | 'identity';

/** How a provider's request spells the controls: data, so that docs and plugins read the same table. */
export type ControlMap = { readonly [Control in MappedControl]?: ControlRule };

type Written = string | number | boolean;
/** Fields of a provider's request. */
export interface RequestFields {
  readonly [field: string]: Written | RequestFields;
}

const clamp = (value: number, range: Range | undefined): number =>
  range === undefined ? value : Math.min(range.max, Math.max(range.min, value));

const scales = {
  linear: (value: number) => value,
  octaves: (value: number) => Math.log2(value),
  inverse: (value: number) => 1 / value,
} as const;

/** One number by its rule. */
export const writeNumber = (value: number, rule: NumberRule): number => {
  const { range, scale = 'linear', factor = 1, offset = 0, limits, step } = rule;
  const written = offset + factor * scales[scale](clamp(value, range));
  return clamp(step === undefined ? written : Math.round(written / step) * step, limits);
};

const write = (value: string | number, rule: ControlRule): Written | undefined => {
  if ('range' in rule) return typeof value === 'number' ? writeNumber(value, rule) : undefined;
  if (!('values' in rule)) return value;
  return Object.hasOwn(rule.values, value) ? rule.values[value] : rule.otherwise;
};

/** Controls as fields of a provider's request. What has no rule or no value is left out. */
export const writeControls = (
  map: ControlMap,
  values: { readonly [Control in MappedControl]?: string | number | undefined },
): RequestFields => {
  const fields: Record<string, unknown> = {};
  for (const [control, rule] of Object.entries(map) as [MappedControl, ControlRule][]) {
    const value = values[control];
    const written = value === undefined ? undefined : write(value, rule);
    if (written === undefined) continue;
    const path = rule.to.split('.');
    const last = path.pop()!;
    let at = fields;
    for (const step of path) at = (at[step] ??= {}) as Record<string, unknown>;
    at[last] = written;
  }
  return fields as RequestFields;
};
