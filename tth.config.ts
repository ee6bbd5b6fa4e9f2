import { defineConfig } from '@tth/server';

// Everything here has a default; this file shows what runs when you change nothing.
export default defineConfig({
  plugins: ['@tth/plugin-local-llm', '@tth/plugin-espeak', '@tth/plugin-codecs', '@tth/plugin-puppet'],
  routes: { llm: ['local-llm'], tts: ['espeak'], avatar: ['puppet'] },
});
