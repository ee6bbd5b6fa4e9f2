import { describe, expect, it } from 'vitest';
import { sessionView } from '../../test/fake-transport.ts';
import { createWorld, poses, speech } from '../../test/world.ts';

/** A page that has heard 200 of 400 ms of a turn. */
const midSentence = async () => {
  const world = createWorld();
  const socket = await world.connect();
  world.startTurn(1);
  world.speak(400);
  world.newest().media(poses());
  world.newest().media(poses({ ptsUs: 200_000 }));
  world.advance(200);
  return { ...world, socket };
};

const audioGranted = (socket: { all(type: 'credit'): { audioMs: number }[] }): number =>
  socket.all('credit').reduce((sum, { audioMs }) => sum + audioMs, 0);

describe('a page that was asleep', () => {
  it.each([5_000, 60_000, 8 * 3_600_000])(
    'speaks on where it was after %i ms, without a burst',
    async (ms) => {
      const { client, socket, sleep, advance } = await midSentence();
      const { playedMs, playedSamples } = client.stats();
      const granted = audioGranted(socket);

      sleep(ms);
      const woken = client.stats();
      advance(600);

      expect(woken.playedMs - playedMs).toBeLessThanOrEqual(60);
      expect(woken.playedSamples - playedSamples).toBeLessThanOrEqual(60 * 24);
      expect(audioGranted(socket) - granted).toBeLessThanOrEqual(400);
      expect(client.stats()).toMatchObject({ playedSamples: 400 * 24, underruns: 0 });
    },
  );

  it('keeps its captions and its sense of time', async () => {
    const { client, sleep, advance } = await midSentence();
    const speaking: boolean[] = [];
    client.on('speaking', (is) => speaking.push(is));

    sleep(60_000);
    advance(60);
    expect(speaking).toEqual([]);
    advance(400);

    expect(speaking).toEqual([false]);
  });

  it('takes up the turn on a new socket, after what it still had, when the network was lost meanwhile', async () => {
    const { client, socket, sleep, advance, newest, lastSeq, sockets } = await midSentence();

    sleep(60_000);
    newest().lose(1006);
    sleep(0);
    expect(sockets).toHaveLength(2);
    newest().open();
    newest().event(lastSeq() + 1, {
      type: 'session_resumed',
      ...sessionView,
      recovered: true,
      replayed: 0,
      how: 'local',
    });
    const { audioMs } = newest().last('credit');
    for (let n = 0; n < 5; n += 1) {
      newest().media(speech({ ptsUs: (8 + n) * 40_000, sentenceEnd: n === 4 }));
    }
    const before = client.stats().playedSamples;
    advance(100);

    expect(newest()).not.toBe(socket);
    expect(audioMs).toBeLessThan(400);
    expect(client.stats().playedSamples - before).toBeLessThanOrEqual(140 * 24);
    advance(600);
    expect(client.stats()).toMatchObject({ playedSamples: 520 * 24, underruns: 0 });
  });
});
