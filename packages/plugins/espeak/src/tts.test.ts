import {
  createIds,
  type EmotionLabel,
  loudness,
  seededRandom,
  silentLog,
  type SpeechControl,
  type SpeechOutput,
  systemClock,
  type TtsImplementation,
  type UsageRecord,
  createHttp,
  createSockets,
} from '@tth/core/plugin';
import { medianPitchHz, neutralSpeech } from '@tth/testkit';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import plugin from './index.ts';
import { espeakTts } from './tts.ts';

const ids = createIds(seededRandom(1));
const usage: UsageRecord[] = [];

let tts: TtsImplementation;
beforeAll(() => {
  tts = create({ workers: 2 });
});
afterAll(() => tts.close?.());

const create = (options: object): TtsImplementation =>
  espeakTts.create(espeakTts.options.parse(options), {
    clock: systemClock,
    random: seededRandom(1),
    log: silentLog,
    secrets: { reveal: () => '' },
    http: createHttp({ clock: systemClock, log: silentLog }),
    socket: createSockets({ clock: systemClock, log: silentLog }),
    services: {},
  });

const stream = (
  text: string,
  control: Partial<SpeechControl> = {},
  signal: AbortSignal = new AbortController().signal,
): AsyncIterable<SpeechOutput> =>
  tts.inferStream(
    { text, previousText: '', nextText: '' },
    { ...neutralSpeech, ...control },
    {
      signal,
      deadline: Number.POSITIVE_INFINITY,
      sessionId: ids.session(),
      turnId: ids.turn(),
      epoch: 0,
      attempt: 0,
      locale: 'en-US',
      clock: systemClock,
      log: silentLog,
      usage: (record) => usage.push(record),
    },
  );

interface Speech {
  readonly outputs: readonly SpeechOutput[];
  readonly pcm: Int16Array;
  readonly lengthUs: number;
  readonly words: SpeechOutput['words'];
  readonly phonemes: SpeechOutput['phonemes'];
}

const speak = async (text: string, control: Partial<SpeechControl> = {}): Promise<Speech> => {
  const outputs: SpeechOutput[] = [];
  for await (const output of stream(text, control)) outputs.push(output);
  const pcm = Int16Array.from(outputs.flatMap((output) => Array.from(output.pcm)));
  return {
    outputs,
    pcm,
    lengthUs: (pcm.length * 1000) / 24,
    words: outputs.flatMap(({ words }) => words),
    phonemes: outputs.flatMap(({ phonemes }) => phonemes),
  };
};

const sameSound = (one: Speech, other: Speech): boolean =>
  Buffer.from(one.pcm.buffer).equals(Buffer.from(other.pcm.buffer));
const textOf = ({ words }: Speech): string => words.map(({ text }) => text).join(' ');
const soundsOf = ({ phonemes }: Speech): string => phonemes.map(({ ipa }) => ipa).join('');
const sentence = 'I am glad you came: the garden, out of sight, has 42 trees and a well-known “gate”.';
const sentenceWords = 'I am glad you came the garden out of sight has 42 trees and a well-known gate';

