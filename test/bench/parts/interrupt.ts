import { setTimeout as sleep } from 'node:timers/promises';
import { type Figure, atMost, single, spread } from '../measure.ts';
import { askFor } from '../providers.ts';
import { withServers } from '../server-process.ts';
import { type Talker, connectTalkers } from '../talker.ts';

/** Longer than anybody lets it speak. */
const sentences = 10;

interface Tally {
  readonly stoppedMs: number[];
  readonly lastMediaMs: number[];
  stale: number;
}

const newTally = (): Tally => ({ stoppedMs: [], lastMediaMs: [], stale: 0 });

/** Lets the avatar speak for a random time and interrupts it, again and again. */
const interruptOften = async (
  talker: Talker,
  times: number,
  longestMs: number,
  tally: Tally,
): Promise<void> => {
  let running = 0;
  let stopped = 0;
  let sentMs = Number.POSITIVE_INFINITY;
  let lastMediaMs = 0;
  let stoppedMs = 0;
  let heard = (): void => {};
  talker.listen({
    event: (event, atMs) => {
      if (event.type === 'turn_started') running = event.turn;
      if (event.type !== 'turn_stopped') return;
      stopped = running;
      stoppedMs = atMs - sentMs;
    },
    media: (frame, atMs) => {
      if (frame.turn <= stopped) tally.stale += 1;
      if (atMs > sentMs) lastMediaMs = atMs - sentMs;
      heard();
    },
  });
  await sleep(Math.random() * longestMs);
  for (let time = 0; time < times; time++) {
    const speaking = new Promise<void>((resolve) => (heard = resolve));
    talker.send({ type: 'user_text', clientMsgId: crypto.randomUUID(), text: askFor(sentences) });
    await speaking;
    await sleep(Math.random() * longestMs);
    const stop = talker.next('turn_stopped');
    lastMediaMs = 0;
    sentMs = performance.now();
    talker.send({ type: 'interrupt' });
    await stop;
    tally.stoppedMs.push(stoppedMs);
    tally.lastMediaMs.push(lastMediaMs);
    sentMs = Number.POSITIVE_INFINITY;
  }
};

const measure = (sessions: number, times: number, longestMs: number): Promise<Figure[]> =>
  withServers(['tth'], async ([server]) => {
    const talkers = await connectTalkers(server.url, sessions);
    const warmupTimes = Math.ceil(10 / sessions);
    await Promise.all(talkers.map((talker) => interruptOften(talker, warmupTimes, longestMs, newTally())));
    const tally = newTally();
    await Promise.all(talkers.map((talker) => interruptOften(talker, times, longestMs, tally)));
    const which = `${sessions} session${sessions === 1 ? '' : 's'}`;
    return [
      spread(`interrupt to last media, ${which}`, 'ms', tally.lastMediaMs, (_, p99) => atMost(20, p99)),
      spread(`interrupt to turn_stopped, ${which}`, 'ms', tally.stoppedMs),
      single(
        `media after turn_stopped, ${which}`,
        'frames',
        tally.stale,
        times * sessions,
        atMost(0, tally.stale),
      ),
    ];
  });

/** How fast an interrupt silences the avatar, seen from the client: the way there and back is included. */
export const measureInterrupt = async (isQuick: boolean): Promise<Figure[]> => [
  ...(await measure(1, isQuick ? 15 : 100, 300)),
  ...(await measure(100, isQuick ? 3 : 8, isQuick ? 600 : 2_000)),
];
