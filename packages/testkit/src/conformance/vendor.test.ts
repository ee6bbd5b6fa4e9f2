import { afterAll } from 'vitest';
import type { AdapterDefinition, PluginDefinition } from '@tth/core/plugin';
import { startAdapter } from '../start-adapter.ts';
import { vendorLlm, vendorTts } from '../vendor-adapters.ts';
import { recut } from '../vendor-faults.ts';
import { startVendor } from '../vendor-simulator.ts';
import { llmConformance, ttsConformance } from './index.ts';

const vendor = await startVendor({ reply: () => 'The sea is deep. Nobody has seen all of it.' });
vendor.play({ faults: [recut(481)] });
afterAll(() => vendor.close());

const pluginOf = (definition: AdapterDefinition): PluginDefinition => ({
  name: '@tth/vendor',
  apiVersion: 1,
  adapters: [definition],
});
const at = (form: 'raw' | 'lines') => ({ options: { baseUrl: vendor.url, form } });

llmConformance('A model over HTTP', () =>
  startAdapter(pluginOf(vendorLlm('vendor-llm')), 'llm', 'vendor-llm', at('raw')),
);
ttsConformance('A voice over HTTP as raw sound', () =>
  startAdapter(pluginOf(vendorTts('vendor-tts')), 'tts', 'vendor-tts', at('raw')),
);
ttsConformance('A voice over HTTP as lines with times', () =>
  startAdapter(pluginOf(vendorTts('vendor-tts')), 'tts', 'vendor-tts', at('lines')),
);
