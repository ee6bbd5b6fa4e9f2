import { type EmotionLabel, writeControls } from '@tth/core/plugin';
import { describe, expect, it } from 'vitest';
import { controlMapOf, emotions, settingsFor, tagFor } from './controls.ts';
import { modelOf } from './models.ts';

const plain = { stability: 0.5, similarity: 0.75 };
const [flash, multilingual, v3, v4] = [
  'eleven_flash_v2_5',
  'eleven_multilingual_v2',
  'eleven_v3',
  'eleven_v4_turbo',
].map(modelOf) as [
  ReturnType<typeof modelOf>,
  ReturnType<typeof modelOf>,
  ReturnType<typeof modelOf>,
  ReturnType<typeof modelOf>,
];
const feel = (label: EmotionLabel, intensity: number) => ({ emotion: { label, intensity }, rate: 1 });

describe('feelings of models without tags', () => {
  it.each<[EmotionLabel, number, number]>([
    ['neutral', 0.5, 0],
    ['happy', 0.35, 0.4],
    ['sad', 0.45, 0.3],
    ['angry', 0.3, 0.6],
    ['fearful', 0.35, 0.4],
    ['surprised', 0.3, 0.5],
    ['disgusted', 0.35, 0.5],
  ])('%s has stability %f and style %f at full intensity', (label, stability, style) => {
    expect(settingsFor(feel(label, 1), multilingual, plain)).toEqual({
      stability,
      style,
      similarity_boost: 0.75,
      use_speaker_boost: true,
      speed: 1,
    });
  });

  it('lie on a straight line from the voice at rest, whatever that is', () => {
    expect(settingsFor(feel('angry', 0.5), multilingual, plain)).toMatchObject({
      stability: 0.4,
      style: 0.3,
    });
    expect(settingsFor(feel('angry', 1), multilingual, { ...plain, stability: 0.8 })).toMatchObject({
      stability: 0.6,
    });
    expect(settingsFor(feel('angry', 1), multilingual, { ...plain, stability: 0.1 })).toMatchObject({
      stability: 0,
    });
  });

  it('are stability alone for flash, which has no style and no speaker boost', () => {
    expect(settingsFor(feel('happy', 1), flash, plain)).toEqual({
      stability: 0.35,
      similarity_boost: 0.75,
      speed: 1,
    });
  });

  it('have no tag', () => {
    expect(emotions.map((label) => tagFor({ label, intensity: 1 }, multilingual)).join('')).toBe('');
  });
});

describe('feelings of v3 and v4', () => {
  it.each<[EmotionLabel, string, string]>([
    ['neutral', '', ''],
    ['happy', '[happy]', '[excited]'],
    ['sad', '[sad]', '[crying]'],
    ['angry', '[angry]', '[angry]'],
    ['fearful', '[nervous]', '[frightened]'],
    ['surprised', '[surprised]', '[gasps]'],
    ['disgusted', '[disgusted]', '[disgusted]'],
  ])('%s is the tag "%s", and "%s" when it is strong', (label, tag, strong) => {
    expect(tagFor({ label, intensity: 0.33 }, v3)).toBe('');
    expect(tagFor({ label, intensity: 0.34 }, v3)).toBe(tag);
    expect(tagFor({ label, intensity: 0.66 }, v4)).toBe(tag);
    expect(tagFor({ label, intensity: 0.67 }, v4)).toBe(strong);
  });

  it('have stability in three steps, the lowest for what is strong', () => {
    expect(settingsFor(feel('happy', 0.67), v3, plain)).toEqual({ stability: 0 });
    expect(settingsFor(feel('happy', 0.66), v3, plain)).toEqual({ stability: 0.5 });
    expect(settingsFor(feel('neutral', 1), v4, plain)).toEqual({ stability: 0.5 });
    expect(
      [0.2, 0.3, 0.9].map((stability) => settingsFor(feel('sad', 0.5), v3, { ...plain, stability })),
    ).toEqual([{ stability: 0 }, { stability: 0.5 }, { stability: 1 }]);
  });
});

describe('the rate', () => {
  it.each([
    [0.25, 0.7],
    [0.7, 0.7],
    [1.1, 1.1],
    [1.2, 1.2],
    [4, 1.2],
  ])('%f is a speed of %f', (rate, speed) => {
    expect(settingsFor({ ...feel('neutral', 0), rate }, flash, plain).speed).toBeCloseTo(speed, 10);
  });
});

describe('the table of controls', () => {
  it('says what a request has a field for', () => {
    const values = { emotion: 'happy', voice: 'v1', language: 'en', rate: 2, pitch: 2 };

    expect(writeControls(controlMapOf(flash), values)).toEqual({
      voice_id: 'v1',
      language_code: 'en',
      voice_settings: { speed: 1.2 },
    });
    expect(writeControls(controlMapOf(v3), values)).toEqual({
      text: '[happy]',
      voice_id: 'v1',
      language_code: 'en',
    });
  });
});

describe('models that the table does not have', () => {
  it.each([
    ['eleven_v5_turbo', 'dialogue'],
    ['eleven_turbo_v2_5', 'contexts'],
    ['eleven_something', 'contexts'],
  ])('%s is spoken with like its family: %s', (id, socket) => {
    expect(modelOf(id).socket).toBe(socket);
  });
});
