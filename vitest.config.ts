import { availableParallelism } from 'node:os';
import path from 'node:path';
import { defineConfig } from 'vitest/config';
import { BaseSequencer, type TestSpecification } from 'vitest/node';

const seconds = 1_000;

/** Ends what hangs. How fast anything is on a busy machine is no subject of a test. */
const limits = { testTimeout: 120 * seconds, hookTimeout: 120 * seconds };

/** Real sockets, real voices, real browsers: much of it is waiting for speech to be over. */
const wholeSystem = {
  ...limits,
  setupFiles: ['reflect-metadata'],
  // Commands and servers in processes of their own, some fifty of them, read what the first one compiled.
  env: { NODE_COMPILE_CACHE: path.join(import.meta.dirname, 'node_modules/.cache/node') },
};

/** What is judged by how well a page keeps time needs the processor for itself. */
const judgesTime = ['test/e2e/sync.e2e.test.ts'];

/** A minute of speech takes a minute: whoever begins it first has it for nothing, because the others work meanwhile. */
const waitsLong = ['/test/e2e/sync-minute.e2e.test.ts'];

class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const sorted = await super.sort(files);
    const isLong = ({ moduleId }: TestSpecification): boolean =>
      waitsLong.some((name) => moduleId.endsWith(name));
    return [...sorted.filter(isLong), ...sorted.filter((file) => !isLong(file))];
  }
}

export default defineConfig({
  test: {
    sequence: { sequencer: LongestFirst },
    projects: [
      {
        test: {
          ...limits,
          name: 'unit',
          include: ['packages/**/*.test.ts', 'packages/**/*.test.tsx'],
          exclude: ['**/node_modules/**', '**/dist/**'],
          setupFiles: ['reflect-metadata'],
          // Most of a file's time would be spent on importing what the file before it had imported.
          isolate: false,
          maxWorkers: '100%',
          sequence: { groupOrder: 0 },
        },
      },
      {
        test: {
          ...wholeSystem,
          name: 'system',
          include: ['test/**/*.test.ts'],
          // The stranger packs and installs: `npm run stranger`.
          exclude: [...judgesTime, 'test/stranger/**', '**/node_modules/**'],
          // Whoever waits leaves the processor to another.
          maxWorkers: availableParallelism() + 1,
          sequence: { groupOrder: 1 },
        },
      },
      {
        test: {
          ...wholeSystem,
          name: 'sync',
          include: judgesTime,
          fileParallelism: false,
          sequence: { groupOrder: 2 },
        },
      },
    ],
  },
});
