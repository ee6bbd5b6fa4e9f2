import type { SpeechControl } from '@tth/core/plugin';
import { neutralSpeech } from '@tth/testkit';
import { describe, expect, it } from 'vitest';
import { type SpeechSettings, speechOptions } from './speech-options.ts';
import { speechRequest } from './speech-request.ts';

const settings = (options: object): SpeechSettings => speechOptions.parse(options);
const send = (options: object, control: Partial<SpeechControl> = {}, text = 'Good morning.') =>
  speechRequest(settings(options), text, { ...neutralSpeech, ...control });

describe('a sentence as each server wants it', () => {
  it.each([
    [
      { flavour: 'openai' },
      'https://api.openai.com/v1/audio/speech',
      {
        model: 'gpt-4o-mini-tts',
        input: 'Good morning.',
        voice: 'marin',
        speed: 1,
        instructions: 'Language: American English.',
        response_format: 'pcm',
        stream_format: 'sse',
      },
    ],
    [
      { flavour: 'openai', model: 'tts-1', voice: 'alloy' },
      'https://api.openai.com/v1/audio/speech',
      { model: 'tts-1', input: 'Good morning.', voice: 'alloy', speed: 1, response_format: 'pcm' },
    ],
    [
      { flavour: 'vllm-omni', extraBody: { ref_audio: 'file:///voices/anna.wav', ref_text: 'Hello.' } },
      'http://127.0.0.1:8091/v1/audio/speech',
      {
        input: 'Good morning.',
        response_format: 'pcm',
        stream_format: 'sse',
        ref_audio: 'file:///voices/anna.wav',
        ref_text: 'Hello.',
      },
    ],
    [
      { flavour: 'vllm-omni', form: 'raw', voice: 'anna' },
      'http://127.0.0.1:8091/v1/audio/speech',
      { input: 'Good morning.', voice: 'anna', response_format: 'pcm', stream_format: 'audio' },
    ],
    [
      { flavour: 'vllm-omni', form: 'whole', voice: 'anna' },
      'http://127.0.0.1:8091/v1/audio/speech',
      { input: 'Good morning.', voice: 'anna', speed: 1, response_format: 'wav' },
    ],
    [
      { flavour: 'kokoro' },
      'http://127.0.0.1:8880/dev/captioned_speech',
      {
        model: 'kokoro',
        input: 'Good morning.',
        voice: 'af_heart',
        speed: 1,
        volume_multiplier: 1,
        lang_code: 'a',
        response_format: 'pcm',
        stream: true,
        return_timestamps: true,
      },
    ],
    [
      { flavour: 'kokoro', form: 'raw', baseUrl: 'http://10.0.0.7:8880/v1/' },
      'http://10.0.0.7:8880/v1/audio/speech',
      {
        model: 'kokoro',
        input: 'Good morning.',
        voice: 'af_heart',
        speed: 1,
        volume_multiplier: 1,
        lang_code: 'a',
        response_format: 'pcm',
        stream: true,
      },
    ],
    [
      { flavour: 'orpheus' },
      'http://127.0.0.1:5005/v1/audio/speech',
      { model: 'orpheus', input: 'Good morning.', voice: 'tara', response_format: 'wav' },
    ],
    [
      { flavour: 'piper', path: '/synthesize' },
      'http://127.0.0.1:5000/synthesize',
      { text: 'Good morning.', length_scale: 1 },
    ],
    [{ flavour: 'piper' }, 'http://127.0.0.1:5000/', { text: 'Good morning.', length_scale: 1 }],
    [
      { flavour: 'litellm', model: 'voice-alias', voice: 'alloy' },
      'http://127.0.0.1:4000/v1/audio/speech',
      { model: 'voice-alias', input: 'Good morning.', voice: 'alloy', speed: 1, response_format: 'pcm' },
    ],
    [
      { flavour: 'generic', baseUrl: 'http://tts.example/v1' },
      'http://tts.example/v1/audio/speech',
      { input: 'Good morning.', speed: 1, response_format: 'pcm' },
    ],
  ])('is a request for %o', (options, url, json) => {
    expect(send(options)).toEqual({ url, json });
  });
});

const happy = { label: 'happy', intensity: 0.5 } as const;
const veryHappy = { label: 'happy', intensity: 0.9 } as const;
const openai = { flavour: 'openai' };
const omni = { flavour: 'vllm-omni', voice: 'anna' };
const kokoro = { flavour: 'kokoro' };
const orpheus = { flavour: 'orpheus' };
const piper = { flavour: 'piper', voice: 'en_US-lessac-medium' };

