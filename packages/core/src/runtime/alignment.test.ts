import {
  type RecordedSession,
  type Script,
  type ScriptSource,
  type VirtualClock,
  keptSoundMs,
  scriptedAvatar,
  scriptedLlm,
  scriptedManagedAvatar,
  scriptedPlugin,
  scriptedTts,
  startVirtualEngine,
} from '@tth/testkit';
import { describe, expect, it } from 'vitest';
import type { TurnAlignment } from '../domain/controls.ts';
import { defaultPolicies } from '../domain/policies.ts';

/** 40 characters: two seconds of speech. */
const sentence = 'It goes on and on, as stories do at times.';
const story = (sentences: number): string => Array.from({ length: sentences }, () => sentence).join(' ');

const tell = async (sentences: number, script: ScriptSource, alignment: Partial<TurnAlignment> = {}) => {
  const face = scriptedAvatar({ id: 'face', script });
  const { clock, connect } = await startVirtualEngine({
    plugins: [scriptedPlugin([scriptedLlm({ reply: story(sentences) }), scriptedTts(), face])],
  });
  const client = connect();
  client.ask('Tell me a story', { controls: { alignment } });
  return { clock, client, face };
};

/** How far the picture on show was from the sound, every 40 ms, for a listener that plays what it gets. */
const seenSkewsMs = ({ media }: RecordedSession): number[] => {
  const sounds = media.filter(({ item }) => item.kind === 'audio' && item.durationUs > 0);
  const pictures = media.filter(({ item }) => item.kind === 'pose');
  const skews: number[] = [];
  let endsMs = sounds[0]!.atMs;
  for (const { atMs, item } of sounds) {
    const playsMs = Math.max(endsMs, atMs);
    endsMs = playsMs + item.durationUs / 1000;
    const heardMs = item.ptsUs / 1000;
    const shown = pictures.findLast(
      (picture) => picture.atMs <= playsMs && picture.item.ptsUs / 1000 <= heardMs,
    )?.item;
    if (shown !== undefined) skews.push(Math.min(0, (shown.ptsUs + shown.durationUs) / 1000 - heardMs));
  }
  return skews;
};

/** The longest run of looks, in milliseconds, at which the picture was later than anybody accepts. */
const longestUnacceptableMs = (skewsMs: readonly number[]): number => {
  let longest = 0;
  let run = 0;
  for (const skewMs of skewsMs) {
    run = skewMs < -90 ? run + 40 : 0;
    longest = Math.max(longest, run);
  }
  return longest;
};

const changes = (client: RecordedSession): string[] =>
  client.of('degraded_mode').map(({ from, to, reason }) => `${from} > ${to}: ${reason}`);

const posesAfter = (client: RecordedSession, at: (event: { type: string }) => boolean) => {
  const from = client.received.findIndex((each) => each.kind === 'event' && at(each.event));
  return client.received
    .slice(from)
    .flatMap((each) => (each.kind === 'media' && each.item.kind === 'pose' ? [each.item] : []));
};

const slow: Script = { betweenMs: 50 };
const slower: Script = { betweenMs: 120 };

