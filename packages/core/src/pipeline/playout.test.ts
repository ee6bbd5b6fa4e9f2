import { createVirtualClock } from '@tth/testkit';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { MediaItem } from '../domain/media.ts';
import { defaultPolicies } from '../domain/policies.ts';
import { Lane } from './lane.ts';
import { type Pacing, Playout } from './playout.ts';

const item = (kind: 'audio' | 'video', ptsMs: number, durationMs: number, key = true): MediaItem => ({
  kind,
  codec: kind === 'audio' ? 'pcm_s16le' : 'h264',
  turn: 1,
  epoch: 1,
  sentence: 0,
  ptsUs: ptsMs * 1000,
  durationUs: durationMs * 1000,
  key,
  sentenceEnd: false,
  data: new Uint8Array(0),
});

const laneOf = () =>
  new Lane<MediaItem>({ capMs: 60_000, durationMs: ({ durationUs }) => durationUs / 1000 });

/** A turn of `seconds` of sound in 40 ms chunks, with a picture for each where `pictures`. */
const play = (given: { seconds?: number; pictures?: boolean; pacing?: Pacing; keyEvery?: number } = {}) => {
  const { seconds = 2, pictures = false, pacing = 'realtime', keyEvery = 1 } = given;
  const clock = createVirtualClock();
  const playout = new Playout({ clock, policies: defaultPolicies, pacing });
  const audio = laneOf();
  const picture = pictures ? laneOf() : undefined;
  const sent: { atMs: number; item: MediaItem }[] = [];
  const notes = { ended: 0, keyFrames: 0, takes: true };
  const connect = (): void =>
    playout.connect((media) => {
      sent.push({ atMs: clock.monotonicMs(), item: media });
      return notes.takes;
    });
  connect();
  playout.begin({
    audio,
    picture,
    onSend: () => {},
    onEnd: () => (notes.ended += 1),
    onPictureLost: () => (notes.keyFrames += 1),
  });
  const pushAudio = (): void => {
    for (let ms = 0; ms < seconds * 1000; ms += 40) audio.push(item('audio', ms, 40));
    audio.close();
  };
  const pushPictures = (fromMs = 0): void => {
    for (let ms = fromMs; ms < seconds * 1000; ms += 40) {
      picture?.push(item('video', ms, 40, (ms / 40) % keyEvery === 0));
    }
    picture?.close();
  };
  const sentMs = (kind: 'audio' | 'video'): number =>
    sent.reduce((sum, each) => (each.item.kind === kind ? sum + each.item.durationUs / 1000 : sum), 0);
  return { clock, playout, audio, picture, sent, notes, connect, pushAudio, pushPictures, sentMs };
};