describe('the controls in a request', () => {
  it.each<[string, object, Partial<SpeechControl>, Readonly<Record<string, unknown>>]>([
    ['emotion', openai, { emotion: happy }, { instructions: /^Tone: moderately cheerful, smiling\./ }],
    ['intensity', openai, { emotion: veryHappy }, { instructions: /^Tone: strongly cheerful/ }],
    ['rate', openai, { rate: 1.5 }, { speed: 1.5 }],
    ['rate out of range', openai, { rate: 9 }, { speed: 4 }],
    ['pitch', openai, { pitch: 1.3 }, { instructions: /Pitch: much higher than usual\./ }],
    ['voice', openai, { voice: 'verse' }, { voice: 'verse' }],
    ['a voice of one’s own', openai, { voice: 'voice_abc' }, { voice: { id: 'voice_abc' } }],
    ['language', openai, { language: 'de-AT' }, { instructions: /Language: Austrian German\./ }],
    ['style', openai, { style: 'like a whisper' }, { instructions: /Style: like a whisper\.$/ }],
    ['rate of a stream', omni, { rate: 1.5 }, { speed: undefined }],
    ['rate of a whole clip', { ...omni, form: 'whole' }, { rate: 1.5 }, { speed: 1.5 }],
    ['voice', omni, { voice: 'ben' }, { voice: 'ben' }],
    ['rate', kokoro, { rate: 0.25 }, { speed: 0.25 }],
    ['volume', kokoro, { volume: 1.5 }, { volume_multiplier: 1.5 }],
    ['language', kokoro, { language: 'fr-CA' }, { lang_code: 'f' }],
    ['a language in two accents', kokoro, { language: 'en-GB' }, { lang_code: 'b' }],
    ['an unknown language', kokoro, { language: 'de' }, { lang_code: undefined }],
    ['a mix of voices', kokoro, { voice: 'af_bella(2)+af_sky(1)' }, { voice: 'af_bella(2)+af_sky(1)' }],
    ['emotion', orpheus, { emotion: happy }, { input: '<chuckle> Good morning.' }],
    ['a strong emotion', orpheus, { emotion: veryHappy }, { input: '<laugh> Good morning.' }],
    ['a weak emotion', orpheus, { emotion: { label: 'happy', intensity: 0.3 } }, { input: 'Good morning.' }],
    ['sad', orpheus, { emotion: { label: 'sad', intensity: 1 } }, { input: '<sigh> Good morning.' }],
    ['angry', orpheus, { emotion: { label: 'angry', intensity: 1 } }, { input: '<groan> Good morning.' }],
    ['fearful', orpheus, { emotion: { label: 'fearful', intensity: 1 } }, { input: '<gasp> Good morning.' }],
    [
      'surprised',
      orpheus,
      { emotion: { label: 'surprised', intensity: 1 } },
      { input: '<gasp> Good morning.' },
    ],
    [
      'disgusted',
      orpheus,
      { emotion: { label: 'disgusted', intensity: 1 } },
      { input: '<groan> Good morning.' },
    ],
    ['rate', piper, { rate: 2 }, { length_scale: 0.5 }],
    ['rate', piper, { rate: 0.5 }, { length_scale: 2 }],
    ['voice', piper, { voice: 'de_DE-thorsten-high' }, { voice: 'de_DE-thorsten-high' }],
  ])('say %s to %o', (_control, options, control, fields) => {
    const { json } = send(options, control);

    for (const [field, value] of Object.entries(fields)) {
      if (value instanceof RegExp) expect(json[field]).toMatch(value);
      else expect(json[field]).toEqual(value);
    }
  });

  it('choose the recording of a person for a feeling', () => {
    const options = { flavour: 'vllm-omni', emotionVoices: { anna: { happy: 'anna-happy' } } };

    expect(send(options, { emotion: happy }).json).toMatchObject({ voice: 'anna-happy' });
    expect(send(options, { emotion: { label: 'sad', intensity: 1 } }).json).toMatchObject({ voice: 'anna' });
    expect(send(options, { emotion: { label: 'happy', intensity: 0 } }).json).toMatchObject({
      voice: 'anna',
    });
  });

  it('name no instructions to a model that reads none', () => {
    const { json } = send({ ...openai, model: 'tts-1-hd' }, { emotion: happy, style: 'soft' });

    expect(json).not.toHaveProperty('instructions');
  });

  it('leave nothing in a text that a server would obey', () => {
    expect(send(orpheus, {}, 'He said <laugh>.').json).toMatchObject({ input: 'He said  laugh .' });
    expect(send(kokoro, {}, 'Wait [pause:9s] now.').json).toMatchObject({ input: 'Wait  pause:9s  now.' });
    expect(send(openai, {}, 'A [b] <c>.').json).toMatchObject({ input: 'A [b] <c>.' });
  });
});

describe('the options of a voice', () => {
  it.each([
    [{ flavour: 'generic' }, /baseUrl/],
    [{ flavour: 'openai', baseUrl: 'http://proxy.example/v1' }, /apiKey/],
    [{ flavour: 'kokoro', baseUrl: 'http://me:word@tts.example/v1' }, /baseUrl/],
    [{ flavour: 'orpheus', form: 'sse' }, /form/],
    [{ flavour: 'openai', model: 'tts-1', form: 'sse' }, /form/],
    [{ flavour: 'openai', baseUrl: 'ftp://tts.example' }, /baseUrl/],
    [{ flavour: 'openai', speed: 1 }, /speed/],
    [{ flavour: 'bark' }, /flavour/],
    [{ flavour: 'kokoro', voice: 'ben', emotionVoices: { anna: { sad: 'anna-sad' } } }, /voice/],
    [{ flavour: 'piper', path: 'synthesize' }, /path/],
  ])('refuse %o and name the field', (options, field) => {
    const result = speechOptions.safeParse(options);

    expect(result.success).toBe(false);
    expect(JSON.stringify(result.error?.issues)).toMatch(field);
  });

  it('know which servers cannot do without a key', () => {
    expect(settings({ flavour: 'openai' }).apiKey).toEqual({ secret: 'OPENAI_API_KEY' });
    expect(settings({ flavour: 'litellm' }).apiKey).toEqual({ secret: 'LITELLM_API_KEY' });
    expect(settings({ flavour: 'kokoro' }).apiKey).toBeUndefined();
    expect(settings({ flavour: 'vllm-omni', apiKey: { secret: 'VLLM_KEY' } }).apiKey).toEqual({
      secret: 'VLLM_KEY',
    });
  });
});
