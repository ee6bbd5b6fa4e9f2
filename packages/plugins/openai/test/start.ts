import type { LlmAdapter } from '@tth/core/plugin';
import { type StartAdapterOptions, type StartedAdapter, startAdapter } from '@tth/testkit';
import plugin from '../src/index.ts';

/** The adapter of Chat Completions, as the engine starts it. */
export const startChat = (
  options: Readonly<Record<string, unknown>>,
  given: Omit<StartAdapterOptions, 'options'> = {},
): Promise<StartedAdapter<LlmAdapter>> =>
  startAdapter(plugin, 'llm', 'openai', { ...given, options: { model: 'm1', ...options } });

/** The adapter of the Responses API. */
export const startResponses = (
  options: Readonly<Record<string, unknown>>,
  given: Omit<StartAdapterOptions, 'options'> = {},
): Promise<StartedAdapter<LlmAdapter>> =>
  startAdapter(plugin, 'llm', 'openai-responses', { ...given, options: { model: 'm1', ...options } });
