import { type AvatarSpeech, type EmotionControl, samplesToUs } from '@tth/core/plugin';

/** A sound, or silence where `ipa` is missing. `loud` is 0 to 1, 1 when left out. */
export interface Sound {
  readonly ipa?: string;
  readonly ms: number;
  readonly loud?: number;
}

export interface SpeechOptions {
  readonly chunkMs?: number;
  readonly sentence?: number;
  readonly startMs?: number;
  readonly emotion?: EmotionControl;
  /** False for a voice that gives no phonemes. */
  readonly spelled?: boolean;
}

const samplesPerMs = 24;

/** One sentence in chunks: a 440 Hz tone where there is a sound, silence elsewhere. */
export const speechOf = (sounds: readonly Sound[], options: SpeechOptions = {}): AvatarSpeech[] => {
  const { chunkMs = 100, sentence = 0, startMs = 0, spelled = true } = options;
  const emotion = options.emotion ?? { label: 'neutral', intensity: 0 };
  const totalMs = sounds.reduce((sum, { ms }) => sum + ms, 0);
  const pcm = new Int16Array(totalMs * samplesPerMs);
  const phonemes: { ipa: string; startUs: number; durationUs: number }[] = [];
  let atMs = 0;
  for (const { ipa, ms, loud = 1 } of sounds) {
    if (ipa !== undefined) {
      for (let i = atMs * samplesPerMs; i < (atMs + ms) * samplesPerMs; i++) {
        pcm[i] = 12_000 * loud * Math.sin((i * 2 * Math.PI * 440) / 24_000);
      }
      if (spelled) phonemes.push({ ipa, startUs: (startMs + atMs) * 1000, durationUs: ms * 1000 });
    }
    atMs += ms;
  }

  const chunks: AvatarSpeech[] = [];
  for (let fromMs = 0; fromMs < totalMs; fromMs += chunkMs) {
    const toMs = Math.min(totalMs, fromMs + chunkMs);
    const part = pcm.subarray(fromMs * samplesPerMs, toMs * samplesPerMs);
    const ptsUs = (startMs + fromMs) * 1000;
    const endUs = (startMs + toMs) * 1000;
    chunks.push({
      sentence,
      sentenceEnd: toMs === totalMs,
      ptsUs,
      durationUs: samplesToUs(part.length),
      pcm: part,
      words: [],
      phonemes: phonemes.filter(({ startUs }) => startUs >= ptsUs && startUs < endUs),
      emotion,
    });
  }
  return chunks;
};

/** The chunks as a stream that is always ready; `taken` tells how many were pulled. */
export const streamOf = (chunks: readonly AvatarSpeech[]) => {
  const stream = {
    taken: 0,
    async *[Symbol.asyncIterator](): AsyncGenerator<AvatarSpeech, void, undefined> {
      for (const chunk of chunks) {
        stream.taken += 1;
        yield chunk;
      }
    },
  };
  return stream;
};

/** The chunks, then a wait without end. `isStopped` tells that the stream was told to stop. */
export const endlessStreamOf = (chunks: readonly AvatarSpeech[]) => {
  const stream = {
    isStopped: false,
    [Symbol.asyncIterator]: (): AsyncIterator<AvatarSpeech> => {
      let at = 0;
      return {
        next: () => {
          const value = chunks[at++];
          return value ? Promise.resolve({ done: false, value }) : new Promise(() => {});
        },
        return: async () => {
          stream.isStopped = true;
          return { done: true, value: undefined };
        },
      };
    },
  };
  return stream;
};

/** Everything a stream gives. */
export const collect = async <Item>(items: AsyncIterable<Item>): Promise<Item[]> => {
  const all: Item[] = [];
  for await (const item of items) all.push(item);
  return all;
};