describe('playout by wall clock', () => {
  it('sends no sound further ahead than allowed, however it comes', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.record({ waitMs: fc.nat(900), chunkMs: fc.integer({ min: 1, max: 100 }) }), {
          minLength: 1,
          maxLength: 30,
        }),
        async (chunks) => {
          const { clock, audio, sent, notes } = play();
          let ptsMs = 0;
          for (const { waitMs, chunkMs } of chunks) {
            audio.push(item('audio', ptsMs, chunkMs));
            ptsMs += chunkMs;
            await clock.advance(waitMs);
          }
          audio.close();
          await clock.advance(20_000);

          // The listener hears from the first item on and waits where nothing is there to be heard.
          let playingUntilMs = 0;
          for (const each of sent) {
            const durationMs = each.item.durationUs / 1000;
            playingUntilMs = Math.max(playingUntilMs, each.atMs) + durationMs;
            expect(playingUntilMs - each.atMs).toBeLessThanOrEqual(defaultPolicies.aheadMs + 0.001);
          }
          expect(sent.map(({ item: { ptsUs } }) => ptsUs)).toEqual(
            sent.map(({ item: { ptsUs } }) => ptsUs).sort((a, b) => a - b),
          );
          expect(sent).toHaveLength(chunks.length);
          expect(notes.ended).toBe(1);
          expect(clock.pendingTimers).toBe(0);
        },
      ),
      { numRuns: 60 },
    );
  });

  it('ends when the last sample has been heard', async () => {
    const { clock, notes, pushAudio } = play({ seconds: 2 });
    pushAudio();

    await clock.advance(1_999);
    expect(notes.ended).toBe(0);
    await clock.advance(1);

    expect(notes.ended).toBe(1);
  });

  it('holds the sound a little for its first picture', async () => {
    const { clock, sentMs, pushAudio, pushPictures } = play({ pictures: true });
    pushAudio();
    await clock.advance(150);
    expect(sentMs('audio')).toBe(0);

    pushPictures();

    expect(sentMs('audio')).toBe(400);
    expect(sentMs('video')).toBeGreaterThan(0);
  });

  it('lets the sound go without a picture that is too late', async () => {
    const { clock, sentMs, pushAudio } = play({ pictures: true });
    pushAudio();

    await clock.advance(defaultPolicies.maxHoldMs + 1);

    expect(sentMs('audio')).toBeGreaterThanOrEqual(400);
  });

  it('skips pictures that come too late, up to a key frame, and asks for one', async () => {
    const { clock, sent, notes, pushAudio, pushPictures } = play({
      seconds: 2,
      pictures: true,
      keyEvery: 10,
    });
    pushAudio();
    await clock.advance(1_300);

    pushPictures();
    await clock.advance(5_000);

    const pictures = sent.filter((each) => each.item.kind === 'video');
    expect(pictures[0]?.item).toMatchObject({ key: true });
    expect(pictures[0]!.item.ptsUs).toBe(1_200_000);
    expect(notes.keyFrames).toBe(1);
    expect(notes.ended).toBe(1);
  });

  it('sends whoever joins in a turn no picture before a key frame, and asks for one', async () => {
    const { clock, playout, sent, connect, notes, pushAudio, pushPictures } = play({
      seconds: 2,
      pictures: true,
      keyEvery: 10,
    });
    pushAudio();
    pushPictures();
    await clock.advance(500);
    const before = sent.length;

    playout.connect(undefined);
    connect();
    await clock.advance(5_000);

    const [first] = sent.slice(before).filter((each) => each.item.kind === 'video');
    expect(first?.item.key).toBe(true);
    expect(notes.keyFrames).toBe(1);
    expect(notes.ended).toBe(1);
  });

  it('stops while nobody is connected and goes on with the next connection', async () => {
    const { clock, playout, sentMs, connect, notes, pushAudio } = play({ seconds: 2 });
    pushAudio();
    await clock.advance(500);
    playout.connect(undefined);
    const before = sentMs('audio');
    await clock.advance(10_000);
    expect(sentMs('audio')).toBe(before);
    expect(notes.ended).toBe(0);

    connect();
    await clock.advance(10_000);

    expect(sentMs('audio')).toBe(2_000);
    expect(notes.ended).toBe(1);
  });

  it('waits for a connection whose buffer is full', async () => {
    const { clock, playout, sent, notes, pushAudio } = play();
    notes.takes = false;
    pushAudio();
    await clock.advance(1_000);
    expect(sent).toHaveLength(1);

    notes.takes = true;
    playout.drained();
    await clock.advance(5_000);

    expect(notes.ended).toBe(1);
  });
});

describe('playout by credit', () => {
  it('sends as much as was granted, and one item more at most', async () => {
    const { clock, playout, sentMs, pushAudio } = play({ seconds: 10 });
    playout.grant(1_000, 0);
    pushAudio();
    await clock.advance(60_000);
    expect(sentMs('audio')).toBe(1_000);

    playout.grant(90, 0);

    expect(sentMs('audio')).toBe(1_120);
  });

  it('ends when the client says that it has heard the end', async () => {
    const { clock, playout, notes, pushAudio } = play({ seconds: 1 });
    playout.grant(5_000, 0);
    pushAudio();
    await clock.advance(500);
    expect(notes.ended).toBe(0);

    playout.report(1_000_000, true);

    expect(notes.ended).toBe(1);
  });

  it('ends after some grace when the client says nothing', async () => {
    const { clock, playout, notes, pushAudio } = play({ seconds: 1 });
    playout.grant(5_000, 0);
    pushAudio();

    await clock.advance(1_000 + defaultPolicies.playoutGraceMs - 1);
    expect(notes.ended).toBe(0);
    await clock.advance(1);

    expect(notes.ended).toBe(1);
  });

  it('does not keep a turn open for pictures that the client never asks for', async () => {
    const { clock, playout, notes, pushAudio, pushPictures } = play({ seconds: 1, pictures: true });
    playout.grant(5_000, 80);
    pushPictures();
    pushAudio();

    await clock.advance(10_000);

    expect(notes.ended).toBe(1);
    expect(clock.pendingTimers).toBe(0);
  });

  it('takes pictures for past that were sent or whose time is over', async () => {
    const { clock, playout, pushAudio, pushPictures } = play({ seconds: 10, pictures: true });
    playout.grant(10_000, 80);
    pushPictures();
    pushAudio();
    const sentUs = playout.pastPicturesUs;

    await clock.advance(5_000);

    expect(sentUs).toBe(80_000);
    expect(playout.pastPicturesUs).toBe(5_000_000);
  });

  it('starts anew with each connection', async () => {
    const { clock, playout, sentMs, connect, pushAudio } = play({ seconds: 10 });
    playout.grant(200, 0);
    pushAudio();
    expect(sentMs('audio')).toBe(200);

    connect();
    await clock.advance(20_000);

    expect(sentMs('audio')).toBe(10_000);
  });
});

