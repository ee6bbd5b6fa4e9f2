import type { MediaItem } from '@tth/core';
import { samplesToUs } from '@tth/core/plugin';
import { createVirtualClock } from '@tth/testkit';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createScriptedEncoders } from '../../test/scripted-encoders.ts';
import { createOpusSound } from './opus-sound.ts';

const piece = (fromSample: number, samples: number, given: Partial<MediaItem> = {}): MediaItem => ({
  kind: 'audio',
  codec: 'pcm_s16le',
  turn: 1,
  epoch: 1,
  sentence: 0,
  ptsUs: samplesToUs(fromSample),
  durationUs: samplesToUs(fromSample + samples) - samplesToUs(fromSample),
  key: true,
  sentenceEnd: false,
  data: new Uint8Array(samples * 2).fill(7),
  ...given,
});

const start = () => {
  const scripted = createScriptedEncoders();
  const sent: MediaItem[] = [];
  const failures: string[] = [];
  const clock = createVirtualClock();
  let rooms = 0;
  const connection = { hasRoom: true };
  const sound = createOpusSound({
    encoders: scripted.encoders,
    clock,
    onRoom: () => (rooms += 1),
    hasRoom: () => connection.hasRoom,
    send: (item) => sent.push(item),
    onFailure: (reason) => failures.push(reason),
  });
  return { scripted, sent, failures, sound, connection, advance: clock.advance, rooms: () => rooms };
};

/** Where each item begins and ends; an empty end of a sentence is left out. */
const spans = (items: readonly MediaItem[]): [number, number][] =>
  items
    .filter(({ durationUs }) => durationUs > 0)
    .map(({ ptsUs, durationUs }) => [ptsUs, ptsUs + durationUs]);

const isGapless = (items: readonly MediaItem[], fromUs: number, toUs: number): boolean => {
  const ends = spans(items);
  return (
    ends[0]?.[0] === fromUs &&
    ends.at(-1)?.[1] === toUs &&
    ends.slice(1).every(([begin], i) => begin === ends[i]![1])
  );
};

