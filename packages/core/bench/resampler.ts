import libsamplerate from '@alexanderolsen/libsamplerate-js';
import { createResampler } from '../src/plugin/resampler.ts';
import { conversions, middle, resample, signalToNoiseDb, sine, sweep } from '../test/sine-quality.ts';

// Quality and cost of the resampler, beside libsamplerate at its two useful settings. `node packages/core/bench/resampler.ts`

const seconds = 60;
const rounds = 5;

/** A CommonJS module: Node gives it whole. */
const { ConverterType, create } = libsamplerate;

/** Best of several rounds: seconds of sound per second of processor time. */
const timesRealTime = (convert: () => void): number => {
  let bestMs = Number.POSITIVE_INFINITY;
  for (let round = 0; round < rounds; round++) {
    const { user, system } = process.cpuUsage();
    convert();
    const spent = process.cpuUsage({ user, system });
    bestMs = Math.min(bestMs, (spent.user + spent.system) / 1000);
  }
  return (seconds * 1000) / bestMs;
};

/** The library, in the pieces that a stream comes in. */
const library = async (
  fromHz: number,
  toHz: number,
  quality: 'SRC_SINC_FASTEST' | 'SRC_SINC_MEDIUM_QUALITY',
) => {
  const converter = await create(1, fromHz, toHz, { converterType: ConverterType[quality] });
  return (pcm: Int16Array): Float32Array[] => {
    const made: Float32Array[] = [];
    const piece = fromHz / 10;
    for (let at = 0; at < pcm.length; at += piece)
      made.push(converter.full(Float32Array.from(pcm.subarray(at, at + piece), (sample) => sample / 32_768)));
    return made;
  };
};

for (const { fromHz, toHz } of conversions) {
  const tones = sweep(fromHz, toHz);
  const worstDb = Math.min(
    ...tones.map((toneHz) =>
      signalToNoiseDb(middle(resample(sine(toneHz, fromHz), fromHz, toHz)), toneHz, toHz),
    ),
  );
  const long = sine(440, fromHz, fromHz * seconds);
  const pieces = Array.from({ length: seconds * 10 }, (_, k) =>
    long.subarray((k * fromHz) / 10, ((k + 1) * fromHz) / 10),
  );
  const own = timesRealTime(() => {
    const resampler = createResampler(fromHz, toHz);
    for (const piece of pieces) resampler.push(piece);
    resampler.flush();
  });
  const fastest = await library(fromHz, toHz, 'SRC_SINC_FASTEST');
  const medium = await library(fromHz, toHz, 'SRC_SINC_MEDIUM_QUALITY');
  const theirs = [fastest, medium].map((convert) => timesRealTime(() => void convert(long)).toFixed(0));
  console.log(
    `${fromHz} to ${toHz} Hz: worst signal to noise ${worstDb.toFixed(1)} dB; × real time: own ${own.toFixed(0)}, ` +
      `libsamplerate fastest and medium ${theirs.join(', ')}`,
  );
}
