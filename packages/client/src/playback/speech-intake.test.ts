import type { MediaFrame } from '@tth/protocol';
import { describe, expect, it } from 'vitest';
import { speech } from '../../test/world.ts';
import type { SoundDecoder } from './sound-decoder.ts';
import { createSpeechIntake } from './speech-intake.ts';

const packet = (ptsUs: number, given: Partial<MediaFrame> = {}): MediaFrame => ({
  ...speech({ ptsUs, durationUs: 20_000 }),
  codec: 'opus',
  key: ptsUs === 0,
  payload: Uint8Array.of(1, 2, 3),
  ...given,
});

/** A decoder that answers when the test says so. */
const start = () => {
  const decoding: ((samples: Int16Array | undefined) => void)[] = [];
  const firsts: boolean[] = [];
  let resets = 0;
  const decoder: SoundDecoder = {
    decode: (_packet, isFirst, onSamples) => {
      firsts.push(isFirst);
      decoding.push(onSamples);
    },
    reset: () => (resets += 1),
    close: () => {},
  };
  const heard: MediaFrame[] = [];
  let droppedUs = 0;
  const intake = createSpeechIntake(decoder, {
    onSpeech: (frame) => heard.push(frame),
    onDropped: (us) => (droppedUs += us),
  });
  return {
    intake,
    heard,
    firsts,
    droppedUs: () => droppedUs,
    resets: () => resets,
    decodeNext: (samples = new Int16Array(480).fill(5)) => decoding.shift()?.(samples),
    failNext: () => decoding.shift()?.(undefined),
  };
};

describe('speech intake', () => {
  it('passes PCM on at once', () => {
    const { intake, heard } = start();
    const frame = speech();

    intake.accept(frame);

    expect(heard).toEqual([frame]);
  });

  it('makes PCM of packets, in their place and exactly as long as they say', () => {
    const { intake, heard, firsts, decodeNext } = start();

    intake.accept(packet(0, { durationUs: 13_500 }));
    intake.accept(packet(13_500, { durationUs: 5_000, sentenceEnd: true }));
    decodeNext(new Int16Array(324).fill(5));
    decodeNext();

    expect(
      heard.map(({ codec, ptsUs, sentenceEnd, payload }) => [codec, ptsUs, sentenceEnd, payload.length]),
    ).toEqual([
      ['pcm_s16le', 0, false, 324 * 2],
      ['pcm_s16le', 13_500, true, 120 * 2],
    ]);
    expect(firsts).toEqual([true, false]);
  });

  it('keeps the order where PCM follows packets that are still being decoded', () => {
    const { intake, heard, decodeNext } = start();

    intake.accept(packet(0));
    intake.accept(speech({ ptsUs: 20_000 }));
    const before = heard.length;
    decodeNext();

    expect(before).toBe(0);
    expect(heard.map(({ ptsUs }) => ptsUs)).toEqual([0, 20_000]);
    expect(intake.waitingUs()).toBe(0);
  });

  it('has silence in place of a packet that cannot be decoded', () => {
    const { intake, heard, failNext } = start();

    intake.accept(packet(0));
    failNext();

    expect([...new Int16Array(heard[0]!.payload.buffer)]).toEqual(Array.from({ length: 480 }, () => 0));
  });

  it('passes nothing on after a cut, and accounts for it', () => {
    const { intake, heard, droppedUs, resets, decodeNext } = start();
    intake.accept(packet(0));
    intake.accept(packet(20_000));

    intake.cut();
    decodeNext();
    decodeNext();

    expect(heard).toEqual([]);
    expect([droppedUs(), resets(), intake.waitingUs()]).toEqual([40_000, 1, 0]);
  });

  it('passes on of a turn only what lies before the place it was taken back to', () => {
    const { intake, heard, droppedUs, decodeNext } = start();
    for (const ptsUs of [0, 20_000, 40_000]) intake.accept(packet(ptsUs));

    intake.discard(1, 25_000);
    for (let n = 0; n < 3; n += 1) decodeNext();

    expect(heard.map(({ ptsUs, durationUs }) => [ptsUs, durationUs])).toEqual([
      [0, 20_000],
      [20_000, 5_000],
    ]);
    expect(droppedUs()).toBe(35_000);
  });
});