describe('espeak speech', () => {
  it('is what the plugin offers', () => {
    expect(plugin).toMatchObject({ name: '@tth/plugin-espeak', apiVersion: 1, adapters: [{ id: 'espeak' }] });
  });

  it('comes in pieces of 100 ms, begins with sound and ends with the pause of a sentence', async () => {
    const { outputs, pcm } = await speak(sentence);

    outputs.forEach((output) => expect(output.pcm.length).toBeLessThanOrEqual(2420));
    expect(loudness(pcm, 0, 480)).toBeGreaterThan(0);
    expect(pcm.findLastIndex((sample) => Math.abs(sample) > 60)).toBeCloseTo(pcm.length - 0.2 * 24_000, -2);
  });

  it('names every word of the sentence in order', async () => {
    expect(textOf(await speak(sentence))).toBe(sentenceWords);
  });

  it('times words and phonemes inside the sound, in order, each in or before the piece in which it begins', async () => {
    const { outputs, words, phonemes, lengthUs } = await speak(sentence);

    for (const timings of [words, phonemes]) {
      let endUs = 0;
      for (const { startUs, durationUs } of timings) {
        expect(startUs).toBeGreaterThanOrEqual(endUs);
        expect(durationUs).toBeGreaterThan(0);
        endUs = startUs + durationUs;
      }
      expect(endUs).toBeLessThanOrEqual(lengthUs);
      expect(endUs).toBeGreaterThan(lengthUs - 300_000);
    }
    let fromUs = 0;
    for (const output of outputs) {
      for (const { startUs } of [...output.words, ...output.phonemes]) {
        expect(startUs).toBeGreaterThanOrEqual(fromUs - 1);
      }
      fromUs += (output.pcm.length * 1000) / 24;
    }
    expect(outputs.every(({ timing }) => timing === 'measured')).toBe(true);
  });

  it('places words where their sound is: the pause after a comma is silent', async () => {
    const { pcm, words } = await speak('One, two.');

    const [one, two] = words;
    const from = Math.round(((one!.startUs + one!.durationUs) * 24) / 1000);
    const to = Math.round((two!.startUs * 24) / 1000);
    expect(to - from).toBeGreaterThan(0.1 * 24_000);
    expect(loudness(pcm, from + 1200, to - 480)).toBeLessThan(0.01);
    expect(loudness(pcm, to, to + 4800)).toBeGreaterThan(0.03);
  });

  it('is the same, byte for byte, for the same request', async () => {
    const [first, , again] = await Promise.all([speak(sentence), speak('Something else.'), speak(sentence)]);

    expect(sameSound(again, first)).toBe(true);
    expect(again.words).toEqual(first.words);
  });

  it('keeps many sentences at once apart', async () => {
    const numbers = Array.from({ length: 12 }, (_, at) => String(1000 + at));

    const spoken = await Promise.all(numbers.map((number) => speak(`Number ${number} please.`)));

    expect(spoken.map(textOf)).toEqual(numbers.map((number) => `Number ${number} please`));
  });

  it('goes on over the parts of a long text, with one clock', async () => {
    const long = `${sentence} `.repeat(5).trim();

    const speech = await speak(long);

    expect(textOf(speech)).toBe(Array.from({ length: 5 }, () => sentenceWords).join(' '));
    const starts = speech.words.map(({ startUs }) => startUs);
    expect(starts).toEqual(starts.toSorted((a, b) => a - b));
    expect(starts.at(-1)).toBeGreaterThan(speech.lengthUs - 1_000_000);
  });

  it('counts the characters that it speaks', async () => {
    usage.length = 0;

    await speak('Twelve chars');

    expect(usage).toEqual([{ unit: 'characters', amount: 12 }]);
  });
});

describe('stopping', () => {
  it('ends the stream with the piece at hand and frees the worker', async () => {
    const stop = new AbortController();
    const pieces = stream(`${sentence} `.repeat(20), { rate: 0.5 }, stop.signal)[Symbol.asyncIterator]();
    await pieces.next();

    stop.abort();

    expect(await pieces.next()).toEqual({ done: true, value: undefined });
    expect(textOf(await speak('Still here.'))).toBe('Still here');
  });

  it('closes twice and is down afterwards', async () => {
    const other = create({ workers: 1 });
    await other.warmup?.(new AbortController().signal);
    expect(await other.health(new AbortController().signal)).toMatchObject({ status: 'ok' });

    await other.close?.();
    await other.close?.();

    expect(await other.health(new AbortController().signal)).toMatchObject({ status: 'down' });
  });
});

describe('text that looks like markup', () => {
  it('is not obeyed as a pause', async () => {
    const speech = await speak('wait <break time="60s"/> now');

    expect(speech.lengthUs).toBeLessThan(8_000_000);
    expect(textOf(speech)).toContain('wait <break time="60s');
  });

  it('is not taken for phonemes', async () => {
    expect(soundsOf(await speak("[[h@'loU]]"))).toBe(soundsOf(await speak("h@'loU")));
  });

  it('is not taken for an entity', async () => {
    expect(soundsOf(await speak('a &lt; b'))).toContain('tˈiː');
  });

  it('does not end the speech', async () => {
    expect(textOf(await speak('one </speak> two'))).toMatch(/^one .* two$/);
  });

  it('is not taken for a command inside control characters', async () => {
    const speech = await speak('high\u000199P pitch');

    expect(sameSound(speech, await speak('high 99P pitch'))).toBe(true);
    expect(textOf(speech)).toBe('high 99P pitch');
  });
});

