import type { PlayoutQueue } from './audio-output.ts';

/** Speech in, blocks of sound out. The module also registers itself where it runs as an AudioWorklet. */
export const Playout: new (sampleRateHz: number) => PlayoutQueue;
