import { setTimeout as sleep } from 'node:timers/promises';
import { type Figure, atLeast, quantile, single } from '../measure.ts';
import { askFor, sentenceMs } from '../providers.ts';
import { type ServerName, startServer } from '../server-process.ts';
import { connectTalkers } from '../talker.ts';

/** Speech that is sent later than this, 1 frame in 100, is too late. */
const mostLateMs = 10;
/** And a server that sends less of its speech than this is full. */
const leastSent = 0.99;
const frameMs = 40;
const settleMs = 1_500;
const connectAtOnce = 50;

interface Load {
  readonly sessions: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
  readonly maxMs: number;
  /** Share of the speech that was due. */
  readonly sent: number;
}

/** How late speech comes to so many listeners at once: each frame against the promptest of its listener's. */
const load = async (name: ServerName, sessions: number, windowMs: number): Promise<Load> => {
  const server = await startServer(name);
  try {
    const talkers = [];
    while (talkers.length < sessions) {
      talkers.push(...(await connectTalkers(server.url, Math.min(connectAtOnce, sessions - talkers.length))));
    }
    const totalMs = frameMs * sessions + settleMs + 2 * windowMs;
    const sentences = Math.ceil((totalMs + 10_000) / sentenceMs);
    const offsets: number[][] = talkers.map(() => []);
    let isOpen = false;
    let sentMs = 0;
    for (const [n, talker] of talkers.entries()) {
      talker.listen({
        media: ({ ptsUs, durationUs }, atMs) => {
          if (!isOpen || durationUs === 0) return;
          // A piece is sent when its end is due.
          offsets[n]!.push(atMs - (ptsUs + durationUs) / 1000);
          sentMs += durationUs / 1000;
        },
      });
      talker.send({ type: 'user_text', clientMsgId: crypto.randomUUID(), text: askFor(sentences) });
      // Their frames are due at different times, as they are where people come and go.
      await sleep((frameMs * (n % 8)) / 8 + 1);
    }
    await sleep(settleMs);
    isOpen = true;
    await sleep(windowMs);
    isOpen = false;
    const late = offsets.flatMap((own) => {
      const promptest = own.reduce((least, offset) => Math.min(least, offset), Infinity);
      return own.map((offset) => offset - promptest);
    });
    for (const talker of talkers) void talker.close();
    return {
      sessions,
      p50Ms: quantile(late, 0.5),
      p99Ms: quantile(late, 0.99),
      maxMs: late.reduce((most, ms) => Math.max(most, ms), 0),
      sent: sentMs / (sessions * windowMs),
    };
  } finally {
    await server.stop();
  }
};

const carries = ({ p99Ms, sent }: Load): boolean => p99Ms <= mostLateMs && sent >= leastSent;

/** The largest load that a server carries, as found by doubling and then halving the distance. */
const capacity = async (name: ServerName, from: number, steps: number, windowMs: number): Promise<Load> => {
  let good: Load | undefined;
  let bad = Infinity;
  let next = from;
  for (let step = 0; step < steps; step++) {
    const found = await load(name, next, windowMs);
    if (carries(found)) good = found;
    else bad = next;
    if (good === undefined) next = Math.max(1, Math.floor(next / 2));
    else next = bad === Infinity ? Math.floor(good.sessions * 1.6) : Math.floor((good.sessions + bad) / 2);
  }
  if (good === undefined)
    throw new Error(`the machine is too busy: not even ${bad} sessions of ${name} are in time`);
  return good;
};

/** How many sessions speak at real-time pace, one processor core for the server, next to the socket library alone. */
export const measureCapacity = async (isQuick: boolean): Promise<Figure[]> => {
  const [from, steps, windowMs] = isQuick ? [100, 2, 2_000] : [300, 7, 8_000];
  const bare = await capacity('bare', from, steps, windowMs);
  const tth = await capacity('tth', from, steps, windowMs);
  const figures = ({ sessions, p50Ms, p99Ms, maxMs }: Load, name: string): Figure[] => [
    single(`sessions in time, ${name}`, 'sessions', sessions, steps),
    single(`lateness at that load, ${name}, median`, 'ms', p50Ms, sessions),
    single(`lateness at that load, ${name}, p99`, 'ms', p99Ms, sessions),
    single(`lateness at that load, ${name}, most`, 'ms', maxMs, sessions),
  ];
  const ratio = tth.sessions / bare.sessions;
  return [
    ...figures(tth, 'TTH'),
    ...figures(bare, 'bare uWebSockets.js'),
    single('sessions in time, ratio', '×', ratio, 2, atLeast(0.7, ratio)),
  ];
};
