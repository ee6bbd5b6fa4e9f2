import { type AvatarSpeech, neutralControls } from '@tth/core/plugin';
import { createInferContext, startAdapter, toneAt } from '@tth/testkit';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import plugin from '../src/index.ts';
import { startVendor } from './fake-vendor.ts';

async function* speech(): AsyncGenerator<AvatarSpeech, void> {
  yield {
    sentence: 0,
    sentenceEnd: true,
    ptsUs: 0,
    durationUs: 100_000,
    pcm: toneAt(0, 2_400),
    words: [],
    phonemes: [],
    emotion: neutralControls.emotion,
  };
}

describe('acme-plugin when its vendor fails', () => {
  let vendor: Awaited<ReturnType<typeof startVendor>>;
  let started: Awaited<ReturnType<typeof startAdapter<'avatar'>>>;
  beforeAll(async () => {
    vendor = await startVendor();
    started = await startAdapter(plugin, 'avatar', 'acme-plugin', { options: { baseUrl: vendor.baseUrl } });
  });
  afterAll(async () => {
    await started.close();
    await vendor.close();
  });
  const show = async (): Promise<void> => {
    const { personaId: _, ...character } = neutralControls.character;
    const control = {
      ...neutralControls.render,
      codec: 'pose' as const,
      character,
      takeKeyFrameRequest: () => false,
    };
    const input = { kind: 'audio' as const, speech: speech() };
    for await (const _ of started.adapter.inferStream(input, control, createInferContext()));
  };

  it.each([
    [{ status: 401 } as const, 'provider.misconfigured'],
    [{ status: 429 } as const, 'provider.rate_limited'],
    [{ status: 500 } as const, 'provider.unavailable'],
    ['cut' as const, 'provider.unavailable'],
  ])('says of %j that it is %s', async (fault, code) => {
    vendor.play(fault);

    await expect(show()).rejects.toMatchObject({ code });
  });
});
