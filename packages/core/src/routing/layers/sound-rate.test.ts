import { describe, expect, it } from 'vitest';
import { isTthError } from '../../domain/errors.ts';
import type { AvatarOutput, LlmOutput, SpeechOutput } from '../../plugin/adapter.ts';
import { itemSize } from './item-size.ts';
import { type Layer, throughLayers } from './layer.ts';
import { soundRate } from './sound-rate.ts';

const never = new AbortController().signal;

interface Run {
  readonly samples: number;
  readonly declaredMs?: number;
  readonly wordsMs?: readonly (readonly [startMs: number, durationMs: number])[];
}

const speech = ({ samples, declaredMs, wordsMs = [] }: Run): SpeechOutput => ({
  pcm: new Int16Array(samples).fill(9),
  words: wordsMs.map(([startMs, durationMs]) => ({
    text: 'word',
    startUs: startMs * 1000,
    durationUs: durationMs * 1000,
  })),
  phonemes: [],
  timing: 'measured',
  ...(declaredMs !== undefined && { declaredUs: declaredMs * 1000 }),
});

/** What passes of these items, and what they end with. */
const pass = async <Item>(items: readonly Item[], layer: Layer<Item>): Promise<[Item[], string]> => {
  async function* provider(): AsyncGenerator<Item, void> {
    yield* items;
  }
  const passed: Item[] = [];
  try {
    for await (const item of throughLayers(provider, [layer], never)) passed.push(item);
    return [passed, 'ended'];
  } catch (error) {
    return [passed, isTthError(error) ? error.code : 'other'];
  }
};
const play = async (runs: readonly Run[]): Promise<[passedMs: number, end: string]> => {
  const [passed, end] = await pass(runs.map(speech), soundRate);
  return [passed.reduce((sum, { pcm }) => sum + pcm.length / 24, 0), end];
};

/** A second of sound in runs that a provider says are 40 ms long. */
const madeAt = (rateHz: number): Run[] =>
  Array.from({ length: 25 }, () => ({ samples: (rateHz * 40) / 1000, declaredMs: 40 }));

describe('A9: sound of a wrong rate', () => {
  it.each([8_000, 16_000, 22_050, 32_000, 44_100, 48_000])(
    'made at %i Hz is refused before half a second of it has passed',
    async (rateHz) => {
      const [passedMs, end] = await play(madeAt(rateHz));

      expect(end).toBe('provider.format_mismatch');
      expect(passedMs).toBeLessThan(500);
    },
  );

  it.each([
    { what: 'of the right rate', runs: madeAt(24_000) },
    { what: 'a little off', runs: madeAt(23_000) },
    { what: 'of which nothing is known', runs: [{ samples: 24_000 }] },
    {
      what: 'with words inside it',
      runs: [
        {
          samples: 24_000,
          wordsMs: [
            [0, 400],
            [400, 590],
          ] as const,
        },
      ],
    },
    {
      what: 'with a last word that ends a little late',
      runs: [{ samples: 24_000, wordsMs: [[0, 1_400]] as const }],
    },
    { what: 'with silence after its words', runs: [{ samples: 48_000, wordsMs: [[0, 300]] as const }] },
    {
      what: 'with word times that jump by ten seconds',
      runs: [
        {
          samples: 24_000,
          wordsMs: [
            [0, 300],
            [10_300, 300],
            [-9_000, 300],
          ] as const,
        },
      ],
    },
  ])('is not what sound $what is', async ({ runs }) => {
    expect((await play(runs))[1]).toBe('ended');
  });

  it('is told at the end by words that were spoken longer than the sound', async () => {
    const wordsMs = Array.from({ length: 10 }, (_, at) => [at * 300, 300] as const);

    expect((await play([{ samples: 48_000, wordsMs }]))[1]).toBe('provider.format_mismatch');
  });

  it('is found in the middle of a sentence, too', async () => {
    const [passedMs, end] = await play([...madeAt(24_000), ...madeAt(16_000)]);

    expect(end).toBe('provider.format_mismatch');
    expect(passedMs).toBeLessThan(1_500);
  });
});

describe('A16: an item larger than 1 MiB', () => {
  const text = (length: number): LlmOutput => ({ type: 'text_delta', text: 'a'.repeat(length) });
  const picture = (length: number): AvatarOutput => ({
    type: 'picture',
    frame: { codec: 'jpeg', key: true, ptsUs: 0, durationUs: 1, data: new Uint8Array(length) },
  });

  it.each([
    { stage: 'llm' as const, small: text(1_048_576), large: text(1_048_577) },
    { stage: 'tts' as const, small: speech({ samples: 524_288 }), large: speech({ samples: 524_289 }) },
    { stage: 'avatar' as const, small: picture(1_048_576), large: picture(1_048_577) },
  ])('is no item of a $stage', async ({ stage, small, large }) => {
    const [passed, end] = await pass<unknown>([small, large], itemSize(stage));

    expect([passed.length, end]).toEqual([1, 'provider.protocol_error']);
  });
});