describe('a face at 0.8 of real time', () => {
  it('is asked for half of the pictures, and is never out of bounds for more than a second', async () => {
    const { clock, client, face } = await tell(4, slow);

    await clock.advance(30_000);

    expect(changes(client)).toEqual(['face > reduced_fps: behind']);
    expect(face.log.calls.map(({ control }) => control.fps)).toEqual([25, 13]);
    expect(longestUnacceptableMs(seenSkewsMs(client))).toBeLessThanOrEqual(1_000);
    expect(posesAfter(client, ({ type }) => type === 'degraded_mode').at(-1)).toMatchObject({
      ptsUs: expect.any(Number),
    });
    expect(client.ends).toMatchObject([{ type: 'turn_completed', sentences: 4 }]);
    expect(clock.pendingTimers).toBe(0);
  });

  it('that is well again is asked for all of them after ten seconds, and no picture is lost on the way', async () => {
    const { clock, client, face } = await tell(12, (call) => (call === 0 ? slow : {}));

    await clock.advance(60_000);

    expect(changes(client)).toEqual(['face > reduced_fps: behind', 'reduced_fps > face: recovered']);
    expect(face.log.calls.map(({ control }) => control.fps)).toEqual([25, 13, 25]);
    const poses = posesAfter(client, ({ type }) => type === 'degraded_mode').filter(
      ({ durationUs }) => durationUs > 0,
    );
    const reduced = poses.findIndex(({ durationUs }) => durationUs > 41_000);
    for (const [n, { ptsUs }] of poses.slice(reduced + 1).entries()) {
      const before = poses[reduced + n]!;
      expect(Math.abs(ptsUs - before.ptsUs - before.durationUs)).toBeLessThanOrEqual(1);
    }
  });

  it('that cannot keep up with half of them either is given up, and comes back once it had a rest', async () => {
    const { clock, client, face } = await tell(16, (call) => (call < 2 ? slower : {}));

    await clock.advance(60_000);

    expect(changes(client).slice(0, 3)).toEqual([
      'face > reduced_fps: behind',
      'face > audio_only: provider.stalled',
      'audio_only > face: returned',
    ]);
    expect(face.log.calls.map(({ control }) => control.fps).slice(0, 3)).toEqual([25, 13, 13]);
    const [lost, returned] = client.of('degraded_mode').slice(1);
    expect(returned!.ts - lost!.ts).toBeGreaterThanOrEqual(defaultPolicies.drift.faceRestMs);
    expect(client.ends).toMatchObject([{ type: 'turn_completed', sentences: 16 }]);
  });

  it('is left as it is when the turn asks for no correction', async () => {
    const { clock, client, face } = await tell(4, slow, { driftPolicy: 'none' });

    await clock.advance(30_000);

    expect(changes(client)).toEqual([]);
    expect(face.log.calls).toHaveLength(1);
  });
});

describe('a listener that shows pictures early', () => {
  const listen = async (clock: VirtualClock, client: RecordedSession, skewMs: number): Promise<void> => {
    const turnId = client.of('turn_started')[0]!.turnId;
    for (let ms = 250; ms <= 8_000; ms += 250) {
      await clock.advance(250);
      client.session.handle({ type: 'playback', turnId, mediaMs: ms, ended: false, skewMs, underruns: 0 });
    }
    await clock.advance(20_000);
  };

  it('is sent them with later times; the turn tells when that begins and ends, and how it went', async () => {
    const { clock, client } = await tell(4, {});

    await listen(clock, client, 100);

    expect(client.of('drift').map(({ correction }) => correction)).toEqual(['hold', 'none']);
    expect(client.of('drift')[0]!.skewMs).toBe(100);
    const last = client.media.findLast(({ item }) => item.kind === 'pose')!.item;
    const soundUs = Math.max(...client.media.map(({ item }) => (item.kind === 'audio' ? item.ptsUs : 0)));
    expect(last.ptsUs + last.durationUs - soundUs).toBeGreaterThan(80_000);
    expect(client.of('metrics')[0]!.values).toMatchObject({ corrections: 1, skewP50Ms: expect.any(Number) });
    expect(client.of('metrics')[0]!.values['skewP50Ms']).toBeLessThan(30);
  });

  it('is sent them as they are when the turn asks for no correction', async () => {
    const { clock, client } = await tell(4, {}, { driftPolicy: 'none' });

    await listen(clock, client, 100);

    expect(client.of('drift')).toEqual([]);
    expect(client.of('metrics')[0]!.values).toMatchObject({ skewP50Ms: 100 });
  });
});

