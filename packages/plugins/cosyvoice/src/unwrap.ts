import type { Pcm } from '@tth/core/plugin';

/** Between neighbours, in steps of a sample: three quarters of the whole range. No voice jumps so far at 24 kHz. */
const impossibleJump = 49_152;
const span = 65_536;

/**
 * Mends samples that ran over: the server scales without clipping, so that what is beyond full scale comes out at the
 * other end of the range, as a click. To be called with the runs of one sound in order; a run is mended in place.
 */
export const createUnwrapper = (): ((pcm: Pcm) => Pcm) => {
  let before = 0;
  return (pcm) => {
    for (let at = 0; at < pcm.length; at += 1) {
      const sample = pcm[at]!;
      if (sample - before < -impossibleJump) pcm[at] = Math.min(32_767, sample + span);
      else if (sample - before > impossibleJump) pcm[at] = Math.max(-32_768, sample - span);
      before = pcm[at]!;
    }
    return pcm;
  };
};
