import type { Clock } from '../clock.ts';
import { type AudioOutput, type AudioOutputListener, sampleRateHz } from './audio-output.ts';
import { Playout } from './playout.worklet.js';

const blockSamples = 128;
const wakeEveryMs = 20;
/** Timers of a hidden page come once a second; after a longer pause the page was asleep, and its sound was too. */
const mostCatchUpMs = 1_500;

/**
 * Plays into nothing at the pace of a loudspeaker, so that picture, captions and credit go on where a browser gives
 * no sound. With a simulated clock it is the loudspeaker of the tests.
 */
export const createSilentOutput = (clock: Clock): AudioOutput => {
  const playout = new Playout(sampleRateHz);
  const block = new Float32Array(blockSamples);
  let listener: AudioOutputListener | undefined;
  let timer: unknown;
  let isAwake = false;
  let renderedBlocks = 0;
  let startedAtMs = 0;

  const renderedS = (): number => (renderedBlocks * blockSamples) / sampleRateHz;

  /** Like a loudspeaker's, this clock stands still while the page sleeps. */
  const timeS = (): number => {
    const s = (clock.now() - startedAtMs) / 1000;
    if (!isAwake || s - renderedS() <= mostCatchUpMs / 1000) return s;
    const continueAtS = renderedS() + wakeEveryMs / 1000;
    startedAtMs += (s - continueAtS) * 1000;
    return continueAtS;
  };

  const sleep = (): void => {
    timer = clock.setTimeout(wake, wakeEveryMs);
  };

  const wake = (): void => {
    const nowS = timeS();
    while (renderedS() + blockSamples / sampleRateHz <= nowS) {
      block.fill(0);
      const atS = renderedS();
      playout.render(block, atS);
      renderedBlocks += 1;
      const report = playout.takeReport(atS);
      if (report !== undefined) listener?.onReport(report);
    }
    isAwake = playout.isWorking;
    if (isAwake) sleep();
  };

  return {
    listen: (to) => {
      listener = to;
      startedAtMs = clock.now();
    },
    enable: () => Promise.resolve(),
    post: (command) => {
      playout.accept(command);
      if (isAwake) return;
      renderedBlocks = Math.floor((timeS() * sampleRateHz) / blockSamples);
      isAwake = true;
      sleep();
    },
    setVolume: () => {},
    heardTimeS: timeS,
    close: () => {
      isAwake = true;
      if (timer !== undefined) clock.clearTimeout(timer);
      return Promise.resolve();
    },
  };
};
