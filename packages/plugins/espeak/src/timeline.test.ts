import type { EspeakEvent } from '@echogarden/espeak-ng-emscripten';
import { describe, expect, it } from 'vitest';
import { findWords } from './text.ts';
import { createTimeline, espeakRateHz } from './timeline.ts';
import type { SpokenPiece } from './wire.ts';

const samples = (ms: number): number => Math.round((ms * espeakRateHz) / 1000);
const tone = (ms: number): Int16Array =>
  Int16Array.from({ length: samples(ms) }, (_, at) => 9000 * Math.sin(at / 10));
const silence = (ms: number): Int16Array => new Int16Array(samples(ms));
const at = (
  type: EspeakEvent['type'],
  ms: number,
  { id, position = 0 }: { id?: string; position?: number } = {},
): EspeakEvent => ({ type, audio_position: ms, text_position: position, id });

const start = (text: string, pauseMs = 0) => {
  const pieces: SpokenPiece[] = [];
  const timeline = createTimeline({
    words: findWords(text, 'en'),
    pauseMs,
    onPiece: (piece) => pieces.push(piece),
  });
  const words = () =>
    pieces
      .flatMap((piece) => piece.words)
      .map(({ text, startUs, durationUs }) => [text, startUs / 1000, durationUs / 1000]);
  const lengthMs = () => pieces.reduce((sum, { pcm }) => sum + pcm.length, 0) / 24;
  return { timeline, pieces, words, lengthMs };
};

describe('timeline', () => {
  it('cuts the silence at both ends, adds the pause and moves every time along', () => {
    const { timeline, pieces, words, lengthMs } = start('yes', 150);

    timeline.push(silence(100), [at('word', 100, { position: 1 }), at('phoneme', 100, { id: 'j' })]);
    timeline.push(tone(100), [at('phoneme', 150, { id: 'ɛ' })]);
    timeline.push(silence(100), [at('phoneme', 200), at('end', 200)]);
    timeline.finish();

    expect(lengthMs()).toBeCloseTo(250, 0);
    expect(words()).toEqual([['yes', 0, 100]]);
    expect(pieces.flatMap(({ phonemes }) => phonemes)).toEqual([
      { ipa: 'j', startUs: 0, durationUs: 50_000 },
      { ipa: 'ɛ', startUs: 50_000, durationUs: 50_000 },
    ]);
  });

  it('holds sound back until the length of the word in it is known', () => {
    const { timeline, pieces, words } = start('one two');

    timeline.push(tone(100), [at('word', 0, { position: 1 })]);
    timeline.push(tone(100), []);
    expect(pieces).toEqual([]);

    timeline.push(tone(100), [at('word', 200, { position: 5 })]);
    expect(pieces).toHaveLength(2);
    expect(words()).toEqual([['one', 0, 200]]);
  });

  it('leaves the silence between two words to neither of them', () => {
    const { timeline, words } = start('one, two');

    timeline.push(tone(100), [at('word', 0, { position: 1 }), at('phoneme', 0, { id: 'w' })]);
    timeline.push(silence(100), [at('phoneme', 100)]);
    timeline.push(tone(100), [at('word', 200, { position: 6 }), at('phoneme', 200, { id: 't' })]);
    timeline.finish();

    expect(words()).toEqual([
      ['one', 0, 100],
      ['two', 200, 100],
    ]);
  });

  it('shares the time of words that were spoken as one by their number of letters', () => {
    const { timeline, words } = start('out of the box');

    timeline.push(tone(300), [at('word', 0, { position: 1 })]);
    timeline.push(tone(100), [at('word', 300, { position: 12 })]);
    timeline.finish();

    expect(words().map(([text]) => text)).toEqual(['out', 'of', 'the', 'box']);
    expect(words()[1]).toEqual(['of', 112.5, 75]);
  });

  it('puts together what was spoken of one word', () => {
    const { timeline, words } = start('42');

    timeline.push(tone(100), [at('word', 0, { position: 1 })]);
    timeline.push(tone(100), [at('word', 100, { position: 2 })]);
    timeline.finish();

    expect(words()).toEqual([['42', 0, 200]]);
  });

  it('names a lone sign only when it was spoken', () => {
    const spoken = start('R & D');
    const unspoken = start('R & D');

    spoken.timeline.push(tone(100), [
      at('word', 0, { position: 1 }),
      at('word', 50, { position: 3 }),
      at('word', 80, { position: 5 }),
    ]);
    unspoken.timeline.push(tone(100), [at('word', 0, { position: 1 }), at('word', 80, { position: 5 })]);
    spoken.timeline.finish();
    unspoken.timeline.finish();

    expect(spoken.words().map(([text]) => text)).toEqual(['R', '&', 'D']);
    expect(unspoken.words().map(([text]) => text)).toEqual(['R', 'D']);
  });

  it('makes nothing of a run without a sound', () => {
    const { timeline, pieces } = start('...', 200);

    timeline.push(silence(300), [at('phoneme', 0), at('end', 300)]);
    timeline.finish();

    expect(pieces).toEqual([]);
  });
});
