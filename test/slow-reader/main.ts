import { loadavg } from 'node:os';
import { parseArgs } from 'node:util';
import { quantile } from '../bench/measure.ts';
import { soak } from './soak.ts';

/** Holds a client that never reads beside one that hears minutes of speech, and prints what that costs. */
const { values } = parseArgs({ options: { minutes: { type: 'string', default: '60' } } });
const rounds = Number(values.minutes);

const report = await soak({ rounds, answerMs: 60_000 });
const mb = (bytes: number): string => `${(bytes / 2 ** 20).toFixed(1)} MB`;
const kb = (bytes: number): string => `${(bytes / 1024).toFixed(2)} KB`;
const { growth, residentBytes: resident, pingsMs, socketBytes, unreadBytes } = report;
const held = socketBytes === undefined ? '?' : `${Math.round((unreadBytes - socketBytes) / 1024)} KB`;
console.log(
  [
    `a client that never reads, load ${loadavg()
      .map((each) => each.toFixed(1))
      .join(', ')}`,
    `  heard by its neighbour                     ${(report.heardMs / 60_000).toFixed(1)} min of speech`,
    `  held by the server's objects, first; last   ${mb(report.heldBytes[0]!)}; ${mb(report.heldBytes.at(-1)!)}`,
    `  growth of that per minute, standard error   ${kb(growth.slope)}; ${kb(growth.error)}`,
    `  resident memory, first; half way; last      ${[0, resident.length >> 1, resident.length - 1].map((n) => mb(resident[n] ?? Number.NaN)).join('; ')}`,
    `  unread; in the sockets; beyond them        ${mb(unreadBytes)}; ${mb(socketBytes ?? Number.NaN)}; ${held}`,
    `  neighbour's ping, median; 99th percentile  ${quantile(pingsMs, 0.5).toFixed(2)} ms; ${quantile(pingsMs, 0.99).toFixed(2)} ms`,
    `  closed when it went on asking with         ${report.closeCode} after ${report.asked} questions`,
  ].join('\n'),
);
