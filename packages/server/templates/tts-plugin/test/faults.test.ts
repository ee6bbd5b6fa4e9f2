import { neutralControls } from '@tth/core/plugin';
import { createInferContext, startAdapter } from '@tth/testkit';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import plugin from '../src/index.ts';
import { startVendor } from './fake-vendor.ts';

describe('acme-plugin when its vendor fails', () => {
  let vendor: Awaited<ReturnType<typeof startVendor>>;
  let started: Awaited<ReturnType<typeof startAdapter<'tts'>>>;
  beforeAll(async () => {
    vendor = await startVendor();
    started = await startAdapter(plugin, 'tts', 'acme-plugin', { options: { baseUrl: vendor.baseUrl } });
  });
  afterAll(async () => {
    await started.close();
    await vendor.close();
  });
  const speak = async (): Promise<void> => {
    const input = { text: 'Good morning to you.', previousText: '', nextText: '' };
    const { personaId: _, ...character } = neutralControls.character;
    const control = { ...character, emotion: neutralControls.emotion };
    for await (const _ of started.adapter.inferStream(input, control, createInferContext()));
  };

  it.each([
    [{ status: 401 } as const, 'provider.misconfigured'],
    [{ status: 429 } as const, 'provider.rate_limited'],
    [{ status: 500 } as const, 'provider.unavailable'],
    ['cut' as const, 'provider.unavailable'],
  ])('says of %j that it is %s', async (fault, code) => {
    vendor.play(fault);

    await expect(speak()).rejects.toMatchObject({ code });
  });
});
