import { askFor, sentenceMs } from '../bench/providers.ts';
import { startServer } from '../bench/server-process.ts';
import { connectTalker } from '../bench/talker.ts';
import { connectDeaf } from './deaf-client.ts';

export interface SoakOptions {
  /** In each the neighbour hears the whole of an answer. The deaf client asks for as much as all of them, once. */
  readonly rounds: number;
  /** How long the neighbour's answers are, as speech. */
  readonly answerMs: number;
}

export interface SoakReport {
  /** What the server's objects and their buffers take after each round and a full collection. */
  readonly heldBytes: readonly number[];
  /** Growth of it over the rounds, for each minute that the neighbour heard. */
  readonly growth: Growth;
  /** Memory of the whole process after each round, which comes and goes in large pieces. */
  readonly residentBytes: readonly number[];
  /** What the deaf client was sent and had not read, at the end of the rounds. */
  readonly unreadBytes: number;
  /** Of these, what lay in the sockets; `undefined` where the platform does not tell. */
  readonly socketBytes: number | undefined;
  /** What the neighbour heard. */
  readonly heardMs: number;
  /** How long the neighbour's pings took while the deaf client was stuck, ascending. */
  readonly pingsMs: readonly number[];
  /** How another deaf client was closed that went on asking. */
  readonly closeCode: number | undefined;
  /** Asked so many times until then. */
  readonly asked: number;
}

/** The slope of a line through values, by least squares, and how far off it may be: its standard error. */
export interface Growth {
  readonly slope: number;
  readonly error: number;
}

/** Growth of `values` from one to the next. */
export const growthOf = (values: readonly number[]): Growth => {
  const middle = (values.length - 1) / 2;
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  let [over, under] = [0, 0];
  for (const [n, value] of values.entries()) {
    over += (n - middle) * (value - mean);
    under += (n - middle) ** 2;
  }
  const slope = under === 0 ? 0 : over / under;
  const rest = values.reduce((sum, value, n) => sum + (value - mean - slope * (n - middle)) ** 2, 0);
  return { slope, error: values.length < 3 ? 0 : Math.sqrt(rest / (values.length - 2) / under) };
};

/** Short answers before the first round: tables grow and functions are read once, whatever is said. */
const warmupTurns = 40;

const pings = 100;
/** More than enough for the strictest limit. */
const mostAsked = 20_000;

/** A server whose providers answer at once, a client that never reads, and one beside it that does. */
export const soak = async ({ rounds, answerMs }: SoakOptions): Promise<SoakReport> => {
  const server = await startServer('slow-reader');
  const [deaf, neighbour] = [await connectDeaf(server.url), await connectTalker(server.url)];
  try {
    let messages = 0;
    const askForMs = (ms: number) =>
      ({
        type: 'user_text',
        clientMsgId: `m${(messages += 1)}`,
        text: askFor(Math.ceil(ms / sentenceMs)),
      }) as const;
    let heardUs = 0;
    let hear = (): void => {};
    neighbour.listen({
      media: ({ durationUs }) => {
        heardUs += durationUs;
        hear();
      },
    });
    const heard = (us: number): Promise<void> =>
      new Promise((resolve) => {
        hear = () => heardUs >= us && resolve();
      });

    const hearTurn = async (ms: number): Promise<void> => {
      const hearsAll = heard(heardUs + ms * 1000);
      neighbour.send(askForMs(ms));
      await hearsAll;
    };
    const residentBytes: number[] = [];
    const heldBytes: number[] = [];
    deaf.send(askForMs(rounds * answerMs));
    for (let turn = 0; turn < warmupTurns; turn++) {
      await hearTurn(sentenceMs);
      await server.memory();
    }
    heardUs = 0;
    for (let round = 0; round < rounds; round++) {
      await hearTurn(answerMs);
      const { heapBytes, rssBytes } = await server.memory();
      heldBytes.push(heapBytes);
      residentBytes.push(rssBytes);
    }

    const ping = async (): Promise<number> => {
      const sentMs = performance.now();
      const answered = neighbour.next('pong');
      neighbour.send({ type: 'ping' });
      await answered;
      return performance.now() - sentMs;
    };
    const pingsMs: number[] = [];
    for (let n = 0; n < pings; n++) pingsMs.push(await ping());

    const socketBytes = deaf.socketBytes();
    deaf.send({ type: 'interrupt', clientMsgId: 'enough' });
    // The server has taken what came before a ping at the latest when it answers the next one: no media follows any more.
    await ping();
    await ping();
    const { bytes: unreadBytes } = await deaf.listen();
    deaf.cut();

    const nagging = await connectDeaf(server.url);
    let asked = 0;
    const health = server.url.replace('ws', 'http').replace('/v1/stream', '/v1/health');
    const isOpen = async (): Promise<boolean> =>
      ((await (await fetch(health)).json()) as { sessions: number }).sessions > 1;
    while (asked < mostAsked && (asked % 50 !== 0 || asked === 0 || (await isOpen()))) {
      nagging.send(askForMs(answerMs));
      asked += 1;
    }
    const { code: closeCode } = await nagging.listen();
    nagging.cut();
    const { slope, error } = growthOf(heldBytes);
    const minutes = answerMs / 60_000;
    return {
      heldBytes,
      growth: { slope: slope / minutes, error: error / minutes },
      residentBytes,
      unreadBytes,
      socketBytes,
      heardMs: heardUs / 1000,
      pingsMs: pingsMs.toSorted((a, b) => a - b),
      closeCode,
      asked,
    };
  } finally {
    await server.stop();
  }
};
