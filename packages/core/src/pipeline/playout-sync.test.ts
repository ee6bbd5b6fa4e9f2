import { createVirtualClock } from '@tth/testkit';
import { describe, expect, it } from 'vitest';
import { createQosMonitor } from '../alignment/qos.ts';
import { neutralControls } from '../domain/controls.ts';
import type { MediaItem } from '../domain/media.ts';
import { type Policies, defaultPolicies } from '../domain/policies.ts';
import { createDriftStage } from './drift.stage.ts';
import { Lane } from './lane.ts';
import type { FlowState } from './playing-turn.ts';
import { Playout } from './playout.ts';

const chunkMs = 40;

const itemOf = (kind: 'audio' | 'pose', ptsMs: number, sentence: number, durationMs: number): MediaItem => ({
  kind,
  codec: kind === 'audio' ? 'pcm_s16le' : 'pose',
  turn: 1,
  epoch: 1,
  sentence,
  ptsUs: ptsMs * 1000,
  durationUs: durationMs * 1000,
  key: true,
  sentenceEnd: false,
  data: new Uint8Array(0),
});

const laneOf = () =>
  new Lane<MediaItem>({ capMs: 10_000, durationMs: ({ durationUs }) => durationUs / 1000 });

const play = ({
  pictures = false,
  policies = {},
}: { pictures?: boolean; policies?: Partial<Policies> } = {}) => {
  const clock = createVirtualClock();
  const given = { ...defaultPolicies, ...policies };
  const notes = { lost: 0, ended: 0 };
  const playout = new Playout({
    clock,
    policies: given,
    pacing: 'realtime',
    onLost: () => (notes.lost += 1),
  });
  const audio = laneOf();
  const picture = pictures ? laneOf() : undefined;
  const qos = createQosMonitor();
  const sent: { atMs: number; item: MediaItem }[] = [];
  const flows: { atMs: number; state: FlowState; afterSound: number }[] = [];
  const faces: string[] = [];
  const sounds = (): { atMs: number; item: MediaItem }[] => sent.filter(({ item }) => item.kind === 'audio');
  playout.connect((item) => {
    sent.push({ atMs: clock.monotonicMs(), item });
    return true;
  });
  playout.begin({
    audio,
    picture,
    onSend: () => {},
    onEnd: () => (notes.ended += 1),
    onPictureLost: () => {},
    onFlow: (state) => flows.push({ atMs: clock.monotonicMs(), state, afterSound: sounds().length }),
    qos,
    drift: createDriftStage({
      clock,
      policy: given.drift,
      alignment: neutralControls.alignment,
      qos,
      onDrift: () => {},
      onFace: (level) => faces.push(level),
    }),
  });
  /** The voice says sentences of this length, a piece every `everyMs`. */
  const speak = async (sentenceMs: number, count: number, everyMs: number): Promise<void> => {
    for (let sentence = 0; sentence < count; sentence += 1) {
      for (let ms = 0; ms < sentenceMs; ms += chunkMs) {
        await clock.advance(everyMs);
        audio.push(itemOf('audio', sentence * sentenceMs + ms, sentence, chunkMs));
      }
      audio.push({ ...itemOf('audio', (sentence + 1) * sentenceMs, sentence, 0), sentenceEnd: true });
    }
    audio.close();
  };
  /** Where a listener that plays what it gets at once runs dry: the sentence that it is in, and how far. */
  const pauses = (): { sentence: number; isWithin: boolean }[] => {
    const found: { sentence: number; isWithin: boolean }[] = [];
    let untilMs = sounds()[0]?.atMs ?? 0;
    let last = -1;
    for (const { atMs, item } of sounds()) {
      if (item.durationUs === 0) continue;
      if (atMs > untilMs + 1) found.push({ sentence: item.sentence, isWithin: item.sentence === last });
      untilMs = Math.max(untilMs, atMs) + item.durationUs / 1000;
      last = item.sentence;
    }
    return found;
  };
  return { clock, playout, audio, picture, qos, sent, sounds, flows, faces, notes, speak, pauses };
};

