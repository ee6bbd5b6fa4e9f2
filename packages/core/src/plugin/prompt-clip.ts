import { TthError } from '../domain/errors.ts';
import { readWavHeader } from './wav.ts';

/** What a model that imitates a voice is given to hear. */
export interface PromptClip {
  /** A WAV file. */
  readonly wav: Uint8Array<ArrayBuffer>;
  readonly durationMs: number;
  readonly sampleRateHz: number;
}

const lowestRateHz = 16_000;
const longestMs = 30_000;
/** 3 dB below full scale: what is imitated is about as loud, and must not run over. */
const highestPeak = 23_197;
const bytesPerSample = 2;

const refuse = (problem: string): never => {
  throw new TthError('provider.misconfigured', 'The clip of a voice is not one that can be imitated.', {
    details: { problem },
  });
};

const samplesOf = (wav: Uint8Array<ArrayBuffer>, from: number, byteLength: number): DataView =>
  new DataView(wav.buffer, wav.byteOffset + from, byteLength - (byteLength % bytesPerSample));

const peakOf = (samples: DataView): number => {
  let peak = 0;
  for (let at = 0; at < samples.byteLength; at += bytesPerSample) {
    peak = Math.max(peak, Math.abs(samples.getInt16(at, true)));
  }
  return peak;
};

const scale = (samples: DataView, factor: number): void => {
  for (let at = 0; at < samples.byteLength; at += bytesPerSample) {
    samples.setInt16(at, Math.round(samples.getInt16(at, true) * factor), true);
  }
};

/**
 * Checks a recording of a voice (WAV of 16 bits, 16 kHz or more, 30 s at most) and gives a copy that is 3 dB below
 * full scale at its loudest, so that what is made after it has room. Throws `provider.misconfigured` saying what is
 * wrong with it.
 */
export const readPromptClip = (file: Uint8Array): PromptClip => {
  const wav = Uint8Array.from(file);
  const header = (() => {
    try {
      return readWavHeader(wav);
    } catch {
      return undefined;
    }
  })();
  if (header === undefined) return refuse('It is not a WAV file.');
  const { encoding, sampleRateHz, channels, dataOffset } = header;
  if (encoding === 'other') return refuse('Its samples are not of 16 bits.');
  if (sampleRateHz < lowestRateHz) return refuse('It has less than 16,000 samples per second.');

  const there = wav.byteLength - dataOffset;
  const samples = samplesOf(wav, dataOffset, Math.min(header.dataBytes ?? there, there));
  const durationMs = (samples.byteLength * 1000) / (bytesPerSample * channels * sampleRateHz);
  if (durationMs > longestMs) return refuse('It is longer than 30 s.');
  const peak = peakOf(samples);
  if (peak === 0) return refuse('It is silent.');
  if (peak > highestPeak) scale(samples, highestPeak / peak);
  return { wav, durationMs, sampleRateHz };
};

/** Clips by path, each read and checked once, when it is first needed. */
export interface PromptClips {
  /** Throws `provider.misconfigured` for one that cannot be read or imitated; it is looked for again next time. */
  get(path: string): Promise<PromptClip>;
}

/** `readFile`: that of the platform. */
export const createPromptClips = (readFile: (path: string) => Promise<Uint8Array>): PromptClips => {
  const clips = new Map<string, Promise<PromptClip>>();
  const load = async (path: string): Promise<PromptClip> => {
    const file = await readFile(path).catch((cause: unknown) => {
      throw new TthError('provider.misconfigured', 'The clip of a voice could not be read.', {
        details: { path },
        cause,
      });
    });
    return readPromptClip(file);
  };
  return {
    get: (path) => {
      const loading = clips.get(path) ?? load(path);
      clips.set(path, loading);
      loading.catch(() => clips.delete(path));
      return loading;
    },
  };
};
