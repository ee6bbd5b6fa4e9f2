import { setTimeout as sleep } from 'node:timers/promises';
import { type Figure, atMost, quantile, single } from '../measure.ts';
import { askFor, sentenceMs } from '../providers.ts';
import { type ServerProcess, withServers } from '../server-process.ts';
import { type PictureKind, connectTalkers } from '../talker.ts';

const sessions = 50;
/** The beginnings are spread over this time, so that the sessions' clocks do not tick together. */
const spreadMs = 1_000;
const frameMs = 40;

/** Processor time of the server in milliseconds, per session and minute, while all sessions talk. */
export const talk = async (
  server: ServerProcess,
  windowMs: number,
  video: readonly PictureKind[] = [],
): Promise<number> => {
  const talkers = await connectTalkers(server.url, sessions, video);
  const sentences = Math.ceil((windowMs + 2 * spreadMs) / sentenceMs);
  let frames = 0;
  for (const talker of talkers) {
    talker.listen({ media: ({ kind }) => (frames += kind === 'audio' ? 1 : 0) });
    talker.send({ type: 'user_text', clientMsgId: crypto.randomUUID(), text: askFor(sentences) });
    await sleep(spreadMs / sessions);
  }
  await sleep(spreadMs / 2);
  frames = 0;
  const startMs = performance.now();
  const before = await server.cpuMs();
  await sleep(windowMs);
  const cpuMs = (await server.cpuMs()) - before;
  const minutes = (performance.now() - startMs) / 60_000;
  const expected = (minutes * 60_000 * sessions) / frameMs;
  if (frames < expected * 0.9) {
    throw new Error(`the server sent ${frames} of ${Math.round(expected)} frames: the machine is too busy`);
  }
  await Promise.all(talkers.map((talker) => talker.close()));
  return cpuMs / sessions / minutes;
};

/** What speech at the pace of speech costs, next to the floor. */
export const measurePacedAudio = (isQuick: boolean): Promise<Figure[]> =>
  withServers(['tth', 'floor'], async ([tthServer, floorServer]) => {
    const [windowMs, rounds] = isQuick ? [2_000, 1] : [10_000, 2];
    const tth: number[] = [];
    const floor: number[] = [];
    for (let round = 0; round < rounds; round++) {
      tth.push(await talk(tthServer, windowMs));
      floor.push(await talk(floorServer, windowMs));
    }
    const [tthMs, floorMs] = [quantile(tth, 0.5), quantile(floor, 0.5)];
    const unit = 'CPU ms per session-minute';
    const ratio = tthMs / floorMs;
    return [
      single('paced speech, TTH', unit, tthMs, rounds),
      single('paced speech, floor', unit, floorMs, rounds),
      single('paced speech, ratio', '×', ratio, rounds, atMost(2, ratio)),
    ];
  });
