import { describe, expect, it } from 'vitest';
import { fitVideo } from './support.ts';

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
