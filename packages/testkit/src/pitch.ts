import { type Pcm, loudness, sampleRateHz } from '@tth/core/plugin';

const frame = 700;
const step = 1_200;
/** 400 Hz and 80 Hz. */
const shortestLag = 60;
const longestLag = 300;
/** Frames below this loudness are pauses. */
const voiced = 0.06;

const lagOf = (pcm: Pcm, from: number): number => {
  let best = { lag: 0, likeness: 0 };
  for (let lag = shortestLag; lag < longestLag; lag++) {
    let product = 0;
    let energy = 1;
    for (let at = from; at < from + frame; at += 2) {
      product += pcm[at]! * pcm[at + lag]!;
      energy += pcm[at + lag]! ** 2;
    }
    const likeness = product / Math.sqrt(energy);
    if (likeness > best.likeness * 1.03) best = { lag, likeness };
  }
  return best.lag;
};

/** The pitch of a voice: that in the middle of all voiced frames, by autocorrelation, from 80 to 400 Hz. */
export const medianPitchHz = (pcm: Pcm): number => {
  const pitches: number[] = [];
  for (let from = 0; from + frame + longestLag < pcm.length; from += step) {
    if (loudness(pcm, from, from + frame) >= voiced) pitches.push(sampleRateHz / lagOf(pcm, from));
  }
  return pitches.sort((a, b) => a - b)[Math.floor(pitches.length / 2)]!;
};
