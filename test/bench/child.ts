/** What the benchmark asks a server process. */
export type Question = 'cpu' | 'memory' | 'stop';

/** Processor time since the start of the process, all threads. */
export interface CpuAnswer {
  readonly cpuMs: number;
}

/** After a full garbage collection. `heapBytes` includes the memory of buffers. */
export interface MemoryAnswer {
  readonly heapBytes: number;
  readonly rssBytes: number;
}

const cpu = (): CpuAnswer => {
  const { user, system } = process.cpuUsage();
  return { cpuMs: (user + system) / 1000 };
};

const memory = (): MemoryAnswer => {
  globalThis.gc?.();
  globalThis.gc?.();
  const { heapUsed, external, rss } = process.memoryUsage();
  return { heapBytes: heapUsed + external, rssBytes: rss };
};

/** Tells the benchmark where this process listens, and answers its questions until it is told to stop. */
export const answerQuestions = (port: number): void => {
  process.on('message', (question: Question) => {
    if (question === 'stop') process.exit(0);
    process.send?.(question === 'cpu' ? cpu() : memory());
  });
  process.on('disconnect', () => process.exit(0));
  process.send?.({ port });
};
