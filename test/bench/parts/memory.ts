import { setTimeout as sleep } from 'node:timers/promises';
import type { MemoryAnswer } from '../child.ts';
import { type Figure, atMost, spread } from '../measure.ts';
import { askFor } from '../providers.ts';
import { type ServerProcess, withServers } from '../server-process.ts';
import { connectTalkers } from '../talker.ts';

const sessions = 50;
const sentences = 10;
/** Memory is looked at in this rhythm: what is kept of sound that was sent shows after some seconds only. */
const sampleMs = 2_000;
/** Time for both ends of a socket to be gone. */
const settleMs = 200;

interface Tally {
  readonly heapKb: number[];
  readonly rssKb: number[];
}

const note = (tally: Tally, { heapBytes, rssBytes }: MemoryAnswer, before: MemoryAnswer): void => {
  tally.heapKb.push((heapBytes - before.heapBytes) / 1024 / sessions);
  tally.rssKb.push((rssBytes - before.rssBytes) / 1024 / sessions);
};

/** Fifty sessions come, talk and go. */
const visit = async (server: ServerProcess, idle: Tally, talking: Tally, samples: number): Promise<void> => {
  const before = await server.memory();
  const talkers = await connectTalkers(server.url, sessions);
  await sleep(settleMs);
  note(idle, await server.memory(), before);
  const speaking = talkers.map((talker) => talker.next('sentence'));
  for (const talker of talkers) {
    talker.send({ type: 'user_text', clientMsgId: crypto.randomUUID(), text: askFor(sentences) });
  }
  await Promise.all(speaking);
  for (let sample = 0; sample < samples; sample++) {
    await sleep(sampleMs);
    note(talking, await server.memory(), before);
  }
  await Promise.all(talkers.map((talker) => talker.close()));
  await sleep(settleMs);
};

/** What a session costs while nobody speaks, and while the avatar does, at the pace of speech. */
export const measureMemory = (isQuick: boolean): Promise<Figure[]> =>
  withServers(['tth'], async ([server]) => {
    const tally = (): Tally => ({ heapKb: [], rssKb: [] });
    const [idle, talking] = [tally(), tally()];
    await visit(server, tally(), tally(), 1);
    for (let round = 0; round < (isQuick ? 1 : 3); round++)
      await visit(server, idle, talking, isQuick ? 2 : 4);
    return [
      spread('heap per idle session', 'KB', idle.heapKb, (_, worst) => atMost(50, worst)),
      spread('heap per talking session', 'KB', talking.heapKb, (_, worst) => atMost(400, worst)),
      spread('resident memory per idle session', 'KB', idle.rssKb),
      spread('resident memory per talking session', 'KB', talking.rssKb),
    ];
  });
