import { defineConfig } from 'vitest/config';

// Installs packages and starts programs: a command of its own, and not a part of `npm test`.
export default defineConfig({
  test: {
    name: 'stranger',
    root: import.meta.dirname,
    include: ['*.test.ts'],
    testTimeout: 300_000,
    hookTimeout: 60_000,
    bail: 1,
  },
});