describe('a voice that is slower than speech', () => {
  it('is heard from when enough of it waits, and pauses between sentences only', async () => {
    const { clock, sounds, flows, notes, speak, pauses } = play();

    await speak(2_000, 4, chunkMs / 0.7);
    await clock.advance(20_000);

    expect(sounds()[0]!.atMs).toBeGreaterThan(600 / 0.7);
    expect(flows[0]).toMatchObject({ state: 'buffering', afterSound: 0 });
    expect(flows[1]).toMatchObject({ state: 'running', afterSound: 0 });
    expect(pauses().length).toBeGreaterThan(0);
    expect(pauses().filter(({ isWithin }) => isWithin)).toEqual([]);
    expect(flows.map(({ state }) => state)).toEqual(
      flows.map((_, n) => (n % 2 === 0 ? 'buffering' : 'running')),
    );
    expect(notes.ended).toBe(1);
    expect(clock.pendingTimers).toBe(0);
  });

  it('is not thought faster for a pause before its sentence, which passes while it works', async () => {
    const { clock, audio, sounds, flows, pauses } = play();
    const say = async (sentence: number, fromMs: number): Promise<void> => {
      for (let ms = 0; ms < 2_000; ms += chunkMs) {
        await clock.advance(chunkMs / 0.7);
        audio.push(itemOf('audio', fromMs + ms, sentence, chunkMs));
      }
      audio.push({ ...itemOf('audio', fromMs + 2_000, sentence, 0), sentenceEnd: true });
    };
    await say(0, 0);
    await clock.advance(5_000);

    for (const ms of [0, 100]) audio.push({ ...itemOf('audio', 2_000 + ms, 1, 100), isPause: true });
    const passed = sounds().filter(({ item }) => item.isPause === true).length;
    await say(1, 2_200);
    await clock.advance(10_000);

    expect(passed).toBe(2);
    expect(flows.map(({ state }) => state)).toEqual(['buffering', 'running', 'buffering', 'running']);
    // After its pause the sentence waits for enough of it, and then it runs without a break.
    expect(pauses()).toEqual([
      { sentence: 1, isWithin: false },
      { sentence: 1, isWithin: true },
    ]);
  });

  it('costs a voice that keeps up nothing but its second piece', async () => {
    const { sounds, flows, speak, pauses } = play();

    await speak(2_000, 2, chunkMs);

    expect(sounds()[0]!.atMs).toBe(2 * chunkMs);
    expect([flows, pauses()]).toEqual([[], []]);
  });
});

describe('a client with flow control that falls silent', () => {
  it('gets no more media after two seconds, is given up after ten, and the session hears of both', async () => {
    const { playout, sounds, flows, notes, speak } = play();
    playout.grant(60_000, 0);
    await speak(20_000, 1, chunkMs);

    const beganMs = sounds()[0]!.atMs;
    expect(sounds().at(-1)!.atMs).toBeLessThanOrEqual(beganMs + 2_000);
    expect(flows).toMatchObject([{ state: 'paused', atMs: beganMs + 2_000 }]);
    expect(notes).toEqual({ lost: 1, ended: 0 });
  });

  it('is sent the rest when it speaks again', async () => {
    const { clock, playout, sounds, flows, notes, speak } = play();
    playout.grant(60_000, 0);
    await speak(5_000, 1, chunkMs);
    expect(flows.map(({ state }) => state)).toEqual(['paused']);

    playout.report(3_000_000, false, {});

    expect(flows.map(({ state }) => state)).toEqual(['paused', 'running']);
    expect(sounds().at(-1)!.item).toMatchObject({ ptsUs: 5_000_000, sentenceEnd: true });
    await clock.advance(20_000);
    expect(notes).toEqual({ lost: 0, ended: 1 });
  });

  it('is not silent while it has heard everything that there is', async () => {
    const { clock, playout, audio, flows, notes } = play();
    playout.grant(60_000, 0);
    audio.push(itemOf('audio', 0, 0, 40));
    audio.push(itemOf('audio', 40, 0, 40));
    playout.report(80_000, true);

    await clock.advance(60_000);

    expect([flows, notes.lost]).toEqual([[], 0]);
  });

  it('is not waited for once its turn was cut, however long it says nothing then', async () => {
    const { clock, playout, audio, flows, notes } = play();
    playout.grant(60_000, 0);
    audio.push(itemOf('audio', 0, 0, 200));
    audio.push(itemOf('audio', 200, 0, 200));
    await clock.advance(100);

    playout.cut();
    const left = clock.pendingTimers;
    await clock.advance(60_000);

    expect([left, flows, notes]).toEqual([0, [], { lost: 0, ended: 0 }]);
  });

  it('never happens to a client without flow control', async () => {
    const { flows, notes, speak } = play();

    await speak(20_000, 1, chunkMs);

    expect([flows, notes.lost]).toEqual([[], 0]);
  });

  it('counts its underruns from one report to the next', async () => {
    const { playout, qos, audio } = play();
    playout.report(0, false, { underruns: 3 });
    audio.push(itemOf('audio', 0, 0, 40));
    playout.report(0, false, { underruns: 5 });
    playout.report(0, false, { underruns: 1 });

    expect(qos.values()['underruns']).toBe(5);
  });
});