describe('playout without pacing', () => {
  it('sends everything at once, sound and picture in step', async () => {
    const { sent, notes, pushAudio, pushPictures, sentMs } = play({
      seconds: 30,
      pictures: true,
      pacing: 'unpaced',
    });
    pushAudio();
    expect(sent).toEqual([]);
    pushPictures();

    expect([sentMs('audio'), sentMs('video'), notes.ended]).toEqual([30_000, 30_000, 1]);
  });

  it('lets sound go when the face needs more of it than the lane holds', () => {
    const clock = createVirtualClock();
    const playout = new Playout({ clock, policies: defaultPolicies, pacing: 'unpaced' });
    const audio = new Lane<MediaItem>({ capMs: 100, durationMs: ({ durationUs }) => durationUs / 1000 });
    let sent = 0;
    playout.connect(() => {
      sent += 1;
      return true;
    });
    playout.begin({ audio, picture: laneOf(), onSend: () => {}, onEnd: () => {}, onPictureLost: () => {} });

    audio.push(item('audio', 0, 40));
    audio.push(item('audio', 40, 40));
    expect(sent).toBe(0);
    audio.push(item('audio', 80, 40));

    expect(sent).toBe(1);
  });
});

describe('playhead', () => {
  it('follows the report of the client, and the clock from there', async () => {
    const { clock, playout, pushAudio } = play({ seconds: 5 });
    pushAudio();
    await clock.advance(1_000);
    expect(playout.playhead()).toEqual({ us: 1_000_000, source: 'pacing' });

    playout.report(700_000, false);
    await clock.advance(100);

    expect(playout.playhead()).toEqual({ us: 800_000, source: 'client' });
  });

  it('is where it was when the turn is cut, and at zero afterwards', async () => {
    const { clock, playout, sent, pushAudio } = play({ seconds: 5 });
    pushAudio();
    await clock.advance(1_000);
    const before = sent.length;

    expect(playout.cut()).toEqual({ us: 1_000_000, source: 'pacing' });
    await clock.advance(10_000);

    expect(playout.playhead().us).toBe(0);
    expect(sent).toHaveLength(before);
    expect(clock.pendingTimers).toBe(0);
  });
});

describe('sound that is taken back', () => {
  const chunk = (ptsMs: number, durationMs: number, sentence = 0): MediaItem => ({
    ...item('audio', ptsMs, durationMs),
    sentence,
    data: new Uint8Array(durationMs * 48),
  });

  it('is not sent when it has not left yet, to the sample, and nobody need be told', async () => {
    const { playout, audio, sent, clock, sentMs } = play();
    for (let ms = 0; ms < 1_000; ms += 100) audio.push(chunk(ms, 100));

    expect(playout.rewind(0, 650_000)).toBe(false);
    audio.push(chunk(650, 100));
    audio.close();
    await clock.advance(2_000);

    expect(sentMs('audio')).toBe(750);
    expect(sent.map(({ item: { ptsUs } }) => ptsUs / 1000)).toEqual([0, 100, 200, 300, 400, 500, 600, 650]);
    expect(sent[6]?.item.data.length).toBe(50 * 48);
  });

  it('must be told of when some of it was sent; the clock of the listener goes back with it', async () => {
    const { playout, audio, notes, clock } = play();
    for (let ms = 0; ms < 400; ms += 100) audio.push(chunk(ms, 100));
    await clock.advance(300);

    expect(playout.rewind(0, 200_000)).toBe(true);

    expect(playout.playhead()).toEqual({ us: 200_000, source: 'pacing' });
    audio.push(chunk(200, 100));
    audio.close();
    await clock.advance(99);
    expect(notes.ended).toBe(0);
    await clock.advance(1);
    expect(notes.ended).toBe(1);
  });

  it('leaves the end of the sentence before it', () => {
    const { playout, audio } = play();
    playout.connect(undefined);
    audio.push(chunk(0, 100, 0));
    audio.push({ ...chunk(100, 0, 0), sentenceEnd: true });
    audio.push(chunk(100, 100, 1));

    playout.rewind(1, 100_000);

    expect([audio.shift(), audio.shift(), audio.shift()]).toMatchObject([
      { durationUs: 100_000 },
      { sentenceEnd: true },
      undefined,
    ]);
  });

  it('takes its pictures with it', () => {
    const { playout, audio, picture } = play({ pictures: true });
    playout.connect(undefined);
    audio.push(chunk(0, 100));
    for (const ms of [0, 40, 80]) picture!.push(item('video', ms, 40));

    playout.rewind(0, 80_000);

    expect(picture!.loadMs).toBe(80);
  });
});
