import { type MediaItem, sampleRateHz } from '@tth/core';

/**
 * The sound of the sentence that is being made. A file cannot take sound back, and when a voice dies in
 * a sentence some of it is said anew; so a sentence is written when it is complete.
 */
export interface HeldSpeech {
  /** The sound that may be written now: nothing, or a whole sentence. */
  add(item: MediaItem): readonly Uint8Array[];
  /** Forgets what lies after this time. */
  discardAfter(ptsUs: number): void;
  /** What is left at the end. */
  rest(): readonly Uint8Array[];
}

const bytesUntil = (us: number): number => Math.max(0, Math.round((us * sampleRateHz) / 1_000_000)) * 2;

export const createHeldSpeech = (): HeldSpeech => {
  let held: { readonly ptsUs: number; readonly data: Uint8Array }[] = [];
  const take = (): readonly Uint8Array[] => {
    const pieces = held.map(({ data }) => data).filter((data) => data.byteLength > 0);
    held = [];
    return pieces;
  };
  return {
    add: (item) => {
      held.push(item);
      return item.sentenceEnd ? take() : [];
    },
    discardAfter: (ptsUs) => {
      held = held.flatMap(({ ptsUs: startUs, data }) => {
        const keep = data.subarray(0, bytesUntil(ptsUs - startUs));
        return keep.byteLength === 0 ? [] : [{ ptsUs: startUs, data: keep }];
      });
    },
    rest: take,
  };
};
