import { loadavg } from 'node:os';
import { parseArgs } from 'node:util';
import { quantile } from '../bench/measure.ts';
import { soak } from './soak.ts';

/** Holds a client that never reads beside one that hears minutes of speech, and prints what that costs. */
const { values } = parseArgs({ options: { minutes: { type: 'string', default: '60' } } });
const rounds = Number(values.minutes);

const report = await soak({ rounds, answerMs: 60_000 });
const mb = (bytes: number): string => `${(bytes / 2 ** 20).toFixed(1)} MB`;
const { residentBytes: resident, pingsMs, socketBytes, unreadBytes } = report;
const held = socketBytes === undefined ? '?' : `${Math.round((unreadBytes - socketBytes) / 1024)} KB`;
console.log(
  [
    `a client that never reads, load ${loadavg()
      .map((each) => each.toFixed(1))
      .join(', ')}`,
    `  heard by its neighbour                     ${(report.heardMs / 60_000).toFixed(1)} min of speech`,
    `  resident memory after the first round      ${mb(resident[0]!)}`,
    `  after the second; half of them; the last   ${[1, resident.length >> 1, resident.length - 1].map((n) => mb(resident[n] ?? Number.NaN)).join('; ')}`,
    `  growth after the first, per minute         ${(report.growthBytesPerMinute / 1024).toFixed(1)} KB`,
    `  unread; in the sockets; beyond them        ${mb(unreadBytes)}; ${mb(socketBytes ?? Number.NaN)}; ${held}`,
    `  neighbour's ping, median; 99th percentile  ${quantile(pingsMs, 0.5).toFixed(2)} ms; ${quantile(pingsMs, 0.99).toFixed(2)} ms`,
    `  closed when it went on asking with         ${report.closeCode} after ${report.asked} questions`,
  ].join('\n'),
);
