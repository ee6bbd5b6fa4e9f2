import { startAdapter } from '@tth/testkit';
import { llmConformance } from '@tth/testkit/conformance';
import plugin from '../src/index.ts';

llmConformance('local-llm', () =>
  startAdapter(plugin, 'llm', 'local-llm', { options: { wordsPerSecond: 0 } }),
);
