import path from 'node:path';
import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';

const at = (...parts: string[]) => path.join(import.meta.dirname, ...parts);

/** Pages of other sites load these by name, so their names never change. */
const fixedNames = new Set(['tth-client', 'tth-avatar-element', 'playout.worklet.js']);

export default defineConfig({
  root: import.meta.dirname,
  base: '/',
  plugins: [react()],
  build: {
    target: 'es2022',
    // The served pages forbid inline scripts, and data: URLs for scripts and worklets.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    rolldownOptions: {
      input: {
        index: at('index.html'),
        inspector: at('inspector.html'),
        'tth-client': at('src/embed.ts'),
        'tth-avatar-element': at('src/avatar.ts'),
      },
      preserveEntrySignatures: 'strict',
      output: {
        entryFileNames: ({ name }) => (fixedNames.has(name) ? '[name].js' : 'assets/[name]-[hash].js'),
        assetFileNames: ({ names }) =>
          names.some((name) => fixedNames.has(name)) ? '[name][extname]' : 'assets/[name]-[hash][extname]',
      },
    },
  },
});
