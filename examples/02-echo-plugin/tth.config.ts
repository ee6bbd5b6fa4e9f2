import { defineConfig } from '@tth/server';

export default defineConfig({
  plugins: ['./index.ts', '@tth/plugin-espeak', '@tth/plugin-codecs', '@tth/plugin-puppet'],
  adapters: { echo: { prefix: 'I heard:' } },
});
