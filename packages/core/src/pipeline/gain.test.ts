import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { amplify } from '../control/emulate.ts';
import type { SpeechOutput } from '../plugin/adapter.ts';
import { withGain } from './gain.ts';

const output = (samples: readonly number[]): SpeechOutput => ({
  pcm: Int16Array.from(samples),
  words: [{ text: 'a', startUs: 0, durationUs: 1 }],
  phonemes: [],
  timing: 'measured',
});

describe('gain on speech', () => {
  it('never wraps a sample around, and keeps its sign and the order of loudness', () => {
    const sample = fc.integer({ min: -32_768, max: 32_767 });
    fc.assert(
      fc.property(sample, sample, fc.double({ min: 0, max: 16, noNaN: true }), (one, other, gain) => {
        const [a, b] = amplify(Int16Array.of(one, other), gain) as unknown as [number, number];

        expect(Math.sign(a) === 0 || Math.sign(a) === Math.sign(one)).toBe(true);
        if (one <= other) expect(a).toBeLessThanOrEqual(b);
      }),
    );
  });

  it('is a plain factor where nothing gets loud', () => {
    expect([...amplify(Int16Array.of(1_000, -2_000), 0.5)]).toEqual([500, -1_000]);
    expect([...amplify(Int16Array.of(1_000, -2_000), 2)]).toEqual([2_000, -4_000]);
  });

  it('changes the samples and nothing else', async () => {
    const source = (async function* () {
      yield output([100, 200]);
    })();
    const heard: SpeechOutput[] = [];
    for await (const piece of withGain(source, 2)) heard.push(piece);

    expect(heard).toEqual([output([200, 400])]);
  });

  it('lets its reader leave while the source is still busy', async () => {
    let left = false;
    const source: AsyncIterable<SpeechOutput> = {
      [Symbol.asyncIterator]: () => ({
        next: () => new Promise(() => {}),
        return: () => {
          left = true;
          return Promise.resolve({ done: true, value: undefined });
        },
      }),
    };
    const reader = withGain(source, 2)[Symbol.asyncIterator]();
    void reader.next();

    await reader.return?.();

    expect(left).toBe(true);
  });
});
