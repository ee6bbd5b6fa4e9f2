import type * as z from 'zod';
import type { Clock } from '../domain/time.ts';

/** What a tool's call is told about itself. */
export interface ToolContext {
  /** Aborts when the turn is stopped or the call has taken too long. */
  readonly signal: AbortSignal;
  /** Wall time in milliseconds after which nobody waits any more. */
  readonly deadline: number;
  readonly clock: Clock;
}

/** Something that a model may have done while it answers. */
export interface Tool<Parameters extends z.ZodObject = z.ZodObject> {
  /** 1 to 64 of letters, digits, `_` and `-`; unique. */
  readonly name: string;
  /** Tells the model what it is for. */
  readonly description: string;
  readonly parameters: Parameters;
  /** The result goes back to the model, as JSON unless it is text. What it throws is told to the model as a failure, without detail. */
  execute(args: z.output<Parameters>, context: ToolContext): unknown;
}

/** Types a tool; runs nothing. */
export const defineTool = <Parameters extends z.ZodObject>(tool: Tool<Parameters>): Tool<Parameters> => tool;
