import { availableParallelism, loadavg } from 'node:os';
import { parseArgs } from 'node:util';
import { type Figure, formatTable } from './measure.ts';
import { measureCapacity } from './parts/capacity.ts';
import { measureCircuit } from './parts/circuit.ts';
import { measureDelivery } from './parts/delivery.ts';
import { measureFailover } from './parts/failover.ts';
import { measureInterrupt } from './parts/interrupt.ts';
import { measureMemory } from './parts/memory.ts';
import { measureOverhead } from './parts/overhead.ts';
import { measurePacedAudio } from './parts/paced-audio.ts';
import { measurePuppet } from './parts/puppet.ts';
import { measureSegmenter } from './parts/segmenter.ts';
import { measureSpeech } from './parts/speech.ts';

interface Part {
  readonly title: string;
  readonly measure: (isQuick: boolean) => Promise<Figure[]>;
}

const parts: Readonly<Record<string, Part>> = {
  overhead: { title: 'Overhead: providers that answer at once, one session', measure: measureOverhead },
  segmenter: { title: 'Segmenter: deltas of 4 characters', measure: measureSegmenter },
  speech: { title: 'Speech: espeak, one thread', measure: measureSpeech },
  puppet: { title: 'Picture: the puppet at 512 × 512, 25 fps', measure: measurePuppet },
  memory: { title: 'Memory: 50 sessions', measure: measureMemory },
  circuit: { title: 'Circuit: one admitted call', measure: measureCircuit },
  interrupt: { title: 'Interrupt: seen from the client', measure: measureInterrupt },
  failover: {
    title: 'Failover: a primary on a real connection fails, a provider in process takes over',
    measure: measureFailover,
  },
  pacing: { title: 'Paced speech: 50 sessions', measure: measurePacedAudio },
  delivery: { title: 'Delivery at the pace of speech: 50 sessions', measure: measureDelivery },
  capacity: {
    title: 'Capacity: sessions whose speech is in time, 99 frames of 100 within 10 ms',
    measure: measureCapacity,
  },
};

const usage = `npm run bench -- [--only <part>] [--quick] [--json]

  --only <part>  one of ${Object.keys(parts).join(', ')}; may be repeated
  --quick        fewer measurements
  --json         the figures as JSON`;

const readOptions = () => {
  const { values } = parseArgs({
    options: {
      only: { type: 'string', multiple: true },
      quick: { type: 'boolean', default: false },
      json: { type: 'boolean', default: false },
      help: { type: 'boolean', short: 'h', default: false },
    },
  });
  const unknown = values.only?.find((name) => !(name in parts));
  if (unknown !== undefined) throw new Error(`there is no part named ${unknown}`);
  return { ...values, names: values.only ?? Object.keys(parts) };
};

/** Other work on the machine, seen in the load average, makes every figure worse. */
const machine = () => ({
  node: process.version,
  cores: availableParallelism(),
  loadAverage: loadavg()[0] ?? 0,
});

const run = async (): Promise<void> => {
  const { names, quick, json } = readOptions();
  const before = machine();
  const print = (text: string): void => void process.stdout.write(`${text}\n`);
  const results: { part: string; figures: Figure[] }[] = [];
  for (const name of names) {
    const { title, measure } = parts[name]!;
    process.stderr.write(`measuring ${name} ...\n`);
    const figures = await measure(quick);
    results.push({ part: name, figures });
    if (!json) print(`${formatTable(title, figures)}\n`);
  }
  const after = machine();
  if (json) print(JSON.stringify({ before, after, results }, undefined, 2));
  else {
    const load = [before, after].map(({ loadAverage }) => loadAverage.toFixed(1)).join(' before, ');
    print(
      `Node ${after.node}, ${after.cores} cores, load average ${load} after. Below 100 measurements, p99 is the worst one.`,
    );
  }
};

try {
  if (process.argv.includes('--help') || process.argv.includes('-h')) process.stdout.write(`${usage}\n`);
  else await run();
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n\n${usage}\n`);
  process.exitCode = 1;
}
