import { describe, expect, it } from 'vitest';
import type { MediaItem } from '../domain/media.ts';
import { createVoicePace } from './voice-pace.ts';

const piece = (durationMs: number, sentence = 0, sentenceEnd = false): MediaItem => ({
  kind: 'audio',
  codec: 'pcm_s16le',
  turn: 1,
  epoch: 1,
  sentence,
  ptsUs: 0,
  durationUs: durationMs * 1000,
  key: true,
  sentenceEnd,
  data: new Uint8Array(0),
});

/** A voice that gives pieces of 40 ms, each after `everyMs`, and the verdict after each on what is there by then. */
const verdicts = (
  everyMs: number,
  count: number,
  { heldBack = false, sentence = 0, pace = createVoicePace(600, 2_000) } = {},
) => {
  const found: string[] = [];
  for (let n = 0; n < count; n += 1) {
    const nowMs = sentence * 100_000 + n * everyMs;
    pace.arrived(piece(40, sentence), nowMs, heldBack);
    found.push(pace.verdict(sentence, (n + 1) * 40, nowMs));
  }
  return { found, pace };
};

describe('the pace of a voice', () => {
  it('shows with its second piece: one that keeps up may begin', () => {
    expect(verdicts(0, 3).found).toEqual(['unknown', 'ready', 'ready']);
    expect(verdicts(40, 3).found).toEqual(['unknown', 'ready', 'ready']);
  });

  it('is too slow until enough speech waits for a sentence of usual length', () => {
    const { found } = verdicts(57, 40);

    expect(found[0]).toBe('unknown');
    expect(found.slice(1, 28).every((verdict) => verdict === 'slow')).toBe(true);
    expect(found.indexOf('ready') * 40).toBeGreaterThanOrEqual(600);
    expect(found.at(-1)).toBe('ready');
  });

  it('is remembered for the next sentence, and forgotten when that comes quickly', () => {
    const { pace } = verdicts(57, 20);

    const { found } = verdicts(20, 10, { sentence: 1, pace });

    expect(found.slice(0, 2)).toEqual(['unknown', 'slow']);
    expect(found.at(-1)).toBe('ready');
  });

  it('does not matter for a sentence that is complete', () => {
    const { pace } = verdicts(200, 3);
    pace.arrived(piece(0, 0, true), 700, false);

    expect(pace.verdict(0, 120, 700)).toBe('ready');
  });

  it('is not blamed for what it was kept from', () => {
    const { found } = verdicts(400, 3, { heldBack: true });

    expect(found).toEqual(['ready', 'ready', 'ready']);
  });

  it('begins anew with a sentence that was taken back', () => {
    const { pace } = verdicts(0, 3);
    pace.arrived(piece(0, 0, true), 0, false);

    pace.rewind(0);

    expect(pace.verdict(0, 0, 10)).not.toBe('ready');
  });
});
