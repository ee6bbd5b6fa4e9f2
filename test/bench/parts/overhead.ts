import { type Figure, atMost, quantile, single, spread } from '../measure.ts';
import { askFor } from '../providers.ts';
import { type ServerProcess, withServers } from '../server-process.ts';
import { type Talker, connectTalker } from '../talker.ts';

const sentences = 3;
/** Turns on one server before the other has its go: noise of the machine meets both alike. */
const turnsPerGo = 20;
const warmupTurns = 200;

/** What one server needed, turn by turn. */
interface Tally {
  readonly textMs: number[];
  readonly audioMs: number[];
  cpuMs: number;
}

const newTally = (): Tally => ({ textMs: [], audioMs: [], cpuMs: 0 });

/** Room for more sound than one turn has. Given while a turn runs, so that no turn has to wait behind it. */
const grant = (talker: Talker): void => talker.send({ type: 'credit', audioMs: 60_000, videoMs: 0 });

/** One turn of a client that takes everything at once and reports each sentence as heard when it arrives. */
const takeTurn = async (talker: Talker, tally: Tally): Promise<void> => {
  let turnId = '';
  let textMs: number | undefined;
  let audioMs: number | undefined;
  const sentMs = performance.now();
  talker.listen({
    event: (event, atMs) => {
      if (event.type === 'turn_started') turnId = event.turnId ?? '';
      if (event.type === 'text_delta') textMs ??= atMs - sentMs;
    },
    media: (frame, atMs) => {
      if (audioMs === undefined) grant(talker);
      audioMs ??= atMs - sentMs;
      if (!frame.sentenceEnd) return;
      talker.send({ type: 'playback', turnId, mediaMs: frame.ptsUs / 1000, ended: true });
    },
  });
  const completed = talker.next('turn_completed');
  talker.send({ type: 'user_text', clientMsgId: crypto.randomUUID(), text: askFor(sentences) });
  await completed;
  if (textMs === undefined || audioMs === undefined) throw new Error('a turn ended without text or sound');
  tally.textMs.push(textMs);
  tally.audioMs.push(audioMs);
};

const takeTurns = async (
  server: ServerProcess,
  talker: Talker,
  count: number,
  tally: Tally,
): Promise<void> => {
  const before = await server.cpuMs();
  for (let turn = 0; turn < count; turn++) await takeTurn(talker, tally);
  tally.cpuMs += (await server.cpuMs()) - before;
};

const compare = (name: string, tth: readonly number[], floor: readonly number[]): Figure[] => [
  spread(`${name}, TTH`, 'ms', tth),
  spread(`${name}, floor`, 'ms', floor),
  ...[0.5, 0.99].map((share) => {
    const ratio = quantile(tth, share) / quantile(floor, share);
    return single(`${name}, ratio at p${share * 100}`, '×', ratio, tth.length, atMost(1.5, ratio));
  }),
];

/** What TTH adds between `user_text` and the first text and sound at the client, next to the floor. */
export const measureOverhead = (isQuick: boolean): Promise<Figure[]> =>
  withServers(['tth', 'floor'], async ([tthServer, floorServer]) => {
    const turns = isQuick ? 200 : 1_500;
    const [tth, floor] = [newTally(), newTally()];
    const [tthTalker, floorTalker] = [
      await connectTalker(tthServer.url),
      await connectTalker(floorServer.url),
    ];
    grant(tthTalker);
    grant(floorTalker);
    await takeTurns(tthServer, tthTalker, warmupTurns, newTally());
    await takeTurns(floorServer, floorTalker, warmupTurns, newTally());
    for (let done = 0; done < turns; done += turnsPerGo) {
      await takeTurns(tthServer, tthTalker, turnsPerGo, tth);
      await takeTurns(floorServer, floorTalker, turnsPerGo, floor);
    }
    const [tthCpuMs, floorCpuMs] = [tth.cpuMs / turns, floor.cpuMs / turns];
    const cpuRatio = tthCpuMs / floorCpuMs;
    return [
      ...compare('first text', tth.textMs, floor.textMs),
      ...compare('first sound', tth.audioMs, floor.audioMs),
      single('CPU per turn, TTH', 'ms', tthCpuMs, turns),
      single('CPU per turn, floor', 'ms', floorCpuMs, turns),
      single('CPU per turn, ratio', '×', cpuRatio, turns, atMost(2, cpuRatio)),
    ];
  });