describe('the last word of a client that counts how often it ran dry', () => {
  const endOf = async (told: ReturnType<typeof play>): Promise<void> => {
    const { clock, playout, audio } = told;
    playout.grant(60_000, 0);
    audio.push(itemOf('audio', 0, 0, 500));
    audio.push({ ...itemOf('audio', 500, 0, 0), sentenceEnd: true });
    await clock.advance(250);
    playout.report(250_000, false, { underruns: 0 });
    audio.close();
    await clock.advance(250);
  };

  it('is awaited a moment, and counts for the turn that it is of', async () => {
    const told = play();
    await endOf(told);
    const before = told.notes.ended;

    await told.clock.advance(100);
    told.playout.report(500_000, true, { underruns: 1 });

    expect([before, told.notes.ended]).toEqual([0, 1]);
    expect(told.qos.values()['underruns']).toBe(1);
    expect(told.clock.pendingTimers).toBe(0);
  });

  it('is not awaited for longer than that', async () => {
    const told = play();
    await endOf(told);

    await told.clock.advance(defaultPolicies.lastWordMs - 1);
    const before = told.notes.ended;
    await told.clock.advance(1);

    expect([before, told.notes.ended]).toEqual([0, 1]);
  });

  it('is not awaited from a client that does not count', async () => {
    const { clock, playout, audio, notes } = play();
    playout.grant(60_000, 0);
    audio.push(itemOf('audio', 0, 0, 500));
    audio.push({ ...itemOf('audio', 500, 0, 0), sentenceEnd: true });
    playout.report(0, false);
    audio.close();

    await clock.advance(500);

    expect(notes.ended).toBe(1);
  });

  it('that comes later than that is none of the next turn', async () => {
    const told = play();
    await endOf(told);
    await told.clock.advance(1_000);
    told.playout.cut();

    told.playout.reportPast({ underruns: 1 });
    const next = createQosMonitor();
    const audio = laneOf();
    told.playout.begin({
      audio,
      picture: undefined,
      onSend: () => {},
      onEnd: () => {},
      onPictureLost: () => {},
      qos: next,
    });
    audio.push(itemOf('audio', 0, 0, 500));
    told.playout.report(0, false, { underruns: 1 });

    expect([told.qos.values()['underruns'], next.values()['underruns']]).toEqual([undefined, undefined]);
  });
});