describe('opus sound', () => {
  it('gives each packet its place by counted samples, less what a decoder drops at the start', () => {
    const { scripted, sent, sound } = start();

    sound.push(piece(0, 2_400));
    sound.push(piece(2_400, 0, { sentenceEnd: true }));
    scripted.settle();

    expect(spans(sent)).toEqual([
      [0, 13_500],
      [13_500, 33_500],
      [33_500, 53_500],
      [53_500, 73_500],
      [73_500, 93_500],
      [93_500, 100_000],
    ]);
    expect(sent.map(({ codec }) => codec)).toEqual(sent.map(() => 'opus'));
    expect(sent.map(({ key }) => key)).toEqual([true, false, false, false, false, false]);
    expect(sent.map(({ sentenceEnd }) => sentenceEnd).indexOf(true)).toBe(5);
  });

  it('is as long as the PCM, without a gap, however it is cut and whenever packets come out', () => {
    const sentences = fc.array(fc.array(fc.integer({ min: 1, max: 2_400 }), { minLength: 1, maxLength: 8 }), {
      minLength: 1,
      maxLength: 4,
    });
    fc.assert(
      fc.property(sentences, fc.array(fc.boolean(), { maxLength: 60 }), (cuts, steps) => {
        const { scripted, sent, sound } = start();
        let at = 0;

        for (const [sentence, lengths] of cuts.entries()) {
          for (const [i, samples] of lengths.entries()) {
            sound.push(piece(at, samples, { sentence, sentenceEnd: i === lengths.length - 1 }));
            at += samples;
            if (steps.pop() === true) scripted.step();
          }
        }
        scripted.settle();

        expect(isGapless(sent, 0, samplesToUs(at))).toBe(true);
        expect(sent.filter(({ sentenceEnd }) => sentenceEnd).map(({ sentence }) => sentence)).toEqual([
          ...cuts.keys(),
        ]);
        expect(sent.filter(({ key }) => key).length).toBe(cuts.length);
      }),
    );
  });

  it('passes on the end of a sentence without sound', () => {
    const { scripted, sent, sound } = start();

    sound.push(piece(960, 0, { sentenceEnd: true }));
    scripted.settle();

    expect(sent).toMatchObject([{ ptsUs: 40_000, durationUs: 0, sentenceEnd: true }]);
  });

  it('gives nothing after a place that speech was taken back to, and goes on from there', () => {
    const place = fc.integer({ min: 0, max: 4_799 });
    fc.assert(
      fc.property(place, fc.integer({ min: 0, max: 12 }), (backTo, stepsBefore) => {
        const { scripted, sent, sound } = start();
        sound.push(piece(0, 2_400));
        sound.push(piece(2_400, 2_400));
        for (let n = 0; n < stepsBefore; n++) scripted.step();
        const before = sent.length;

        sound.discard(samplesToUs(backTo));
        sound.push(piece(backTo, 2_400, { sentenceEnd: true }));
        scripted.settle();

        const later = sent.slice(before);
        const again = later.findLastIndex(({ key }) => key);
        expect(spans(later.slice(0, again)).every(([, end]) => end <= samplesToUs(backTo))).toBe(true);
        expect(isGapless(later.slice(again), samplesToUs(backTo), samplesToUs(backTo + 2_400))).toBe(true);
        expect(sent.filter(({ sentenceEnd }) => sentenceEnd).length).toBe(1);
        const heard = [...spans(sent.slice(0, before)), ...spans(later.slice(0, again))].filter(
          ([begin]) => begin < samplesToUs(backTo),
        );
        if (backTo > 0) expect(heard.at(-1)![1]).toBeGreaterThanOrEqual(samplesToUs(backTo));
      }),
    );
  });

  it('gives nothing of what was dropped, and all of what comes next', () => {
    const { scripted, sent, sound } = start();
    sound.push(piece(0, 2_400));
    scripted.step();

    sound.drop();
    const dropped = sent.length;
    sound.push(piece(0, 960, { turn: 2, epoch: 2, sentenceEnd: true }));
    scripted.settle();

    expect(sent.slice(dropped).every(({ turn }) => turn === 2)).toBe(true);
    expect(isGapless(sent.slice(dropped), 0, 40_000)).toBe(true);
  });

  it('does what was to be done after the sound that went in before, not after what came later', () => {
    const { scripted, sound, sent } = start();
    let sentAtTask = -1;
    sound.push(piece(0, 600));

    sound.finish();
    sound.after(() => (sentAtTask = sent.length));
    sound.push(piece(0, 4_800, { turn: 2 }));
    const atOnce = sentAtTask;
    scripted.settle();

    expect(atOnce).toBe(-1);
    expect(sentAtTask).toBe(2);
  });

  it('does at once what was to be done after sound that is dropped', () => {
    const { sound } = start();
    const done: string[] = [];
    sound.push(piece(0, 600));
    sound.after(() => done.push('first'));

    sound.drop();
    sound.after(() => done.push('second'));

    expect(done).toEqual(['first', 'second']);
  });

  it('loses and repeats no sample when the encoder fails, and says so before the PCM', () => {
    const lengths = fc.array(fc.integer({ min: 1, max: 2_400 }), { minLength: 2, maxLength: 8 });
    fc.assert(
      fc.property(lengths, fc.integer({ min: 0, max: 20 }), (cuts, stepsBefore) => {
        const { scripted, sent, failures, sound } = start();
        let at = 0;
        for (const [i, samples] of cuts.entries()) {
          sound.push(piece(at, samples, { sentenceEnd: i === cuts.length - 2 }));
          at += samples;
          if (i === cuts.length - 2) for (let n = 0; n < stepsBefore; n++) scripted.step();
          if (i === cuts.length - 2) scripted.fail();
        }

        expect(failures).toEqual(['broken']);
        expect(isGapless(sent, 0, samplesToUs(at))).toBe(true);
        const firstPcm = sent.findIndex(({ codec }) => codec === 'pcm_s16le');
        expect(sent.slice(firstPcm).every(({ codec }) => codec === 'pcm_s16le')).toBe(true);
        for (const { codec, data, durationUs } of sent) {
          if (codec === 'pcm_s16le') expect(data.byteLength).toBe(Math.round((durationUs * 24) / 1000) * 2);
        }
        expect(sent.filter(({ sentenceEnd }) => sentenceEnd).length).toBe(1);
      }),
    );
  });

  it('lets its source wait while a second of sound is inside, and go on at half a second', () => {
    const { scripted, sound, rooms } = start();

    const answers = Array.from({ length: 10 }, (_, n) => sound.push(piece(n * 2_400, 2_400)));
    while (rooms() === 0 && scripted.step());

    expect(answers).toEqual([...Array.from({ length: 9 }, () => true), false]);
    expect(rooms()).toBe(1);
    expect(sound.push(piece(24_000, 2_400))).toBe(true);
  });

  it('is as full as it is when sound was taken back to a place before what was sent', () => {
    const { scripted, sent, sound } = start();
    for (let n = 0; n < 4; n++) sound.push(piece(n * 2_400, 2_400));
    while (scripted.step());
    const sentUs = sent.at(-1)!.ptsUs;

    sound.discard(0);
    const answers = Array.from({ length: 10 }, (_, n) => sound.push(piece(n * 2_400, 2_400)));

    expect(sentUs).toBeGreaterThan(300_000);
    expect(answers.indexOf(false)).toBe(9);
  });

  it.each(['opus', 'pcm_s16le'])('lets its source wait while the connection takes no more %s', (codec) => {
    const { scripted, sent, sound, connection } = start();
    if (codec === 'pcm_s16le') scripted.fail();

    connection.hasRoom = false;
    const full = sound.push(piece(0, 2_400));
    connection.hasRoom = true;
    const roomy = sound.push(piece(2_400, 2_400));
    while (scripted.step());

    expect([full, roomy]).toEqual([false, true]);
    expect(new Set(sent.map((item) => item.codec))).toEqual(new Set([codec]));
  });

  it('has room at once when what is inside is dropped', () => {
    const { sound, rooms } = start();
    for (let n = 0; n < 10; n++) sound.push(piece(n * 2_400, 2_400));

    sound.drop();

    expect(rooms()).toBe(1);
  });

  it('gives up an encoder that owes packets and gives none for five seconds', async () => {
    const { failures, sent, sound, scripted, advance } = start();
    sound.push(piece(0, 2_400));

    await advance(4_900);
    scripted.step();
    await advance(4_900);
    const patient = [...failures];
    await advance(200);

    expect(patient).toEqual([]);
    expect(failures).toEqual(['the encoder gives nothing back']);
    expect(isGapless(sent, 0, 100_000)).toBe(true);
    expect(scripted.isReleased).toBe(true);
  });

  it('waits as long as it takes for sound that fills a packet', async () => {
    const { failures, sound, scripted, advance } = start();

    sound.push(piece(0, 600));
    scripted.settle();
    await advance(60_000);

    expect(failures).toEqual([]);
  });
});
