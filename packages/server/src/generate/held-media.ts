import { type MediaItem, sampleRateHz } from '@tth/core';

/**
 * Sound and picture of the sentence that is being made. A file cannot take anything back, and when a voice
 * dies in a sentence some of it is said anew; so a sentence is written when it is complete.
 */
export interface HeldMedia {
  /** What may be written now: nothing, or everything up to the end of a sentence. */
  add(item: MediaItem): readonly MediaItem[];
  /** Forgets what lies after this time. */
  discardAfter(ptsUs: number): void;
  /** What is left at the end. */
  rest(): readonly MediaItem[];
}

const bytesUntil = (us: number): number => Math.max(0, Math.round((us * sampleRateHz) / 1_000_000)) * 2;

/** What of an item lies before this time on its turn's clock. */
export const cutAfter = (item: MediaItem, ptsUs: number): readonly MediaItem[] => {
  if (item.kind !== 'audio') return item.ptsUs < ptsUs ? [item] : [];
  const data = item.data.subarray(0, bytesUntil(ptsUs - item.ptsUs));
  return data.byteLength === 0 ? [] : [{ ...item, data }];
};

export const createHeldMedia = (): HeldMedia => {
  let held: MediaItem[] = [];
  const take = (): readonly MediaItem[] => {
    const items = held.filter(({ data }) => data.byteLength > 0);
    held = [];
    return items;
  };
  return {
    add: (item) => {
      held.push(item);
      return item.sentenceEnd ? take() : [];
    },
    discardAfter: (ptsUs) => {
      held = held.flatMap((item) => cutAfter(item, ptsUs));
    },
    rest: take,
  };
};
