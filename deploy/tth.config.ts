import path from 'node:path';
import { defineConfig } from '@tth/server';

/**
 * Hybrid mode: for each stage a model on this machine first, one of a vendor when that fails or has too much to do, and
 * a built-in one that always answers. Whoever has no key, or whose server is not there, is left out or passed over.
 */
export default defineConfig({
  plugins: [
    '@tth/plugin-openai',
    '@tth/plugin-cosyvoice',
    '@tth/plugin-local-llm',
    '@tth/plugin-espeak',
    '@tth/plugin-codecs',
    '@tth/plugin-puppet',
  ],
  adapters: {
    // compose.models.yaml starts it.
    qwen: {
      adapter: 'openai',
      flavour: 'vllm',
      baseUrl: 'http://127.0.0.1:8000/v1',
      model: 'Qwen/Qwen3-8B',
    },
    // A key belongs to a region, and so to the two addresses below.
    'qwen-cloud': {
      adapter: 'openai',
      flavour: 'dashscope',
      baseUrl: 'https://dashscope.aliyuncs.com/compatible-mode/v1',
      apiKey: 'DASHSCOPE_API_KEY',
      model: 'qwen3.7-plus',
    },
    'cosyvoice-cloud': {
      adapter: 'cosyvoice',
      server: 'hosted',
      apiKey: 'DASHSCOPE_API_KEY',
      url: 'wss://dashscope.aliyuncs.com/api-ws/v1/inference',
      voices: { mira: { speaker: 'longanyang' } },
    },
    // compose.models.yaml starts it. The recording and its words are yours: see voices/README.md.
    cosyvoice: {
      server: 'vllm-omni',
      baseUrl: 'http://127.0.0.1:8091/v1',
      voices: {
        mira: {
          promptWav: path.join(import.meta.dirname, 'voices', 'mira.wav'),
          promptText: 'It rained all night, and in the morning the garden was green.',
        },
      },
    },
  },
  routes: {
    llm: [
      { id: 'qwen', priority: 0 },
      { id: 'qwen-cloud', priority: 1 },
      { id: 'local-llm', priority: 2 },
    ],
    tts: [
      { id: 'cosyvoice', priority: 0 },
      { id: 'cosyvoice-cloud', priority: 1 },
      { id: 'espeak', priority: 2 },
    ],
    avatar: ['puppet'],
  },
});
