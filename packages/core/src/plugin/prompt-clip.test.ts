import { wavFile } from '@tth/testkit';
import { describe, expect, it } from 'vitest';
import { createPromptClips, readPromptClip } from './prompt-clip.ts';
import { readWavHeader } from './wav.ts';

const tone = (seconds: number, rateHz: number, peak: number): Int16Array =>
  Int16Array.from({ length: seconds * rateHz }, (_, at) => Math.round(peak * Math.sin(at / 10)));

const peakOf = (wav: Uint8Array): number => {
  const { dataOffset } = readWavHeader(wav)!;
  return Math.max(...new Int16Array(wav.slice(dataOffset).buffer).map(Math.abs));
};

describe('a clip to imitate', () => {
  it('is told with its length and rate', () => {
    const clip = readPromptClip(wavFile(tone(3, 16_000, 9_000), 16_000));

    expect(clip).toMatchObject({ durationMs: 3_000, sampleRateHz: 16_000 });
  });

  it('is made quieter where it leaves no room, and is left alone where it does', () => {
    const loud = wavFile(tone(1, 24_000, 32_767), 24_000);
    const quiet = wavFile(tone(1, 24_000, 9_000), 24_000);

    expect(peakOf(readPromptClip(loud).wav)).toBe(23_197);
    expect(peakOf(loud)).toBeGreaterThan(32_000);
    expect(readPromptClip(quiet).wav).toEqual(new Uint8Array(quiet));
  });

  it.each([
    ['another kind of file', Buffer.from('ID3 this is no WAV'), 'It is not a WAV file.'],
    ['nothing', Buffer.alloc(0), 'It is not a WAV file.'],
    ['silence', wavFile(new Int16Array(24_000), 24_000), 'It is silent.'],
    ['too low a rate', wavFile(tone(1, 8_000, 9_000), 8_000), 'It has less than 16,000 samples per second.'],
    ['too much of it', wavFile(tone(31, 16_000, 9_000), 16_000), 'It is longer than 30 s.'],
  ])('is refused where it is %s', (_name, file, problem) => {
    expect(() => readPromptClip(file)).toThrow(
      expect.objectContaining({ code: 'provider.misconfigured', details: { problem } }),
    );
  });
});

describe('clips by path', () => {
  const file = wavFile(tone(1, 24_000, 9_000), 24_000);

  it('are read once, however often they are asked for', async () => {
    const paths: string[] = [];
    const clips = createPromptClips(async (path) => {
      paths.push(path);
      return file;
    });

    const [one, same] = await Promise.all([clips.get('mira.wav'), clips.get('mira.wav')]);

    expect(same).toBe(one);
    expect(paths).toEqual(['mira.wav']);
  });

  it('are looked for again where they could not be read', async () => {
    const found: Uint8Array[] = [];
    const clips = createPromptClips(async () => found[0] ?? Promise.reject(new Error('no such file')));

    await expect(clips.get('mira.wav')).rejects.toMatchObject({
      code: 'provider.misconfigured',
      details: { path: 'mira.wav' },
    });
    found.push(file);

    await expect(clips.get('mira.wav')).resolves.toMatchObject({ durationMs: 1_000 });
  });
});
