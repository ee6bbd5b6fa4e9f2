import type { MediaFrame } from '@tth/protocol';
import { sampleRateHz } from './audio-output.ts';
import type { SoundDecoder } from './sound-decoder.ts';

export interface SpeechIntakeListener {
  /** The next piece of speech, as PCM. */
  onSpeech(frame: MediaFrame): void;
  /** This much came and will never be heard. */
  onDropped(us: number): void;
}

interface Waiting {
  frame: MediaFrame;
  samples: Int16Array | undefined;
}

const samplesIn = (durationUs: number): number => Math.round((durationUs * sampleRateHz) / 1_000_000);

/** As many samples as the frame lasts: what was padded is left out, what could not be decoded is silence. */
const fit = (samples: Int16Array, durationUs: number): Int16Array => {
  const fitted = new Int16Array(samplesIn(durationUs));
  fitted.set(samples.subarray(0, fitted.length));
  return fitted;
};

/**
 * Between the socket and the queue: packets are decoded, and everything keeps its order. Sound that needs no decoding
 * passes at once unless something before it is still being decoded.
 */
export const createSpeechIntake = (decoder: SoundDecoder, listener: SpeechIntakeListener) => {
  let waiting: Waiting[] = [];

  const passOn = (): void => {
    for (let head = waiting[0]; head?.samples !== undefined; head = waiting[0]) {
      const { frame, samples } = head;
      waiting.shift();
      const { buffer, byteOffset, byteLength } = fit(samples, frame.durationUs);
      listener.onSpeech({
        ...frame,
        codec: 'pcm_s16le',
        payload: new Uint8Array(buffer, byteOffset, byteLength),
      });
    }
  };

  const drop = (dropped: readonly Waiting[]): void => {
    const us = dropped.reduce((sum, { frame }) => sum + frame.durationUs, 0);
    if (us > 0) listener.onDropped(us);
  };

  return {
    accept(frame: MediaFrame): void {
      const isPacket = frame.codec === 'opus' && frame.payload.byteLength > 0;
      if (!isPacket && waiting.length === 0) return listener.onSpeech(frame);
      const entry: Waiting = { frame, samples: isPacket ? undefined : pcmOf(frame.payload) };
      waiting.push(entry);
      if (!isPacket) return;
      decoder.decode(frame.payload, frame.key, (samples = new Int16Array(0)) => {
        entry.samples = samples;
        passOn();
      });
    },

    /** Nothing of what came so far goes on. */
    cut(): void {
      const dropped = waiting;
      waiting = [];
      decoder.reset();
      drop(dropped);
    },

    /** Speech of a turn from `afterUs` on is void. */
    discard(turn: number, afterUs: number): void {
      const isVoid = ({ frame }: Waiting): boolean => frame.turn === turn && frame.ptsUs >= afterUs;
      const dropped = waiting.filter(isVoid);
      waiting = waiting.filter((entry) => !isVoid(entry));
      for (const entry of waiting) {
        const { frame } = entry;
        const overUs = frame.ptsUs + frame.durationUs - afterUs;
        if (frame.turn !== turn || overUs <= 0) continue;
        entry.frame = { ...frame, durationUs: frame.durationUs - overUs };
        listener.onDropped(overUs);
      }
      drop(dropped);
    },

    /** Microseconds of speech that came and has not been passed on. */
    waitingUs: (): number => waiting.reduce((sum, { frame }) => sum + frame.durationUs, 0),

    close: (): void => decoder.close(),
  };
};

const pcmOf = (payload: Uint8Array): Int16Array => {
  const { buffer, byteLength } = payload.slice();
  return new Int16Array(buffer, 0, byteLength >> 1);
};
