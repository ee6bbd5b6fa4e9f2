import { type EmotionLabel, type Range, type TtsCapabilities, emotionLabels } from '@tth/core/plugin';
import { pitchRange } from './speech-manner.ts';
import type { SpeechSettings } from './speech-options.ts';

const instructions = { to: 'instructions' } as const;
/** Controls that are words in `instructions`. */
const instructedMap = {
  emotion: instructions,
  intensity: instructions,
  pitch: { to: 'instructions', range: pitchRange },
  language: instructions,
  style: instructions,
} as const;

/** Feelings that every configured person has a voice for. */
const sharedEmotions = ({ emotionVoices }: SpeechSettings): readonly EmotionLabel[] => {
  const people = Object.values(emotionVoices);
  return people.length === 0
    ? []
    : emotionLabels.filter(
        (label) => label !== 'neutral' && people.every((voices) => voices[label] !== undefined),
      );
};

const emotionsOf = (
  settings: SpeechSettings,
): Pick<TtsCapabilities['controls'], 'emotions' | 'intensity'> => {
  if (settings.instructions) return { emotions: emotionLabels };
  const { marks } = settings.server;
  if (marks !== undefined) return { emotions: Object.keys(marks) as EmotionLabel[] };
  const emotions = sharedEmotions(settings);
  return emotions.length > 0 ? { emotions, intensity: false } : { emotions };
};

const voicesOf = ({ server, voice, emotionVoices }: SpeechSettings): readonly string[] => {
  const people = Object.keys(emotionVoices);
  if (people.length > 0) return people;
  return server.voices === undefined
    ? []
    : [...new Set([...server.voices, ...(voice === undefined ? [] : [voice])])];
};

const rangeOf = (rule: object | undefined): Range | undefined =>
  rule !== undefined && 'range' in rule ? (rule.range as Range) : undefined;

/** What a server can do with these options. */
export const speechCapabilities = (settings: SpeechSettings): TtsCapabilities => {
  const { server, form, maxCallsInFlight } = settings;
  const { rate: rateRule, ...others } = server.map;
  const hasRate = server.rateIn?.includes(form) ?? true;
  const rate = hasRate ? rangeOf(rateRule) : undefined;
  const volume = rangeOf(server.map.volume);
  return {
    stage: 'tts',
    input: 'sentence',
    timings: { words: form === 'captions' ? 'measured' : 'none', phonemes: 'none' },
    textNormalization: server.readsWords === true ? 'engine' : 'provider',
    pausable: true,
    languages: server.languages?.[form] ?? [],
    voices: voicesOf(settings),
    controls: {
      ...emotionsOf(settings),
      ...(rate !== undefined && { rate }),
      ...(volume !== undefined && { volume }),
      ...(settings.instructions && { pitch: pitchRange, style: true }),
    },
    map: {
      ...(settings.instructions && instructedMap),
      ...others,
      ...(hasRate && rateRule !== undefined && { rate: rateRule }),
    },
    ...(maxCallsInFlight !== undefined && { maxCallsInFlight }),
  };
};