describe('languages and voices', () => {
  it.each([
    ['en-GB', 'Good morning to you all.'],
    ['de-DE', 'Guten Morgen, wie geht es Ihnen?'],
    ['fr-FR', 'Bonjour, comment allez-vous ?'],
    ['es-ES', '¡Buenos días! ¿Cómo está?'],
    ['ru-RU', 'Доброе утро, как дела?'],
    ['ar', 'صباح الخير كيف حالك'],
    ['hi-IN', 'सुप्रभात आप कैसे हैं'],
    ['zh_CN', '早上好，你好吗？'],
    ['ja-JP', 'おはよう ございます。'],
    ['pt-BR', 'Bom dia, tudo bem?'],
    ['ko-KR', '안녕하세요 반갑습니다'],
    ['tr-TR', 'Günaydın, nasılsınız?'],
  ])('%s is heard, with words and phonemes', async (language, text) => {
    const { pcm, words, phonemes } = await speak(text, { language });

    expect(loudness(pcm)).toBeGreaterThan(0.02);
    expect(words.length).toBeGreaterThan(1);
    expect(phonemes.length).toBeGreaterThan(words.length);
  });

  it('a dialect whose name is no BCP 47 tag speaks scripts without spaces', async () => {
    expect(textOf(await speak('tea 你好', { language: 'en-US-nyc' }))).toBe('tea 你好');
  });

  it('an unknown language, voice or option is refused with what to try', async () => {
    await expect(speak('hello', { language: 'qq' })).rejects.toMatchObject({ code: 'provider.rejected' });
    await expect(speak('hello', { voice: 'nobody' })).rejects.toMatchObject({ code: 'provider.rejected' });
    expect(() => create({ defaultVoice: 'nobody' })).toThrow('ava');
  });

  it('named voices sound apart: women above men', async () => {
    const [ava, nell, otto, bruno] = await Promise.all(
      ['ava', 'nell', 'otto', 'bruno'].map(async (voice) =>
        medianPitchHz((await speak(sentence, { voice })).pcm),
      ),
    );

    expect(Math.min(ava!, nell!)).toBeGreaterThan(150);
    expect(Math.max(otto!, bruno!)).toBeLessThan(130);
    expect(bruno).toBeLessThan(otto!);
  });

  it.each(['', '  \n', '...', '—', '\u0001\u200d'])(
    'a text with nothing to say is refused: %j',
    async (text) => {
      await expect(speak(text)).rejects.toMatchObject({ code: 'provider.rejected' });
    },
  );
});

describe('controls', () => {
  it('rate, pitch and volume are heard as factors', async () => {
    const [plain, fast, high, soft] = await Promise.all([
      speak(sentence),
      speak(sentence, { rate: 2 }),
      speak(sentence, { pitch: 1.4 }),
      speak(sentence, { volume: 0.5 }),
    ]);

    expect(fast.lengthUs / plain.lengthUs).toBeLessThan(0.6);
    expect(medianPitchHz(high.pcm) / medianPitchHz(plain.pcm)).toBeGreaterThan(1.25);
    expect(loudness(soft.pcm) / loudness(plain.pcm)).toBeLessThan(0.6);
  });

  it('the seven basic emotions differ in speed, pitch or loudness', async () => {
    const labels: EmotionLabel[] = ['neutral', 'happy', 'sad', 'angry', 'fearful', 'surprised', 'disgusted'];
    const heard = await Promise.all(
      labels.map(async (label) => {
        const { pcm, lengthUs } = await speak(sentence, { emotion: { label, intensity: 1 } });
        return [lengthUs, medianPitchHz(pcm), loudness(pcm)];
      }),
    );

    const alike = labels.flatMap((one, i) =>
      labels
        .slice(0, i)
        .filter((_, j) => heard[i]!.every((value, k) => Math.abs(value / heard[j]![k]! - 1) < 0.06))
        .map((other) => `${one} and ${other}`),
    );
    expect(alike).toEqual([]);
    const [neutralHeard, , sadHeard] = heard;
    sadHeard!.forEach((value, k) => {
      if (k === 0) expect(value).toBeGreaterThan(neutralHeard![k]!);
      else expect(value).toBeLessThan(neutralHeard![k]!);
    });
  });

  it('an emotion without intensity changes nothing', async () => {
    const unmoved = await speak(sentence, { emotion: { label: 'angry', intensity: 0 } });

    expect(sameSound(unmoved, await speak(sentence))).toBe(true);
  });
});
