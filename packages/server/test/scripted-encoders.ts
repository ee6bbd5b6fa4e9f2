import type { OpusEncoders, OpusListener } from '../src/sound/opus-encoders.ts';

const packetSamples = 480;
const preSkip = 156;

/** Encoders whose packets come out one by one, when the test says so. A packet's byte is its number in its run. */
export const createScriptedEncoders = () => {
  const out: (() => void)[] = [];
  let listener: OpusListener | undefined;
  let isReleased = false;
  let samples = 0;
  let packets = 0;

  const putPackets = (count: number): void => {
    while (packets < count) {
      const data = Uint8Array.of(packets);
      packets += 1;
      out.push(() => listener?.onPacket(data));
    }
  };

  const encoders: OpusEncoders = {
    open: (opened) => {
      listener = opened;
      return {
        encode: (pcm) => {
          samples += pcm.length;
          putPackets(Math.floor(samples / packetSamples));
        },
        finish: () => {
          if (samples > 0) putPackets(Math.ceil((samples + preSkip) / packetSamples));
          samples = 0;
          packets = 0;
          out.push(() => listener?.onFinished());
        },
        release: () => {
          isReleased = true;
        },
      };
    },
    close: () => Promise.resolve(),
  };

  const step = (): boolean => {
    const next = out.shift();
    if (next === undefined || isReleased) return false;
    next();
    return true;
  };

  return {
    encoders,
    /** Lets the next thing come out; false when there is nothing. */
    step,
    settle: (): void => {
      while (step());
    },
    fail: (): void => listener?.onFailure('broken'),
    get isReleased() {
      return isReleased;
    },
  };
};
