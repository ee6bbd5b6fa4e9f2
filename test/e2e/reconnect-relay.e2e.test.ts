import { defaultPolicies } from '@tth/core';
import { scriptedAvatar, scriptedLlm, scriptedPlugin, scriptedTts } from '@tth/testkit';
import type { ServerMessageOf } from '@tth/protocol';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type TestServer, startTth } from '../support/start-tth.ts';
import type { WireClient } from '../support/wire-client.ts';

/** Ten seconds of speech. */
const story = Array.from({ length: 5 }, () => 'It goes on and on, as stories do at times.').join(' ');
const keyEvery = 50;
const frameUs = 40_000;

const msOf = (client: WireClient, kind: 'audio' | 'video'): number =>
  client.media.reduce((sum, frame) => sum + (frame.kind === kind ? frame.durationUs / 1000 : 0), 0);

describe('a client of relayed video whose connection is cut and that comes back', () => {
  let server: TestServer;
  beforeAll(async () => {
    server = await startTth({
      plugins: [
        scriptedPlugin([
          scriptedLlm({ reply: story }),
          scriptedTts(),
          scriptedAvatar({ delivery: ['h264'], keyEvery }),
        ]),
      ],
      policies: { resumeWindowMs: 10_000 },
    });
    await server.warm;
  });
  afterAll(() => server.close());

  const resumed = async (first: WireClient): Promise<WireClient> => {
    const created = first.events.find(
      (event): event is ServerMessageOf<'session_created'> => event.type === 'session_created',
    )!;
    const { sessionId, token, logId } = created;
    const lastSeq = Math.max(...first.events.map(({ seq }) => seq));
    return server.connect({
      video: ['h264'],
      hello: { resume: { sessionId, token, logId, lastSeq } },
    });
  };

  it.each([
    { how: 'is paced by wall clock', credit: undefined },
    { how: 'grants credit', credit: 400 },
  ])('and $how goes on with a key frame, from where it was, and without a burst', async ({ credit }) => {
    const [first, other] = await Promise.all([
      server.connect({ video: ['h264'] }),
      server.connect({ video: [] }),
    ]);
    const grant = (client: WireClient): void => {
      if (credit !== undefined) client.send({ type: 'credit', audioMs: credit, videoMs: credit });
    };
    grant(first);
    first.send({ type: 'user_text', clientMsgId: '1', text: 'Tell me a story' });
    await first.nextMedia(({ kind, ptsUs }) => kind === 'video' && ptsUs >= 5 * frameUs);
    first.cut();
    await first.closed;
    // An outage as long as another listener needs to be sent a second and more.
    other.send({ type: 'user_text', clientMsgId: '1', text: 'Tell me a story' });
    await other.nextMedia(({ ptsUs }) => ptsUs >= 1_200_000);

    const second = await resumed(first);
    await second.settled();
    const atOnce = { audio: msOf(second, 'audio'), video: msOf(second, 'video') };
    grant(second);
    const picture = await second.nextMedia(({ kind }) => kind === 'video');
    await second.nextMedia(({ kind, ptsUs }) => kind === 'video' && ptsUs >= picture.ptsUs + 5 * frameUs);
    second.close();
    other.close();

    const sound = second.media.filter(({ kind }) => kind === 'audio');
    const pictures = second.media.filter(({ kind }) => kind === 'video');
    const endUs = (media: WireClient['media'], kind: string): number =>
      Math.max(
        ...media.filter((frame) => frame.kind === kind).map((frame) => frame.ptsUs + frame.durationUs),
      );
    expect(second.events.map(({ type }) => type)).toContain('session_resumed');
    expect(picture.key).toBe(true);
    expect(sound[0]!.ptsUs).toBeGreaterThanOrEqual(endUs(first.media, 'audio'));
    expect(picture.ptsUs).toBeGreaterThanOrEqual(endUs(first.media, 'video'));
    // Near the sound: neither late, nor where the next key frame would have been.
    expect(Math.abs(picture.ptsUs - sound[0]!.ptsUs)).toBeLessThanOrEqual(500_000);
    expect(pictures.every(({ ptsUs }, n) => n === 0 || ptsUs > pictures[n - 1]!.ptsUs)).toBe(true);
    // What came at once is no more than may be sent ahead, and one piece.
    const { aheadMs } = defaultPolicies;
    expect(atOnce.audio).toBeLessThanOrEqual(aheadMs + 200);
    expect(atOnce.video).toBeLessThanOrEqual(aheadMs + 200);
  });
});