describe('what a turn asks of its alignment', () => {
  const firstSoundMs = async (alignment: Partial<TurnAlignment>): Promise<number> => {
    const { clock, client } = await tell(1, { firstItemMs: 800 }, alignment);
    await clock.advance(10_000);
    return client.media.find(({ item }) => item.kind === 'audio')!.atMs;
  };

  it('is how long its sound waits for its first picture', async () => {
    expect(await firstSoundMs({})).toBe(defaultPolicies.maxHoldMs);
    expect(await firstSoundMs({ maxHoldMs: 0 })).toBe(0);
    expect(await firstSoundMs({ maxHoldMs: 600 })).toBe(600);
  });

  it('is how far its pictures run ahead of the sound', async () => {
    const { clock, client } = await tell(2, {}, { leadMs: 80 });
    await clock.advance(10_000);

    const poses = client.media.flatMap(({ item }) => (item.kind === 'pose' ? [item] : []));
    expect(poses[0]!.ptsUs).toBe(0);
    expect(poses[50]!.ptsUs).toBe(50 * 40_000 - 80_000);
  });
});

describe('a provider whose clock cannot be trusted', () => {
  it('has its pictures continued where it jumps', async () => {
    const { definition } = scriptedManagedAvatar({ id: 'face' });
    const jumping = {
      ...definition,
      create: (...given: Parameters<typeof definition.create>) => {
        const made = definition.create(...given);
        return {
          ...made,
          async *inferStream(
            ...call: Parameters<typeof made.inferStream>
          ): ReturnType<typeof made.inferStream> {
            for await (const output of made.inferStream(...call)) {
              if (output.type !== 'picture') yield output;
              else {
                const { frame } = output;
                const byUs = frame.ptsUs >= 1_000_000 ? 10_000_000 : 0;
                yield { ...output, frame: { ...frame, ptsUs: frame.ptsUs + byUs } };
              }
            }
          },
        };
      },
    } as typeof definition;
    const { clock, connect } = await startVirtualEngine({
      plugins: [scriptedPlugin([scriptedLlm({ reply: story(1) }), jumping])],
    });
    const client = connect();
    client.ask('Hi');
    await clock.advance(20_000);

    const poses = client.media.flatMap(({ item }) => (item.kind === 'pose' ? [item.ptsUs] : []));
    expect(poses).toEqual(poses.map((_, n) => n * 40_000));
    expect(client.of('metrics')[0]!.values).toMatchObject({ timeFlaws: 1 });
  });
});

describe('a voice that let its listener wait between two sentences', () => {
  it('pauses for less before the next ones, and the turn tells how much was left out', async () => {
    const tts = scriptedTts({ script: (call) => (call === 1 ? { firstItemMs: 2_400 } : {}) });
    const { clock, connect } = await startVirtualEngine({
      plugins: [scriptedPlugin([scriptedLlm({ reply: story(6) }), tts])],
      policies: { prosody: defaultPolicies.prosody },
    });
    const client = connect();
    client.ask('Tell me a story');
    await clock.advance(60_000);

    const pauses = client.media.flatMap(({ item }) => (item.isPause === true ? [item] : []));
    const pausesMs = [1, 2, 3, 4, 5].map((sentence) =>
      pauses
        .filter((item) => item.sentence === sentence)
        .reduce((sum, { durationUs }) => sum + durationUs / 1000, 0),
    );
    const { longestGapMs = 0, trimmedMs = 0, corrections = 0 } = client.of('metrics')[0]!.values;
    expect(Math.max(...pausesMs)).toBe(200);
    expect(Math.min(...pausesMs)).toBe(100);
    expect(trimmedMs).toBeGreaterThan(0);
    expect(trimmedMs).toBeLessThanOrEqual(longestGapMs);
    expect(pausesMs.reduce((sum, ms) => sum + 200 - ms, 0)).toBeCloseTo(trimmedMs, 0);
    expect(corrections).toBe(pausesMs.filter((ms) => ms < 200).length);
    expect(keptSoundMs(client).length).toBe(6);
  });
});
