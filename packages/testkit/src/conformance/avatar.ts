import {
  type AvatarAdapter,
  type AvatarControl,
  type AvatarInput,
  type AvatarOutput,
  type AvatarSpeech,
  type AvatarText,
  type EmotionControl,
  type PictureCodec,
  type PictureFrame,
  neutralControls,
  sampleRateHz,
  samplesToUs,
} from '@tth/core/plugin';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createInferContext } from '../inference-context.ts';
import type { StartedAdapter } from '../start-adapter.ts';
import { beginningIn, spreadWords, toneAt } from '../tone.ts';
import { type Call, collect, sharedConformance } from './shared.ts';

const text = 'Hello there, it is good to see you.';
const speechMs = 1_330;
const chunkSamples = (sampleRateHz * 40) / 1000;
const emotion: EmotionControl = { label: 'happy', intensity: 0.5 };
const isInterCoded = (codec: PictureCodec): boolean => codec === 'h264' || codec === 'vp8';

/** Two sentences of a tone, as the engine hands speech to a face: 40 ms at a time. */
async function* speech(totalMs = speechMs): AsyncGenerator<AvatarSpeech, void> {
  const total = Math.round((totalMs * sampleRateHz) / 1000);
  const words = spreadWords(text, samplesToUs(total));
  for (let at = 0; at < total; at += chunkSamples) {
    const samples = Math.min(chunkSamples, total - at);
    const ptsUs = samplesToUs(at);
    const endUs = samplesToUs(at + samples);
    yield {
      sentence: at < total / 2 ? 0 : 1,
      sentenceEnd: at + samples === total,
      ptsUs,
      durationUs: endUs - ptsUs,
      pcm: toneAt(at, samples),
      words: beginningIn(words, ptsUs, endUs),
      phonemes: beginningIn(words, ptsUs, endUs).map((word) => ({ ...word, ipa: 'ɑ' })),
      emotion,
    };
  }
}

async function* sentences(totalMs = speechMs): AsyncGenerator<AvatarText, void> {
  if (totalMs === 0) return;
  yield { sentence: 0, text, emotion };
  yield { sentence: 1, text: 'And now good night.', emotion };
}

const inputOf = (adapter: AvatarAdapter, totalMs?: number): AvatarInput =>
  adapter.capabilities().input === 'audio'
    ? { kind: 'audio', speech: speech(totalMs) }
    : { kind: 'text', sentences: sentences(totalMs) };

const { personaId: _, ...character } = neutralControls.character;
const controlOf = (codec: PictureCodec, more: Partial<AvatarControl> = {}): AvatarControl => ({
  ...neutralControls.render,
  widthPx: 128,
  heightPx: 128,
  codec,
  character,
  takeKeyFrameRequest: () => false,
  ...more,
});

const picturesOf = (items: readonly AvatarOutput[]): PictureFrame[] =>
  items.flatMap((item) => (item.type === 'picture' ? [item.frame] : []));

const soundMs = (items: readonly AvatarOutput[]): number =>
  items.reduce((sum, item) => (item.type === 'audio' ? sum + samplesToUs(item.pcm.length) / 1000 : sum), 0);

