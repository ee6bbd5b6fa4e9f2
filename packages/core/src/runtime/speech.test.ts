import {
  type ScriptedTtsOptions,
  scriptedAvatar,
  scriptedLlm,
  scriptedPlugin,
  scriptedTts,
  startVirtualEngine,
} from '@tth/testkit';
import { describe, expect, it } from 'vitest';
import { defaultPolicies } from '../domain/policies.ts';
import type { TtsDefinition } from '../plugin/index.ts';

const { prosody } = defaultPolicies;

const start = async (reply: string, voices: readonly TtsDefinition[]) => {
  const virtual = await startVirtualEngine({
    plugins: [
      scriptedPlugin([
        scriptedLlm({ reply }),
        ...voices.map((definition) => ({ definition })),
        scriptedAvatar(),
      ]),
    ],
    policies: { prosody },
  });
  return { ...virtual, client: virtual.connect() };
};

/** A voice that ends every sentence with this much silence. */
const endingQuietly = ({ definition }: ReturnType<typeof scriptedTts>, samples: number): TtsDefinition => ({
  ...definition,
  create: (options, deps) => {
    const made = definition.create(options, deps);
    return {
      ...made,
      async *inferStream(...call) {
        yield* made.inferStream(...call);
        yield { pcm: new Int16Array(samples), words: [], phonemes: [], timing: 'measured' };
      },
    };
  },
});

const isSilent = ({ data }: { readonly data: Uint8Array }): boolean =>
  data.length > 0 && data.every((byte) => byte === 0);

describe('pauses', () => {
  it('part sentences by what ended them, count on the clock and do not follow the last one', async () => {
    const { client, clock } = await start('Yes. Why?\n\nSo. ', [scriptedTts().definition]);

    client.ask('Hi');
    await clock.advance(10_000);

    const sound = client.media.map(({ item }) => item).filter(({ kind }) => kind === 'audio');
    const silences = sound.filter(isSilent);
    expect(silences.map(({ sentence }) => sentence)).toEqual(expect.arrayContaining([1, 2]));
    const silentMs = (sentence: number): number =>
      silences.reduce((sum, item) => sum + (item.sentence === sentence ? item.durationUs / 1000 : 0), 0);
    expect([0, 1, 2].map(silentMs)).toEqual([0, prosody.sentencePauseMs, prosody.paragraphPauseMs]);
    expect(sound.map(({ ptsUs }) => ptsUs)).toEqual(
      sound.map((_, i) => sound.slice(0, i).reduce((sum, { durationUs }) => sum + durationUs, 0)),
    );
    const spokenMs = 'Yes.Why?So.'.length * 50;
    expect(client.ends).toMatchObject([
      {
        type: 'turn_completed',
        durationMs: spokenMs + prosody.sentencePauseMs + prosody.paragraphPauseMs,
        heardText: 'Yes. Why?\n\nSo. ',
      },
    ]);
  });

  it('close a sentence before they begin', async () => {
    const { client, clock } = await start('Yes. No.', [scriptedTts().definition]);

    client.ask('Hi');
    await clock.advance(10_000);

    const sound = client.media.map(({ item }) => item).filter(({ kind }) => kind === 'audio');
    const closed = sound.findIndex(({ sentenceEnd }) => sentenceEnd);
    expect(sound[closed]).toMatchObject({ sentence: 0, durationUs: 0 });
    expect(sound.findIndex(isSilent)).toBe(closed + 1);
  });

  it('are shorter by the silence that the voice leaves itself', async () => {
    const { client, clock } = await start('Yes. No.', [endingQuietly(scriptedTts(), 24 * 150)]);

    client.ask('Hi');
    await clock.advance(10_000);

    expect(client.ends).toMatchObject([{ durationMs: 350 + 150 + 50 + 150 }]);
  });

  it('shrink with the rate of the voice', async () => {
    const { client, clock } = await start('Yes. No.', [scriptedTts().definition]);

    client.ask('Hi', { controls: { character: { rate: 2 } } });
    await clock.advance(10_000);

    expect(client.ends).toMatchObject([{ durationMs: (350 + prosody.sentencePauseMs) / 2 }]);
  });

  it('are not said again when another voice takes over in the sentence behind them', async () => {
    const failing = scriptedTts({ id: 'first', script: (call) => (call === 1 ? { failAt: 2 } : {}) });
    const { client, clock } = await start('One is here. Two is here.', [
      failing.definition,
      scriptedTts({ id: 'second' }).definition,
    ]);

    client.ask('Hi');
    await clock.advance(20_000);

    expect(client.of('degraded_mode')).toMatchObject([{ from: 'first', to: 'second' }]);
    expect(client.ends).toMatchObject([
      { type: 'turn_completed', durationMs: 24 * 50 + prosody.sentencePauseMs },
    ]);
  });
});

