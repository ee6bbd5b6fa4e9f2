import { type VendorSimulator, dieAfter, startVendor } from '@tth/testkit';
import { type Figure, atMost, quantile, single, spread } from '../measure.ts';
import { askFor } from '../providers.ts';
import { type ServerProcess, startServer } from '../server-process.ts';
import { type Talker, connectTalker } from '../talker.ts';

const sentences = 3;
/** How long a silent primary is waited for. */
const budgetMs = 250;
/** Sound that a voice gives before it dies: half a second, in the middle of the first sentence. */
const piecesBeforeDeath = 12;
/** Turns on one server before the other has its go: noise of the machine meets both alike. */
const turnsPerGo = 10;

interface TurnTimes {
  /** From the question to the first sound. */
  readonly audioMs: number;
  /** From the last sound of the provider that failed to the first of the one that took over. NaN without a change. */
  readonly gapMs: number;
}

/** One turn of a client that takes everything at once. */
const takeTurn = async (talker: Talker): Promise<TurnTimes> => {
  const grant = (): void => talker.send({ type: 'credit', audioMs: 60_000, videoMs: 0 });
  let turnId = '';
  let audioMs = Number.NaN;
  let lastMs = Number.NaN;
  let gapMs = Number.NaN;
  let isChanged = false;
  const sentMs = performance.now();
  talker.listen({
    event: (event) => {
      if (event.type === 'turn_started') turnId = event.turnId ?? '';
      if (event.type === 'degraded_mode') isChanged = true;
    },
    media: (frame, atMs) => {
      if (Number.isNaN(audioMs)) {
        audioMs = atMs - sentMs;
        grant();
      }
      if (isChanged && Number.isNaN(gapMs)) gapMs = atMs - lastMs;
      lastMs = atMs;
      if (!frame.sentenceEnd) return;
      talker.send({ type: 'playback', turnId, mediaMs: frame.ptsUs / 1000, ended: true });
    },
  });
  const completed = talker.next('turn_completed');
  talker.send({ type: 'user_text', clientMsgId: crypto.randomUUID(), text: askFor(sentences) });
  await completed;
  return { audioMs, gapMs };
};

const takeTurns = async (talker: Talker, count: number): Promise<TurnTimes[]> => {
  const times: TurnTimes[] = [];
  for (let turn = 0; turn < count; turn++) times.push(await takeTurn(talker));
  return times;
};

interface Pair {
  readonly vendor: VendorSimulator;
  /** Asks `vendor` first. */
  readonly failing: Talker;
  /** Has the provider alone that takes over in the other. */
  readonly sound: Talker;
}

const withPair = async <Result>(
  stage: 'llm' | 'tts',
  task: (pair: Pair) => Promise<Result>,
): Promise<Result> => {
  const vendor = await startVendor();
  const servers: ServerProcess[] = [];
  try {
    servers.push(await startServer('tth', [stage, vendor.url, String(budgetMs)]), await startServer('tth'));
    const [failing, sound] = await Promise.all(servers.map(({ url }) => connectTalker(url)));
    for (const talker of [failing!, sound!]) talker.send({ type: 'credit', audioMs: 60_000, videoMs: 0 });
    return await task({ vendor, failing: failing!, sound: sound! });
  } finally {
    await Promise.all(servers.map((server) => server.stop()));
    await vendor.close();
  }
};

/** First sound with the failure and without, turn about. */
const compare = async (
  { failing, sound }: Pair,
  turns: number,
): Promise<{ readonly withFailure: number[]; readonly without: number[] }> => {
  const withFailure: number[] = [];
  const without: number[] = [];
  for (let done = 0; done < turns; done += turnsPerGo) {
    withFailure.push(...(await takeTurns(failing, turnsPerGo)).map(({ audioMs }) => audioMs));
    without.push(...(await takeTurns(sound, turnsPerGo)).map(({ audioMs }) => audioMs));
  }
  return { withFailure, without };
};

const measureStage = (stage: 'llm' | 'tts', who: string, isQuick: boolean): Promise<Figure[]> =>
  withPair(stage, async (pair) => {
    const { vendor, failing, sound } = pair;
    await vendor.refuse();
    await takeTurns(failing, 50);
    await takeTurns(sound, 50);
    const refused = await compare(pair, isQuick ? 50 : 500);
    const addedMs = quantile(refused.withFailure, 0.5) - quantile(refused.without, 0.5);

    await vendor.listen();
    vendor.play({ isMute: true });
    const hung = await compare(pair, isQuick ? 10 : 50);
    const beyondMs = quantile(hung.withFailure, 0.5) - quantile(hung.without, 0.5) - budgetMs;
    return [
      spread(`first sound, ${who} refuses connections`, 'ms', refused.withFailure),
      spread(`first sound, without that ${who}`, 'ms', refused.without),
      single(`added by a ${who} that refuses`, 'ms', addedMs, refused.without.length, atMost(10, addedMs)),
      single(`added by a ${who} that hangs, beyond its ${budgetMs} ms`, 'ms', beyondMs, hung.without.length),
    ];
  });

const measureDeath = (isQuick: boolean): Promise<Figure[]> =>
  withPair('tts', async ({ vendor, failing }) => {
    vendor.play({ faults: [dieAfter(piecesBeforeDeath, 'fin')] });
    await takeTurns(failing, 20);
    const times = await takeTurns(failing, isQuick ? 50 : 300);
    const gaps = times.map(({ gapMs }) => gapMs);
    if (gaps.some((gap) => Number.isNaN(gap))) throw new Error('a turn had no sound of both voices');
    return [spread('voice dies in a sentence: last sound to first of the next voice', 'ms', gaps)];
  });

/** What the failure of a primary costs the listener, seen from the client. The primary is called over HTTP on loopback. */
export const measureFailover = async (isQuick: boolean): Promise<Figure[]> => [
  ...(await measureStage('llm', 'model', isQuick)),
  ...(await measureStage('tts', 'voice', isQuick)),
  ...(await measureDeath(isQuick)),
];
