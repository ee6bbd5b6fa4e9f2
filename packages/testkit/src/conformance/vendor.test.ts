import type { AdapterDefinition, PluginDefinition } from '@tth/core/plugin';
import { afterAll } from 'vitest';
import { vendorHandle } from '../scripted-faults.ts';
import { startAdapter } from '../start-adapter.ts';
import { vendorLlm, vendorTts } from '../vendor-adapters.ts';
import { startVendor } from '../vendor-simulator.ts';
import { llmConformance, ttsConformance } from './index.ts';

const simulator = await startVendor({ reply: () => 'The sea is deep. Nobody has seen all of it.' });
const vendor = vendorHandle(simulator);
afterAll(() => simulator.close());

const pluginOf = (definition: AdapterDefinition): PluginDefinition => ({
  name: '@tth/vendor',
  apiVersion: 1,
  adapters: [definition],
});
const at = (form: 'raw' | 'lines') => ({ options: { baseUrl: simulator.url, form } });

llmConformance(
  'A model over HTTP',
  () => startAdapter(pluginOf(vendorLlm('vendor-llm')), 'llm', 'vendor-llm', at('raw')),
  { vendor },
);
ttsConformance(
  'A voice over HTTP as raw sound',
  () => startAdapter(pluginOf(vendorTts('vendor-tts')), 'tts', 'vendor-tts', at('raw')),
  { vendor },
);
ttsConformance(
  'A voice over HTTP as lines with times',
  () => startAdapter(pluginOf(vendorTts('vendor-tts')), 'tts', 'vendor-tts', at('lines')),
  { vendor },
);
