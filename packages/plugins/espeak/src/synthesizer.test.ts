import { beforeAll, describe, expect, it } from 'vitest';
import { speak } from './speak.ts';
import { loadSynthesizer, type Synthesizer } from './synthesizer.ts';
import type { SpeakRequest, SpokenPiece } from './wire.ts';

const hello: SpeakRequest = {
  text: 'Hello there, my friend. It is a fine day for a long walk.',
  language: 'en',
  voice: 'en-us+f2',
  wordsPerMinute: 175,
  pitch: 50,
  range: 50,
  volume: 100,
  pauseMs: 0,
};

describe('synthesizer', () => {
  let synthesizer: Synthesizer;
  beforeAll(async () => {
    synthesizer = await loadSynthesizer();
  });

  const bytesOf = (request: SpeakRequest): Buffer => {
    const sounds: Buffer[] = [];
    synthesizer.speak(request, (sound) => {
      sounds.push(Buffer.from(sound.buffer));
      return false;
    });
    return Buffer.concat(sounds);
  };

  it('makes the same bytes again, whatever it spoke in between', () => {
    const first = bytesOf(hello);

    bytesOf({ ...hello, text: 'Ganz etwas anderes, und leiser.', voice: 'de+Michael', volume: 40 });
    synthesizer.speak(hello, () => true);

    expect(bytesOf(hello).equals(first)).toBe(true);
  });

  it('stops at the piece whose listener says so', () => {
    let pieces = 0;

    synthesizer.speak(hello, () => {
      pieces++;
      return pieces === 2;
    });

    expect(pieces).toBe(2);
  });

  it('takes the longest part of the widest letters and is itself again', () => {
    const first = bytesOf(hello);

    bytesOf({ ...hello, text: '語'.repeat(200), voice: 'cmn+f2' });

    expect(bytesOf(hello).equals(first)).toBe(true);
  });

  it('fails on a voice that it does not have', () => {
    expect(() => synthesizer.speak({ ...hello, voice: 'xx+f2' }, () => false)).toThrow('xx+f2');
  });

  it('gives no piece more once its request is cancelled, even in the middle of a word', () => {
    const pieces: SpokenPiece[] = [];
    const countUntil = (cancelledAfter: number): number => {
      pieces.length = 0;
      speak(
        synthesizer,
        hello,
        () => pieces.length >= cancelledAfter,
        (piece) => pieces.push(piece),
      );
      return pieces.length;
    };

    expect(countUntil(0)).toBe(0);
    expect(countUntil(1)).toBeLessThan(10);
    expect(countUntil(Number.POSITIVE_INFINITY)).toBeGreaterThan(30);
  });
});