describe('time that was lost to silence', () => {
  /** A sentence of 400 ms, a voice that needs so much longer for the next, and where its pause begins. */
  const lose = async (told: ReturnType<typeof play>, lostMs: number): Promise<void> => {
    const { clock, audio } = told;
    audio.push(itemOf('audio', 0, 0, 400));
    audio.push({ ...itemOf('audio', 400, 0, 0), sentenceEnd: true });
    await clock.advance(400 + lostMs);
    audio.push({ ...itemOf('audio', 400, 1, 100), isPause: true });
  };

  it('is made up for by half of each pause to come, until nothing is left of it', async () => {
    const told = play();
    await lose(told, 150);

    const trims = Array.from({ length: 4 }, () => told.playout.trimMs(200));

    expect(trims).toEqual([100, 50, 0, 0]);
  });

  it('is none where the client says that it has sound still', async () => {
    const told = play();
    const { clock, audio, playout } = told;
    playout.grant(60_000, 0);
    audio.push(itemOf('audio', 0, 0, 400));
    audio.push({ ...itemOf('audio', 400, 0, 0), sentenceEnd: true });
    await clock.advance(400);
    playout.report(100_000, false);
    await clock.advance(200);
    audio.push({ ...itemOf('audio', 400, 1, 100), isPause: true });

    expect(playout.trimMs(200)).toBe(0);
  });

  it('counts up to a second only', async () => {
    const told = play();
    await lose(told, 30_000);

    const trims = Array.from({ length: 20 }, () => told.playout.trimMs(200));

    expect(trims.reduce((sum, ms) => sum + ms, 0)).toBe(defaultPolicies.drift.mostTrimMs);
  });

  it('is not made up for while the mouth is late, which needs its pauses', async () => {
    const late = play({ pictures: true, policies: { maxHoldMs: 0 } });
    late.picture!.push(itemOf('pose', 0, 0, 40));
    await lose(late, 150);

    expect(late.playout.trimMs(200)).toBe(0);
  });
});

describe('a picture that is meant to stay', () => {
  it('is not counted as late while it does, and the next one is again', () => {
    const { playout, audio, picture, qos } = play({ pictures: true });
    picture!.push(itemOf('pose', 0, 0, 40));
    for (let ms = 0; ms < 400; ms += 40) audio.push(itemOf('audio', ms, 0, 40));
    playout.expectNoPicture();

    playout.report(300_000, false, { skewMs: -300, underruns: 0 });
    const still = qos.values()['skewP99Ms'];
    picture!.push(itemOf('pose', 320, 0, 40));
    playout.report(340_000, false, { skewMs: -340, underruns: 0 });

    expect([still, qos.values()['skewP99Ms']]).toEqual([undefined, 340]);
  });
});

describe('a face that is late', () => {
  /** Pictures that are each made this long after their sound was. */
  const draw = async (
    { clock, picture, audio }: ReturnType<typeof play>,
    lateMs: number,
    sentences: number,
  ): Promise<void> => {
    const sentenceMs = 2_000;
    for (let ms = 0; ms < sentences * sentenceMs + lateMs; ms += chunkMs) {
      const sentence = Math.floor(ms / sentenceMs);
      if (sentence < sentences) {
        audio.push(itemOf('audio', ms, sentence, chunkMs));
        if ((ms + chunkMs) % sentenceMs === 0) {
          audio.push({ ...itemOf('audio', ms + chunkMs, sentence, 0), sentenceEnd: true });
        }
      }
      const drawnMs = ms - lateMs;
      if (drawnMs >= 0) picture!.push(itemOf('pose', drawnMs, 0, chunkMs));
      await clock.advance(chunkMs);
    }
    audio.close();
    picture!.close();
  };

  it('gets a moment of silence before the next sentence, and none when it is in time', async () => {
    const late = play({ pictures: true });
    await draw(late, 280, 3);
    await late.clock.advance(20_000);
    const prompt = play({ pictures: true });
    await draw(prompt, 0, 3);
    await prompt.clock.advance(20_000);

    expect(late.pauses().length).toBeGreaterThan(0);
    expect(late.pauses().every(({ isWithin }) => !isWithin)).toBe(true);
    expect(prompt.pauses()).toEqual([]);
    expect([late.notes.ended, prompt.notes.ended]).toEqual([1, 1]);
    expect([late.faces, prompt.faces]).toEqual([[], []]);
  });

  it('is asked for less when it stays behind', async () => {
    const late = play({ pictures: true, policies: { maxHoldMs: 0 } });
    const { clock, audio, picture, faces } = late;
    let drawnMs = 0;
    for (let ms = 0; ms < 6_000; ms += chunkMs) {
      audio.push(itemOf('audio', ms, 0, chunkMs));
      for (; drawnMs + chunkMs <= ms * 0.8; drawnMs += chunkMs)
        picture!.push(itemOf('pose', drawnMs, 0, chunkMs));
      await clock.advance(chunkMs);
    }

    expect(faces).toEqual(['reduced_fps', 'audio_only']);
  });
});
