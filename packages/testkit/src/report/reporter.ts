import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { Reporter, TestModule, Vitest } from 'vitest/node';
import { badgeOf } from './badge.ts';
import { printReport } from './print.ts';
import { type ConformanceReport, createReport } from './report.ts';

export interface ReporterOptions {
  /** Where `conformance.json` and `conformance.svg` go, from the root of the run; `false`: nowhere. */
  readonly folder?: string | false;
  /** Takes the printed report; standard output by default. */
  readonly print?: (text: string) => void;
  /** Is told the report when it is complete. */
  readonly onReport?: (report: ConformanceReport) => void;
}

type Failure = { readonly message: string };

const problemsOf = (modules: readonly TestModule[], unhandled: readonly Failure[]): string[] => {
  const failures: Failure[] = [...unhandled];
  for (const module of modules) {
    failures.push(...module.errors());
    for (const suite of module.children.allSuites()) failures.push(...suite.errors());
    for (const test of module.children.allTests('failed')) {
      if (test.meta().conformance === undefined) failures.push(...(test.result().errors ?? []));
    }
  }
  return failures.map(({ message }) => message);
};

/** A vitest reporter: prints what the conformance checks of a run came to, and keeps it as JSON and as a badge. */
export default class ConformanceReporter implements Reporter {
  readonly #options: ReporterOptions;
  #root = process.cwd();

  constructor(options: ReporterOptions = {}) {
    this.#options = options;
  }

  onInit(vitest: Vitest): void {
    this.#root = vitest.config.root;
  }

  async onTestRunEnd(modules: readonly TestModule[], unhandled: readonly Failure[]): Promise<void> {
    const { folder = '.', print = (text) => process.stdout.write(text), onReport } = this.#options;
    const entries = modules.flatMap((module) =>
      [...module.children.allTests()].flatMap((test) => test.meta().conformance ?? []),
    );
    const report = createReport(entries, problemsOf(modules, unhandled));
    print(printReport(report));
    if (folder !== false) await keep(report, path.resolve(this.#root, folder));
    onReport?.(report);
  }
}

const keep = async (report: ConformanceReport, folder: string): Promise<void> => {
  await mkdir(folder, { recursive: true });
  await writeFile(path.join(folder, 'conformance.json'), `${JSON.stringify(report, undefined, 2)}\n`);
  await writeFile(path.join(folder, 'conformance.svg'), badgeOf(report));
};
