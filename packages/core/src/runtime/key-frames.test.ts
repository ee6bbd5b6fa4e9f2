import {
  type RecordedSession,
  scriptedAvatar,
  scriptedLlm,
  scriptedPlugin,
  scriptedTts,
  startVirtualEngine,
} from '@tth/testkit';
import { describe, expect, it } from 'vitest';
import type { MediaItem } from '../domain/media.ts';

const story = Array.from({ length: 5 }, () => 'It goes on and on, as stories do at times.').join(' ');

/** A face that is far ahead of its listener, with a key frame every two seconds. */
const start = async (face = scriptedAvatar({ delivery: ['h264'], keyEvery: 50 })) => {
  const { clock, connect } = await startVirtualEngine({
    plugins: [scriptedPlugin([scriptedLlm({ reply: story }), scriptedTts(), face])],
  });
  const client = connect({ accepts: { audio: ['pcm_s16le'], video: ['h264'] } });
  client.ask('Tell me a story');
  await clock.advance(1_000);
  return { clock, client, face };
};

const picturesOf = (client: RecordedSession): MediaItem[] =>
  client.media.flatMap(({ item }) => (item.kind === 'video' ? [item] : []));

/** The first key frame after the first `seen` pictures, and how far it is from the end of those. */
const nextKey = (client: RecordedSession, seen: number): { afterMs: number; number: number } => {
  const all = picturesOf(client);
  const number = all.findIndex(({ key }, n) => n >= seen && key);
  return { afterMs: (all[number]!.ptsUs - all[seen - 1]!.ptsUs) / 1000, number };
};

describe('a client that cannot decode what it is sent', () => {
  it('gets a key frame soon, although pictures far beyond were made already', async () => {
    const { clock, client, face } = await start();
    const seen = picturesOf(client).length;

    client.session.handle({ type: 'key_frame' });
    await clock.advance(20_000);

    expect(nextKey(client, seen).afterMs).toBeLessThanOrEqual(100);
    const all = picturesOf(client);
    const ends = all.slice(1).map(({ ptsUs }, n) => ptsUs - all[n]!.ptsUs - all[n]!.durationUs);
    expect(Math.max(...ends.map(Math.abs))).toBeLessThanOrEqual(41_000);
    expect(face.log.calls).toHaveLength(2);
    expect(client.of('degraded_mode')).toEqual([]);
    expect(client.ends).toMatchObject([{ type: 'turn_completed' }]);
  });

  it('makes its face begin anew once a second at most, however often it asks', async () => {
    const { clock, client, face } = await start();

    for (let ask = 0; ask < 30; ask++) {
      client.session.handle({ type: 'key_frame' });
      await clock.advance(50);
    }

    expect(face.log.calls.length).toBeLessThanOrEqual(3);
  });

  it('waits for a key frame that is near, and for a face that has made nothing ahead', async () => {
    const near = await start(scriptedAvatar({ delivery: ['h264'], keyEvery: 5 }));
    const slow = await start(scriptedAvatar({ delivery: ['h264'], keyEvery: 50, script: { betweenMs: 38 } }));

    for (const { clock, client } of [near, slow]) {
      const seen = picturesOf(client).length;
      client.session.handle({ type: 'key_frame' });
      await clock.advance(5_000);
      expect(nextKey(client, seen).afterMs).toBeLessThanOrEqual(600);
    }

    expect([near.face.log.calls.length, slow.face.log.calls.length]).toEqual([1, 1]);
  });
});