/** The promises of every face, for each of its `codecs`. `make` starts the adapter under test; it is closed at the end. */
export const avatarConformance = (
  name: string,
  make: () => Promise<StartedAdapter<AvatarAdapter>>,
  codecs: readonly PictureCodec[],
): void => {
  describe.each(codecs)(`${name} keeps the promises of a face, as %s`, (codec) => {
    let started: StartedAdapter<AvatarAdapter>;
    beforeAll(async () => {
      started = await make();
    });
    afterAll(() => started.close());
    const show =
      (more?: Partial<AvatarControl>, totalMs?: number): Call<AvatarOutput> =>
      (context) =>
        started.adapter.inferStream(inputOf(started.adapter, totalMs), controlOf(codec, more), context);

    sharedConformance('avatar', { started: () => started, call: () => show() });

    it('lists the codec among its deliveries', () => {
      expect(started.adapter.capabilities().delivery).toContain(codec);
    });

    it('tells the format before the first picture, once', async () => {
      const items = await collect(show());
      const formats = items.flatMap((item) => (item.type === 'format' ? [item.format] : []));

      expect(items[0]?.type).toBe('format');
      expect(formats).toHaveLength(1);
      expect(formats[0]).toMatchObject({ codec, fps: expect.any(Number) });
      if (codec === 'pose') expect(formats[0]?.channels?.length).toBeGreaterThan(0);
    });

    it('covers the whole speech with pictures, from 0 on and without a gap', async () => {
      const items = await collect(show());
      const pictures = picturesOf(items);
      const endMs = soundMs(items) || speechMs;

      let nextUs = 0;
      for (const { ptsUs, durationUs, data } of pictures) {
        expect(Math.abs(ptsUs - nextUs)).toBeLessThanOrEqual(1);
        expect(durationUs).toBeGreaterThan(0);
        expect(data.byteLength).toBeGreaterThan(0);
        nextUs = ptsUs + durationUs;
      }
      expect(nextUs / 1000).toBeGreaterThanOrEqual(endMs - 1);
      expect(nextUs / 1000).toBeLessThan(endMs + 1_000);
    });

    it('begins with a picture that can be seen without any other', async () => {
      const [first, ...rest] = picturesOf(await collect(show()));

      expect(first?.key).toBe(true);
      if (!isInterCoded(codec)) expect(rest.every(({ key }) => key)).toBe(true);
    });

    it.runIf(isInterCoded(codec))('gives a key picture soon after one is asked for', async () => {
      let asked = 0;
      let requests = 0;
      const takeKeyFrameRequest = (): boolean => {
        const wanted = requests > 0;
        requests = 0;
        return wanted;
      };
      const keys: number[] = [];
      let count = 0;
      for await (const item of show({ takeKeyFrameRequest }, 3_000)(createInferContext())) {
        if (item.type !== 'picture') continue;
        if (item.frame.key) keys.push(count);
        count += 1;
        if (count === 12) {
          asked = count;
          requests = 1;
        }
      }

      expect(keys.some((at) => at >= asked && at <= asked + 25)).toBe(true);
    });

    it('takes odd sizes and says which it made of them', async () => {
      const { min, max } = started.adapter.capabilities().controls.sizePx;
      const odd = Math.min(max, Math.max(min, 131));
      const items = await collect(show({ widthPx: odd, heightPx: odd + 2 }, 200));
      const format = items.find((item) => item.type === 'format')?.format;

      expect(Math.abs((format?.widthPx ?? 0) - odd)).toBeLessThanOrEqual(16);
      expect(picturesOf(items).length).toBeGreaterThan(0);
    });

    it('shows little or nothing for no speech at all', async () => {
      const items = await collect(show({}, 0));

      expect(picturesOf(items).reduce((sum, { durationUs }) => sum + durationUs, 0)).toBeLessThanOrEqual(
        1_000_000,
      );
    });

    it('gives as many pictures in one batch as in a stream', async () => {
      const control = controlOf(codec);
      const batch = await started.adapter.inferBatch(inputOf(started.adapter), control, createInferContext());

      expect(picturesOf(batch).map(({ ptsUs }) => ptsUs)).toEqual(
        picturesOf(await collect(show())).map(({ ptsUs }) => ptsUs),
      );
    });

    it('shows two speeches at once', async () => {
      const [one, two] = await Promise.all([collect(show()), collect(show())]);

      expect(picturesOf(one).length).toBe(picturesOf(two).length);
    });

    it('can be closed twice', async () => {
      const other = await make();

      await other.close();
      await other.adapter.close();

      expect(other.adapter.id).toBe(started.adapter.id);
    });
  });
};
