import ConformanceReporter, { type ReporterOptions } from './reporter.ts';
import type { ConformanceReport } from './report.ts';

/**
 * Runs the conformance tests of a plugin (`conformance.test.ts` or `.js`, anywhere in its folder) with vitest, prints
 * the report and leaves `conformance.json` and `conformance.svg` in `options.folder`, by default the plugin's own.
 * Rejects only where vitest cannot be started: what fails is in the report.
 */
export const testPlugin = async (
  folder: string,
  options: Omit<ReporterOptions, 'onReport'> = {},
): Promise<ConformanceReport> => {
  const { startVitest } = await import('vitest/node');
  const exitCode = process.exitCode;
  const done = Promise.withResolvers<ConformanceReport>();
  const vitest = await startVitest([], {
    root: folder,
    config: false,
    watch: false,
    include: ['**/conformance.test.{ts,js,mts,mjs}'],
    reporters: [new ConformanceReporter({ ...options, onReport: done.resolve })],
  });
  await vitest.close();
  process.exitCode = exitCode;
  return done.promise;
};
