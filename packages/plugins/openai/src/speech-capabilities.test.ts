import { emotionLabels } from '@tth/core/plugin';
import { describe, expect, it } from 'vitest';
import { speechCapabilities } from './speech-capabilities.ts';
import { type SpeechForm, speechFlavours } from './speech-flavours.ts';
import { pitchRange } from './speech-manner.ts';
import { speechOptions } from './speech-options.ts';

const capabilitiesOf = (options: object) => speechCapabilities(speechOptions.parse(options));
const quarterToFour = { min: 0.25, max: 4 };
const instructed = { emotions: emotionLabels, pitch: pitchRange, style: true };

describe('what a server of speech can do', () => {
  it.each([
    [{ flavour: 'openai' }, { rate: quarterToFour, ...instructed }],
    [
      { flavour: 'openai', model: 'tts-1' },
      { rate: quarterToFour, emotions: [] },
    ],
    [{ flavour: 'vllm-omni' }, { emotions: [] }],
    [{ flavour: 'vllm-omni', form: 'raw' }, { emotions: [] }],
    [
      { flavour: 'vllm-omni', form: 'whole' },
      { rate: quarterToFour, emotions: [] },
    ],
    [{ flavour: 'vllm-omni', instructions: true }, instructed],
    [
      {
        flavour: 'vllm-omni',
        emotionVoices: { anna: { happy: 'anna-happy', sad: 'anna-sad' }, ben: { sad: 'ben-sad' } },
      },
      { emotions: ['sad'], intensity: false },
    ],
    [{ flavour: 'kokoro' }, { rate: quarterToFour, volume: { min: 0.1, max: 4 }, emotions: [] }],
    [{ flavour: 'orpheus' }, { emotions: ['happy', 'sad', 'angry', 'fearful', 'surprised', 'disgusted'] }],
    [{ flavour: 'piper' }, { rate: quarterToFour, emotions: [] }],
    [{ flavour: 'litellm' }, { rate: quarterToFour, emotions: [] }],
    [
      { flavour: 'litellm', instructions: true },
      { rate: quarterToFour, ...instructed },
    ],
    [
      { flavour: 'generic', baseUrl: 'http://tts.example' },
      { rate: quarterToFour, emotions: [] },
    ],
  ])('has these controls with %o', (options, controls) => {
    expect(capabilitiesOf(options).controls).toEqual(controls);
  });

  it('times words in captions alone, and only those of English', () => {
    expect(capabilitiesOf({ flavour: 'kokoro' })).toMatchObject({
      timings: { words: 'measured', phonemes: 'none' },
      textNormalization: 'engine',
      languages: ['en'],
    });
    expect(capabilitiesOf({ flavour: 'kokoro', form: 'raw' })).toMatchObject({
      timings: { words: 'none' },
      languages: ['en', 'es', 'fr', 'hi', 'it', 'ja', 'pt', 'zh'],
    });
    expect(capabilitiesOf({ flavour: 'openai' }).timings.words).toBe('none');
  });

  it('lists voices where there are no others', () => {
    expect(capabilitiesOf({ flavour: 'openai', voice: 'voice_abc' }).voices).toEqual(
      expect.arrayContaining(['marin', 'cedar', 'voice_abc']),
    );
    expect(capabilitiesOf({ flavour: 'kokoro' }).voices).toEqual([]);
    expect(
      capabilitiesOf({ flavour: 'kokoro', emotionVoices: { anna: { sad: 'anna-sad' } } }).voices,
    ).toEqual(['anna']);
  });

  it('takes as many calls as the options say, else as the server bears', () => {
    expect(capabilitiesOf({ flavour: 'openai' })).not.toHaveProperty('maxCallsInFlight');
    expect(capabilitiesOf({ flavour: 'orpheus' }).maxCallsInFlight).toBe(1);
    expect(capabilitiesOf({ flavour: 'orpheus', maxCallsInFlight: 2 }).maxCallsInFlight).toBe(2);
  });

  it.each(
    Object.entries(speechFlavours).flatMap(([flavour, { forms }]) =>
      (Object.keys(forms) as SpeechForm[]).map((form) => [flavour, form] as const),
    ),
  )('names a field for every control that %s has as %s', (flavour, form) => {
    const { controls, map = {} } = capabilitiesOf({
      flavour,
      form,
      baseUrl: 'http://tts.example/v1',
      apiKey: 'KEY',
    });

    for (const control of ['rate', 'pitch', 'volume', 'style'] as const) {
      expect(control in map).toBe(controls[control] !== undefined);
    }
  });
});
