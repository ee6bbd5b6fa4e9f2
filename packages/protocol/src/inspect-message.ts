import * as z from 'zod';

/** A machine's chart, sent once per machine: enough to draw it. */
export interface ChartState {
  readonly id: string;
  readonly key: string;
  readonly type: 'atomic' | 'compound' | 'parallel' | 'final' | 'history';
  readonly initial?: string | undefined;
  readonly tags: readonly string[];
  readonly invokes: readonly string[];
  readonly on: readonly {
    readonly event: string;
    readonly guard?: string | undefined;
    readonly targets: readonly string[];
  }[];
  readonly states: readonly ChartState[];
}

const chartState: z.ZodType<ChartState> = z.lazy(() =>
  z.object({
    id: z.string(),
    key: z.string(),
    type: z.enum(['atomic', 'compound', 'parallel', 'final', 'history']),
    initial: z.string().optional(),
    tags: z.array(z.string()),
    invokes: z.array(z.string()),
    on: z.array(z.object({ event: z.string(), guard: z.string().optional(), targets: z.array(z.string()) })),
    states: z.array(chartState),
  }),
);

/** One actor of one system. `value` is its state in dots, such as `inTurn.speaking`. */
export const actorRow = z.object({
  actor: z.string(),
  parent: z.string().nullable(),
  /** The session, or `process` for machines that outlive sessions, such as circuits. */
  system: z.string(),
  name: z.string(),
  machine: z.string().nullable(),
  status: z.enum(['created', 'active', 'done', 'error', 'stopped']),
  value: z.string(),
  /** Allow-listed values of its context. */
  view: z.record(z.string(), z.unknown()),
});
export type ActorRow = z.infer<typeof actorRow>;

/** One thing that happened. `t` is in milliseconds since the feed began. */
export const inspectRecord = z.object({
  n: z.number().int(),
  t: z.number(),
  kind: z.enum(['actor', 'event', 'state', 'gap']),
  actor: z.string(),
  event: z.string().optional(),
  from: z.string().optional(),
  row: actorRow.optional(),
  lost: z.number().int().optional(),
});
export type InspectRecord = z.infer<typeof inspectRecord>;

/** What the inspection socket sends. Records come in batches, at most every 100 ms. */
export const inspectMessage = z.discriminatedUnion('type', [
  z.object({
    type: z.literal('inspect_hello'),
    v: z.number().int(),
    version: z.string(),
    startedAt: z.number(),
  }),
  z.object({ type: z.literal('inspect_charts'), charts: z.record(z.string(), chartState) }),
  z.object({ type: z.literal('inspect_snapshot'), actors: z.array(actorRow) }),
  z.object({ type: z.literal('inspect_records'), records: z.array(inspectRecord) }),
]);
export type InspectMessage = z.infer<typeof inspectMessage>;
