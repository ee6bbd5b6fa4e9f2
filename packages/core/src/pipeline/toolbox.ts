import * as z from 'zod';
import { stopped } from '../domain/cancellation.ts';
import { TthError, isTthError } from '../domain/errors.ts';
import type { ToolPolicy } from '../domain/policies.ts';
import { type Clock, pause } from '../domain/time.ts';
import type { ChatMessage, ToolCall, ToolOffer } from '../plugin/adapter.ts';
import type { Log } from '../plugin/services.ts';
import type { Tool } from '../plugin/tools.ts';

/** Tools that have been checked, with what models are told of them. */
export interface ToolShelf {
  readonly offers: readonly ToolOffer[];
  find(name: string): Tool | undefined;
}

/** The tools of one turn. */
export interface Toolbox {
  readonly offers: readonly ToolOffer[];
  readonly maxRounds: number;
  /** Runs every call at once and returns their results as messages, in order. Rejects never. */
  run(calls: readonly ToolCall[], signal: AbortSignal): Promise<ChatMessage[]>;
}

const toolName = /^[\w-]{1,64}$/;

const describe = (tool: Tool): ToolOffer => {
  const { name, description } = tool;
  try {
    const { $schema: _version, ...parameters } = z.toJSONSchema(tool.parameters, { io: 'input' });
    return { name, description, parameters };
  } catch (cause) {
    throw new TthError('config.invalid', 'The parameters of a tool have no JSON schema.', {
      details: { tool: name },
      cause,
    });
  }
};

/**
 * Throws `config.invalid` for a bad name, a name that is taken or parameters without a JSON schema.
 * `offered`: tools of plugins, of which one that is broken is left out and told to `leaveOut`.
 */
export const createToolShelf = (
  tools: readonly Tool[],
  offered: readonly Tool[] = [],
  leaveOut: (error: unknown) => void = () => {},
): ToolShelf => {
  const byName = new Map<string, Tool>();
  const offers: ToolOffer[] = [];
  const add = (tool: Tool): void => {
    if (!toolName.test(tool.name)) {
      throw new TthError('config.invalid', 'A tool needs a name of 1 to 64 letters, digits, "_" or "-".', {
        details: { tool: tool.name },
      });
    }
    if (byName.has(tool.name)) {
      throw new TthError('config.invalid', 'Two tools have the same name; rename or remove one.', {
        details: { tool: tool.name },
      });
    }
    offers.push(describe(tool));
    byName.set(tool.name, tool);
  };
  for (const tool of tools) add(tool);
  for (const tool of offered) {
    try {
      add(tool);
    } catch (error) {
      leaveOut(error);
    }
  }
  return { offers, find: (name) => byName.get(name) };
};

export interface ToolboxDeps {
  readonly shelf: ToolShelf;
  readonly policy: ToolPolicy;
  readonly clock: Clock;
  readonly log: Log;
  /** Wall time in milliseconds at which the turn ends. */
  readonly deadline: number;
}

const late = Symbol('late');
const asText = (result: unknown): string =>
  typeof result === 'string' ? result : (JSON.stringify(result) ?? 'null');

/** A failure that the model can read and react to. */
const failure = (error: string): string => JSON.stringify({ error });

/**
 * Runs tools for one turn. Whatever goes wrong is a result: an unknown tool, arguments that do not fit,
 * a tool that throws or takes too long. Nothing of it ends the turn.
 */
export const createToolbox = ({ shelf, policy, clock, log, deadline }: ToolboxDeps): Toolbox => {
  const readArguments = (tool: Tool, written: string): z.ZodSafeParseResult<Record<string, unknown>> => {
    const given: unknown = JSON.parse(written.trim() === '' ? '{}' : written);
    return tool.parameters.safeParse(given);
  };

  const execute = async (tool: Tool, args: Record<string, unknown>, signal: AbortSignal): Promise<string> => {
    const ending = new AbortController();
    const either = AbortSignal.any([signal, ending.signal]);
    const endsAt = Math.min(clock.now() + policy.timeoutMs, deadline);
    try {
      const result = await Promise.race([
        (async () => tool.execute(args, { signal: either, deadline: endsAt, clock }))(),
        pause(clock, endsAt - clock.now(), either).then(() => late),
      ]);
      if (result !== late) return asText(result).slice(0, policy.maxResultLength);
      if (signal.aborted) return '';
      log.warn({ tool: tool.name, timeoutMs: policy.timeoutMs }, 'a tool took too long');
      return failure('The tool took too long.');
    } finally {
      ending.abort(stopped);
    }
  };

  const answer = async ({ name, arguments: written }: ToolCall, signal: AbortSignal): Promise<string> => {
    const tool = shelf.find(name);
    if (tool === undefined) return failure('There is no tool of this name.');
    let args: z.ZodSafeParseResult<Record<string, unknown>>;
    try {
      args = readArguments(tool, written);
    } catch {
      return failure('The arguments are not JSON.');
    }
    if (!args.success) return failure(`The arguments do not fit: ${z.prettifyError(args.error)}`);
    try {
      return await execute(tool, args.data, signal);
    } catch (error) {
      log.warn({ tool: name, ...(isTthError(error) && { code: error.code }) }, 'a tool failed');
      log.debug({ tool: name, error }, 'what the tool threw');
      return failure('The tool failed.');
    }
  };

  return {
    offers: shelf.offers,
    maxRounds: policy.maxRounds,
    run: (calls, signal) =>
      Promise.all(
        calls.map(async (call, at): Promise<ChatMessage> => {
          const content =
            at < policy.maxCalls ? await answer(call, signal) : failure('Too many calls at one time.');
          return { role: 'tool', toolCallId: call.id, content };
        }),
      ),
  };
};
