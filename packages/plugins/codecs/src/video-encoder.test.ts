import { VideoDecoder, EncodedVideoChunk } from '@napi-rs/webcodecs';
import type { EncodedVideo, VideoEncoderOptions } from '@tth/core/plugin';
import { describe, expect, it } from 'vitest';
import { createVideoEncoder } from './video-encoder.ts';

const size = 96;
const options: VideoEncoderOptions = {
  codec: 'h264',
  format: 'annexb',
  widthPx: size,
  heightPx: size,
  fps: 25,
  bitrate: 800_000,
};
const codecs = ['h264', 'vp8'] as const;

const patches = [
  [220, 40, 40],
  [40, 190, 60],
  [50, 70, 210],
] as const;

/** Three upright stripes in red, green and blue. */
const stripes = (): Uint8Array => {
  const rgba = new Uint8Array(size * size * 4).fill(255);
  for (let pixel = 0; pixel < size * size; pixel++) {
    rgba.set(patches[Math.floor(((pixel % size) * 3) / size)]!, pixel * 4);
  }
  return rgba;
};

const encodeAll = async (frames: number, keyFrames: readonly number[], given: VideoEncoderOptions) => {
  const encoder = await createVideoEncoder(given);
  const out: EncodedVideo[] = [];
  for (let k = 0; k < frames; k++) {
    out.push(...(await encoder.encode(stripes(), k * 40_000, keyFrames.includes(k))));
  }
  out.push(...(await encoder.flush()));
  return { encoder, out };
};

/** The pixel in the middle of each stripe of the last picture, as RGB. */
const decodedPatches = async (video: readonly EncodedVideo[], codec: 'h264' | 'vp8') => {
  let rgba = new Uint8Array();
  const copies: Promise<unknown>[] = [];
  const decoder = new VideoDecoder({
    output: (frame) => {
      const bytes = new Uint8Array(size * size * 4);
      copies.push(frame.copyTo(bytes, { format: 'RGBA' }).then(() => frame.close()));
      rgba = bytes;
    },
    error: (error) => {
      throw error;
    },
  });
  const config = codec === 'h264' ? { codec: 'avc1.640028', avc: { format: 'annexb' } } : { codec };
  decoder.configure({ ...config, codedWidth: size, codedHeight: size });
  for (const { data, key, ptsUs } of video) {
    decoder.decode(new EncodedVideoChunk({ type: key ? 'key' : 'delta', timestamp: ptsUs, data }));
  }
  await decoder.flush();
  await Promise.all(copies);
  decoder.close();
  return patches.map((_, stripe) => {
    const at = ((size / 2) * size + Math.round(((stripe + 0.5) * size) / 3)) * 4;
    return [...rgba.subarray(at, at + 3)];
  });
};

describe.for(codecs)('%s video encoder', (codec) => {
  it('gives every frame back once, in order, with its own time', async () => {
    const { encoder, out } = await encodeAll(30, [], { ...options, codec });
    encoder.close();

    expect(out.map(({ ptsUs }) => ptsUs)).toEqual(Array.from({ length: 30 }, (_, k) => k * 40_000));
  });

  it('hands on each frame with the call that brought it', async () => {
    const encoder = await createVideoEncoder({ ...options, codec });

    const counts: number[] = [];
    for (let k = 0; k < 10; k++) counts.push((await encoder.encode(stripes(), k * 40_000, false)).length);
    encoder.close();

    expect(counts).toEqual(Array.from({ length: 10 }, () => 1));
  });

  it('makes key frames of the first frame and of those that ask for it, and of no other', async () => {
    const { encoder, out } = await encodeAll(30, [7, 20], { ...options, codec });
    encoder.close();

    expect(out.flatMap(({ key }, k) => (key ? [k] : []))).toEqual([0, 7, 20]);
  });

  it('goes on after a flush with a key frame', async () => {
    const { encoder } = await encodeAll(3, [], { ...options, codec });

    const again = [...(await encoder.encode(stripes(), 120_000, false)), ...(await encoder.flush())];
    encoder.close();

    expect(again.map(({ key, ptsUs }) => ({ key, ptsUs }))).toEqual([{ key: true, ptsUs: 120_000 }]);
  });

  it('keeps red, green and blue within 6 levels', async () => {
    const { encoder, out } = await encodeAll(12, [], { ...options, codec });
    encoder.close();

    const seen = await decodedPatches(out, codec);

    const worst = Math.max(...seen.flatMap((rgb, p) => rgb.map((v, c) => Math.abs(v - patches[p]![c]!))));
    expect(worst).toBeLessThanOrEqual(6);
  });

  it('can be closed twice and refuses frames afterwards', async () => {
    const encoder = await createVideoEncoder({ ...options, codec });

    encoder.close();
    encoder.close();

    await expect(encoder.encode(stripes(), 0, true)).rejects.toMatchObject({ code: 'plugin.error' });
    await expect(encoder.flush()).rejects.toMatchObject({ code: 'plugin.error' });
  });
});

describe('h264 stream formats', () => {
  const startsWithStartCode = ({ data }: EncodedVideo): boolean =>
    data[0] === 0 && data[1] === 0 && (data[2] === 1 || (data[2] === 0 && data[3] === 1));

  it('repeats the parameter sets at every key frame of an annexb stream', async () => {
    const { encoder, out } = await encodeAll(6, [4], options);
    encoder.close();

    expect(out.every(startsWithStartCode)).toBe(true);
    expect(out.every(({ description }) => description === undefined)).toBe(true);
    for (const { data } of out.filter(({ key }) => key)) {
      const types = [...data.keys()].filter((i) => data[i] === 0 && data[i + 1] === 0 && data[i + 2] === 1);
      expect(types.map((i) => data[i + 3]! & 31)).toEqual(expect.arrayContaining([7, 8, 5]));
    }
  });

  it('describes an avc stream with its first key frame', async () => {
    const { encoder, out } = await encodeAll(3, [], { ...options, format: 'avc' });
    encoder.close();

    expect(out[0]!.description![0]).toBe(1);
    expect(out.slice(1).every(({ description }) => description === undefined)).toBe(true);
  });

  it('takes pictures of 1024 pixels a side', async () => {
    const side = 1024;
    const encoder = await createVideoEncoder({ ...options, widthPx: side, heightPx: side });

    const out = [
      ...(await encoder.encode(new Uint8Array(side * side * 4), 0, true)),
      ...(await encoder.flush()),
    ];
    encoder.close();

    expect(out).toHaveLength(1);
  });
});

describe('video encoder options', () => {
  it('refuses odd sizes, which no 4:2:0 stream can hold', async () => {
    await expect(createVideoEncoder({ ...options, widthPx: 97 })).rejects.toMatchObject({
      code: 'config.invalid',
    });
  });

  it('refuses a frame of another size', async () => {
    const encoder = await createVideoEncoder(options);

    const refused = encoder.encode(new Uint8Array(16), 0, true);

    await expect(refused).rejects.toMatchObject({ code: 'provider.format_mismatch' });
    encoder.close();
  });
});
