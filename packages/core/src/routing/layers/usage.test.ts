import { describe, expect, it } from 'vitest';
import { throughLayers } from './layer.ts';
import { type UsageMeter, createUsageMeter } from './usage.ts';

const never = new AbortController().signal;

/** One call that gives `items`, of which the reader takes as many as it wants. */
const play = async (
  { layer }: ReturnType<UsageMeter['call']>,
  items: readonly unknown[],
  takes = items.length,
): Promise<void> => {
  async function* open() {
    yield* items;
  }
  let taken = 0;
  for await (const _ of throughLayers(open, [layer], never)) {
    taken += 1;
    if (taken === takes) break;
  }
};

const sound = (ms: number) => ({ pcm: new Int16Array(ms * 24), words: [], phonemes: [], timing: 'measured' });

describe('usage of a provider', () => {
  it('is what a model says that it took in and gave out', async () => {
    const meter = createUsageMeter();

    await play(meter.call('llm', {}), [
      { type: 'text_delta', text: 'Hi' },
      { type: 'usage', inputTokens: 12, outputTokens: 3 },
    ]);
    await play(meter.call('llm', {}), [{ type: 'usage', inputTokens: 8, outputTokens: 1 }]);

    expect(meter.totals).toEqual({ input_tokens: 20, output_tokens: 4 });
  });

  it('is the text that a voice was given and the sound that it made, also when it is stopped early', async () => {
    const meter = createUsageMeter();

    await play(meter.call('tts', { text: 'Hello there' }), [sound(40), sound(40), sound(40)], 2);

    expect(meter.totals).toEqual({ characters: 11, audio_ms: 80 });
  });

  it('is the length of the picture that a face drew', async () => {
    const meter = createUsageMeter();
    const picture = { type: 'picture', frame: { durationUs: 40_000 } };

    await play(meter.call('avatar', {}), [{ type: 'format' }, picture, picture]);

    expect(meter.totals).toEqual({ video_ms: 80 });
  });

  it('is what an adapter reports where it knows better, instead of what can be seen', async () => {
    const meter = createUsageMeter();
    const call = meter.call('tts', { text: 'Hello there' });

    call.report({ unit: 'characters', amount: 25 });
    await play(call, [sound(40)]);

    expect(meter.totals).toEqual({ characters: 25, audio_ms: 40 });
  });

  it('takes the word of an adapter that reports after its call was stopped', async () => {
    const meter = createUsageMeter();
    const call = meter.call('tts', { text: 'Hello there' });

    await play(call, [sound(40), sound(40)], 1);
    call.report({ unit: 'audio_ms', amount: 60 });
    call.report({ unit: 'audio_ms', amount: 5 });

    expect(meter.totals).toEqual({ characters: 11, audio_ms: 65 });
  });
});
