import { type ControlMap, type TtsCapabilities, servedCapabilities } from '@tth/core/plugin';
import { feelings, oneAtATime, rate } from './instructions.ts';
import type { CosyvoiceOptions, FastapiOptions, HostedOptions } from './options.ts';

const told = Object.keys(feelings) as (keyof typeof feelings)[];

const common = ({ languages, voices, maxCallsInFlight }: FastapiOptions | HostedOptions) => ({
  stage: 'tts' as const,
  input: 'sentence' as const,
  timings: { words: 'none', phonemes: 'none' } as const,
  pausable: true,
  languages,
  voices: Object.keys(voices),
  ...(maxCallsInFlight !== undefined && { maxCallsInFlight }),
});

/** A speaker of its own takes no instruction: only clips do. */
const ofFastapi = (options: FastapiOptions): TtsCapabilities => {
  const isInstructed = Object.values(options.voices).every((voice) => 'promptWav' in voice);
  if (!isInstructed) return { ...common(options), controls: { emotions: [] } };
  return {
    ...common(options),
    controls: { emotions: told, intensity: false, rate, style: true, oneAtATime },
    emulate: ['volume'],
  };
};

/** How the hosted service spells the controls. */
export const hostedMap = {
  rate: { to: 'rate', range: { min: 0.5, max: 2 } },
  pitch: { to: 'pitch', range: { min: 0.5, max: 2 } },
  volume: { to: 'volume', range: { min: 0, max: 2 }, factor: 50, step: 1 },
  voice: { to: 'voice' },
} as const satisfies ControlMap;

const instructed = ['happy', 'sad', 'angry', 'fearful', 'surprised', 'disgusted'] as const;

const ofHosted = (options: HostedOptions): TtsCapabilities => ({
  ...common(options),
  timings: { words: options.wordTimings ? 'measured' : 'none', phonemes: 'none' },
  controls: {
    emotions: options.instructions === 'none' ? [] : instructed,
    intensity: false,
    rate: hostedMap.rate.range,
    pitch: hostedMap.pitch.range,
    volume: hostedMap.volume.range,
    ...(options.instructions === 'free' && { style: true, oneAtATime: ['emotion', 'style'] as const }),
  },
  map: hostedMap,
});

/** What CosyVoice can do depends on who serves it and on the voices that it was given. */
export const cosyvoiceCapabilities = (options: CosyvoiceOptions): TtsCapabilities => {
  if (options.server === 'fastapi') return ofFastapi(options);
  return options.server === 'vllm-omni' ? servedCapabilities(options, options.languages) : ofHosted(options);
};