describe('a feeling that changes', () => {
  it('sets in gently after another one, and takes hold', async () => {
    const { client, clock } = await start('[happy:1] So good. [sad:1] Oh no. It is sad. [neutral] Well.', [
      scriptedTts().definition,
    ]);

    client.ask('Hi');
    await clock.advance(10_000);

    expect(client.of('sentence').map(({ emotion }) => [emotion.label, emotion.intensity])).toEqual([
      ['happy', 1],
      ['sad', prosody.emotionOnset],
      ['sad', 1],
      ['sad', 1 - prosody.emotionStep],
    ]);
  });
});

describe('a voice that reads words only', () => {
  const price = 'It costs $5.50 today. Dr. Lee knows.';
  const wordsOnly: ScriptedTtsOptions = { capabilities: { textNormalization: 'engine' } };

  it('is given words, while the listener is shown what was written', async () => {
    const tts = scriptedTts(wordsOnly);
    const { client, clock } = await start(price, [tts.definition]);

    client.ask('Hi');
    await clock.advance(20_000);

    expect(tts.log.calls.map(({ input }) => input)).toMatchObject([
      { text: 'It costs five dollars and fifty cents today.', previousText: '' },
      { text: 'Doctor Lee knows.', previousText: 'It costs five dollars and fifty cents today.' },
    ]);
    expect(client.of('sentence').map(({ text }) => text)).toEqual([
      'It costs $5.50 today.',
      'Dr. Lee knows.',
    ]);
    expect(client.ends).toMatchObject([{ type: 'turn_completed', heardText: price }]);
  });

  it.each([
    ['costs', 'It costs'],
    ['fifty', 'It costs $5.50'],
    ['today', 'It costs $5.50 today.'],
  ])('is remembered by what was written: interrupted after "%s"', async (last, heardText) => {
    const { client, clock } = await start(price, [scriptedTts(wordsOnly).definition]);
    const spoken = 'It costs five dollars and fifty cents today.';
    const msUntil = (spoken.indexOf(last) + last.length + 1) * 50;

    client.ask('Hi');
    await clock.advance(msUntil);
    client.interrupt();

    expect(client.of('turn_stopped')).toMatchObject([{ heardText }]);
  });

  it('is followed by another one from the next word that was written', async () => {
    const first = scriptedTts({ ...wordsOnly, id: 'first', script: { failAt: 40 } });
    const second = scriptedTts({ id: 'second' });
    const { client, clock } = await start('It costs $5.50 today.', [first.definition, second.definition]);

    client.ask('Hi');
    await clock.advance(20_000);

    expect(second.log.calls.map(({ input }) => input.text)).toEqual(['$5.50 today.']);
    expect(client.ends).toMatchObject([{ type: 'turn_completed', heardText: 'It costs $5.50 today.' }]);
  });

  it('leaves numbers to a voice that says nothing about itself', async () => {
    const tts = scriptedTts();
    const { client, clock } = await start(price, [tts.definition]);

    client.ask('Hi');
    await clock.advance(20_000);

    expect(tts.log.calls[0]?.input.text).toBe('It costs $5.50 today.');
  });
});
