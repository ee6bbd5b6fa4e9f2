import type { Clock } from '../clock.ts';
import { type AudioOutput, type AudioOutputListener, sampleRateHz } from './audio-output.ts';
import { Playout } from './playout.worklet.js';

const blockSamples = 128;
const wakeEveryMs = 20;

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

  const timeS = (): number => (clock.now() - startedAtMs) / 1000;

  const sleep = (): void => {
    timer = clock.setTimeout(wake, wakeEveryMs);
  };

  const wake = (): void => {
    while (((renderedBlocks + 1) * blockSamples) / sampleRateHz <= timeS()) {
      block.fill(0);
      const atS = (renderedBlocks * blockSamples) / sampleRateHz;
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
      isAwake = true;
      renderedBlocks = Math.floor((timeS() * sampleRateHz) / blockSamples);
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
