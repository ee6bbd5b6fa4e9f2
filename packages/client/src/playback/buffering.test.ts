import { describe, expect, it } from 'vitest';
import { createWorld, speech } from '../../test/world.ts';

const start = async () => {
  const world = createWorld();
  const socket = await world.connect();
  world.startTurn(1);
  let sentMs = 0;
  return {
    ...world,
    /** This much of one long sentence comes in time. */
    come: (ms: number): void => {
      for (const endMs = sentMs + ms; sentMs < endMs; sentMs += 40) {
        socket.media(speech({ ptsUs: sentMs * 1000 }));
        world.advance(40);
      }
    },
    playedMs: (): number => world.client.stats().playedSamples / 24,
  };
};

describe('the buffer of speech', () => {
  it('lets speech begin when 120 ms wait', async () => {
    const { come, playedMs } = await start();

    come(80);
    expect(playedMs()).toBe(0);
    come(120);

    expect(playedMs()).toBeGreaterThan(0);
  });

  it('is deeper after speech was late, and no shallower until calm has come back', async () => {
    const { come, advance, playedMs, client } = await start();
    come(1_000);
    advance(600);
    const before = playedMs();
    expect(client.stats().underruns).toBe(1);

    come(200);
    const stillWaiting = playedMs();
    come(400);

    expect(stillWaiting).toBe(before);
    expect(playedMs()).toBeGreaterThan(before);
    expect(client.stats().underruns).toBe(1);
  });
});
