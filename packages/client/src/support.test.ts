import { describe, expect, it } from 'vitest';
import { fitAudio, fitVideo } from './support.ts';

describe('what a client accepts', () => {
  it('is what was asked for where the browser decodes it', async () => {
    await expect(fitVideo(['h264', 'pose'], () => Promise.resolve(true))).resolves.toEqual({
      video: ['h264', 'pose'],
      problem: undefined,
    });
  });

  it('has still pictures in place of video that cannot be decoded, and says so', async () => {
    const fitted = await fitVideo(['h264', 'pose'], (codec) => Promise.resolve(codec === 'pose'));

    expect(fitted.video).toEqual(['pose', 'jpeg']);
    expect(fitted.problem).toMatchObject({ code: 'client.video_failed' });
    expect(fitted.problem?.message).toContain('h264');
  });

  it('takes a decoder that fails to answer for one that cannot', async () => {
    const { video } = await fitVideo(['vp8'], () => Promise.reject(new Error('no such codec')));

    expect(video).toEqual(['jpeg']);
  });
});

describe('sound that a client accepts', () => {
  it.each([
    [['opus', 'pcm_s16le'], true, ['opus', 'pcm_s16le']],
    [['opus'], true, ['opus', 'pcm_s16le']],
    [['opus', 'pcm_s16le'], false, ['pcm_s16le']],
    [['pcm_s16le'], true, ['pcm_s16le']],
  ] as const)('is of %j, where Opus is decoded: %s, %j', async (wanted, isDecoded, accepted) => {
    await expect(fitAudio(wanted, () => Promise.resolve(isDecoded))).resolves.toEqual(accepted);
  });

  it('is PCM where the decoder fails to answer', async () => {
    await expect(fitAudio(['opus'], () => Promise.reject(new Error('no')))).resolves.toEqual(['pcm_s16le']);
  });
});
