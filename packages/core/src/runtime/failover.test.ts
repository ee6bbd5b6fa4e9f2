import {
  type Received,
  type RecordedSession,
  type Script,
  keptSoundMs,
  scriptedAvatar,
  scriptedLlm,
  scriptedPlugin,
  scriptedTts,
  startVirtualEngine,
} from '@tth/testkit';
import { describe, expect, it } from 'vitest';
import { defaultPolicies } from '../domain/policies.ts';
import type { LlmInput } from '../plugin/adapter.ts';

const reply = 'The first sentence is here. [happy:0.8] The second one follows it. And a third.';
const spoken = 'The first sentence is here. The second one follows it. And a third.';

/** A model that goes on with what it is handed, as `text` would. */
const goesOn =
  (text: string) =>
  ({ messages }: LlmInput): string => {
    const begun = messages.findLast(({ role }) => role === 'assistant')?.content ?? '';
    return text.startsWith(begun) ? text.slice(begun.length) : text;
  };

const model = (id: string, script: Script = {}, continuePrefix = true, text = reply) =>
  scriptedLlm({ id, reply: goesOn(text), deltaLength: 5, capabilities: { continuePrefix }, script });

/** A second try with the same provider is another subject. */
const policies = { retry: { ...defaultPolicies.retry, budgetShare: 0, budgetMin: 0 } };

const start = async (...adapters: Parameters<typeof scriptedPlugin>[0]) => {
  const virtual = await startVirtualEngine({ plugins: [scriptedPlugin(adapters)], policies });
  return { ...virtual, client: virtual.connect() };
};

const textOf = (client: RecordedSession): string =>
  client
    .of('text_delta')
    .map(({ text }) => text)
    .join('');

const isAudio = (each: Received): boolean => each.kind === 'media' && each.item.kind === 'audio';
const isPicture = (each: Received): boolean => each.kind === 'media' && each.item.kind !== 'audio';
const isEvent = (each: Received, type: string): boolean => each.kind === 'event' && each.event.type === type;

describe('a model that fails', () => {
  it.each<{ how: string; script: Script; reason: string }>([
    { how: 'refuses', script: { failAt: 0 }, reason: 'provider.unavailable' },
    { how: 'says nothing', script: { endAt: 0 }, reason: 'provider.protocol_error' },
    { how: 'hangs', script: { hangAt: 0 }, reason: 'provider.timeout' },
    { how: 'throws something', script: { failAt: 0, failure: new Error('x') }, reason: 'plugin.error' },
  ])('and $how at once is replaced before anything is said', async ({ script, reason }) => {
    const first = model('first', script);
    const second = model('second');
    const { client, clock } = await start(first, second, scriptedTts());

    client.ask('Hi');
    await clock.advance(30_000);

    const types = client.events.map(({ type }) => type);
    expect(client.of('degraded_mode')).toMatchObject([{ stage: 'llm', from: 'first', to: 'second', reason }]);
    expect(types.indexOf('degraded_mode')).toBeLessThan(types.indexOf('text_delta'));
    expect(textOf(client)).toBe(spoken);
    expect(client.ends).toMatchObject([{ type: 'turn_completed' }]);
    expect(second.log.calls[0]).toMatchObject({ context: { attempt: 1 } });
    expect(second.log.calls[0]?.input).toEqual(first.log.calls[0]?.input);
    expect(first.log.open).toBe(0);
  });

  it.each<{ how: string; script: Script; reason: string }>([
    { how: 'fails', script: { failAt: 4 }, reason: 'provider.unavailable' },
    { how: 'stops without finishing', script: { endAt: 4 }, reason: 'provider.protocol_error' },
    { how: 'stalls', script: { hangAt: 4, ignoreAbort: true }, reason: 'provider.stalled' },
    { how: 'fails inside a tag', script: { failAt: 7 }, reason: 'provider.unavailable' },
  ])('and $how in the middle is continued from its last character', async ({ script, reason }) => {
    const first = model('first', script);
    const second = model('second');
    const { client, clock } = await start(first, second, scriptedTts());

    client.ask('Hi');
    await clock.advance(30_000);

    const { messages } = second.log.calls[0]!.input;
    expect(messages.at(-1)?.role).toBe('assistant');
    expect(reply.startsWith(messages.at(-1)!.content)).toBe(true);
    expect(messages.slice(0, -1)).toEqual(first.log.calls[0]!.input.messages);
    expect(textOf(client)).toBe(spoken);
    expect(client.of('sentence').map(({ text, emotion }) => [text, emotion.label])).toEqual([
      ['The first sentence is here.', 'warm'],
      ['The second one follows it.', 'happy'],
      ['And a third.', 'happy'],
    ]);
    expect(client.of('degraded_mode')).toMatchObject([{ stage: 'llm', from: 'first', to: 'second', reason }]);
    expect(client.ends).toMatchObject([{ type: 'turn_completed', heardText: spoken }]);
  });

  it('is continued by one that has to be told how, and what that one repeats is left out', async () => {
    const first = model('first', { failAt: 4 });
    const repeats = scriptedLlm({
      id: 'second',
      reply: ['first', ' sentence', ' is', ' here. The second one follows it. And a third.'],
    });
    const { client, clock } = await start(first, repeats, scriptedTts());

    client.ask('Hi');
    await clock.advance(30_000);

    const { messages } = repeats.log.calls[0]!.input;
    expect(messages.slice(-2)).toMatchObject([
      { role: 'assistant', content: 'The first sentence i' },
      { role: 'user', content: expect.stringContaining('Repeat nothing') as string },
    ]);
    expect(client.ends).toMatchObject([{ type: 'turn_completed' }]);
    expect(textOf(client)).toBe(spoken);
  });

  it('after its last word was all that is wanted: a continuation that adds nothing ends the answer', async () => {
    const text = 'Short and complete.';
    const first = model('first', { failAt: 4 }, true, text);
    const second = model('second', {}, true, text);
    const { client, clock } = await start(first, second, scriptedTts());

    client.ask('Hi');
    await clock.advance(10_000);

    expect(second.log.calls).toHaveLength(1);
    expect(client.ends).toMatchObject([{ type: 'turn_completed', heardText: text }]);
  });

  it('is followed by each of the others once, and the turn fails with the last of them', async () => {
    const models = ['a', 'b', 'c'].map((id) => model(id, { failAt: 2 }));
    const { client, clock } = await start(...models, scriptedTts());

    client.ask('Hi');
    await clock.advance(10_000);

    expect(client.of('degraded_mode').map(({ from, to }) => `${from}-${to}`)).toEqual(['a-b', 'b-c']);
    expect(models.map(({ log }) => log.calls.map(({ context }) => context.attempt))).toEqual([[0], [1], [2]]);
    expect(client.ends).toMatchObject([{ type: 'turn_error', partial: true }]);
    expect(client.of('sentence').map(({ text }) => text)).toEqual(['The first sentence is here.']);
  });

  it('because it rejects what it was asked is not replaced: another would, too', async () => {
    const second = model('second');
    const first = model('first', { failAt: 0, failure: 'provider.rejected' });
    const { client, clock } = await start(first, second, scriptedTts());

    client.ask('Hi');
    await clock.advance(1_000);

    expect(second.log.calls).toEqual([]);
    expect(client.ends).toMatchObject([{ type: 'turn_error', error: { code: 'provider.rejected' } }]);
  });
});

describe('a voice that fails', () => {
  const text = 'One two three four five. And that is all.';

  it.each<{ how: string; script: Script; reason: string }>([
    { how: 'refuses', script: { failAt: 0 }, reason: 'provider.unavailable' },
    { how: 'makes no sound', script: { endAt: 0 }, reason: 'provider.protocol_error' },
    { how: 'hangs', script: { hangAt: 0, ignoreAbort: true }, reason: 'provider.timeout' },
  ])('and $how at once is replaced for the rest of the turn', async ({ script, reason }) => {
    const first = scriptedTts({ id: 'first', script });
    const second = scriptedTts({ id: 'second' });
    const { client, clock } = await start(first, second);

    client.say(text);
    await clock.advance(30_000);

    expect(client.of('degraded_mode')).toMatchObject([{ stage: 'tts', from: 'first', to: 'second', reason }]);
    expect(client.of('audio_discard')).toEqual([]);
    expect(client.received.findIndex((each) => isEvent(each, 'degraded_mode'))).toBeLessThan(
      client.received.findIndex(isAudio),
    );
    expect(first.log.calls).toHaveLength(1);
    expect(second.log.calls.map(({ input, context }) => [input.text, context.attempt])).toEqual([
      ['One two three four five.', 1],
      ['And that is all.', 1],
    ]);
    expect(keptSoundMs(client)).toEqual([1_200, 800]);
    expect(client.ends).toMatchObject([{ type: 'turn_completed', durationMs: 2_000, heardText: text }]);
  });

  it('in the middle of a sentence is replaced from the next word on', async () => {
    const first = scriptedTts({ id: 'first', script: { failAt: 13 } });
    const second = scriptedTts({ id: 'second' });
    const { client, clock } = await start(first, second);

    client.say(text);
    await clock.advance(30_000);

    expect(second.log.calls[0]?.input).toMatchObject({
      text: 'three four five.',
      previousText: 'One two ',
      nextText: 'And that is all.',
    });
    expect(keptSoundMs(client)).toEqual([350 + 800, 800]);
    expect(client.ends).toMatchObject([{ type: 'turn_completed', durationMs: 1_950, heardText: text }]);
    const ends = client.media.filter(({ item }) => item.sentenceEnd).map(({ item }) => item.sentence);
    expect(ends).toEqual([0, 1]);
  });

  it('takes back what the listener has of the word in which it broke off', async () => {
    const first = scriptedTts({ id: 'first', script: { betweenMs: 40, failAt: 13 } });
    const { client, clock } = await start(first, scriptedTts({ id: 'second' }));

    client.say(text);
    await clock.advance(30_000);

    expect(client.of('audio_discard')).toMatchObject([{ sentence: 0, afterUs: 350_000 }]);
    const types = client.events.map(({ type }) => type);
    expect(types.indexOf('degraded_mode')).toBeLessThan(types.indexOf('audio_discard'));
  });

  it('says nothing of sound that has not left yet', async () => {
    const long = 'One two three four five six seven eight nine ten eleven twelve thirteen fourteen.';
    const first = scriptedTts({ id: 'first', script: { failAt: 40 } });
    const { client, clock } = await start(first, scriptedTts({ id: 'second' }));

    client.say(long);
    await clock.advance(30_000);

    expect(client.of('audio_discard')).toEqual([]);
    expect(client.ends).toMatchObject([{ type: 'turn_completed', heardText: long }]);
    expect(client.of('turn_completed')[0]?.durationMs).toBeCloseTo(keptSoundMs(client)[0]!);
  });

  it('without word timings has its sentence said once more', async () => {
    const mute = { words: 'none', phonemes: 'none' } as const;
    const first = scriptedTts({
      id: 'first',
      script: { betweenMs: 40, failAt: 13 },
      capabilities: { timings: mute },
    });
    const untimed = {
      ...first.definition,
      create: (...given: Parameters<typeof first.definition.create>) => {
        const made = first.definition.create(...given);
        return {
          ...made,
          async *inferStream(...call: Parameters<typeof made.inferStream>) {
            for await (const output of made.inferStream(...call))
              yield { ...output, words: [], phonemes: [] };
          },
        };
      },
    };
    const { client, clock } = await start(untimed, scriptedTts({ id: 'second' }));

    client.say(text);
    await clock.advance(30_000);

    expect(client.of('audio_discard')).toMatchObject([{ sentence: 0, afterUs: 0 }]);
    expect(keptSoundMs(client)).toEqual([1_200, 800]);
    expect(client.ends).toMatchObject([{ type: 'turn_completed', durationMs: 2_000, heardText: text }]);
  });

  it('after the last word of a sentence has said it', async () => {
    const first = scriptedTts({ id: 'first', script: (call) => (call === 0 ? { failAt: 30 } : {}) });
    const second = scriptedTts({ id: 'second' });
    const { client, clock } = await start(first, second);

    client.say(text);
    await clock.advance(30_000);

    expect(second.log.calls).toEqual([]);
    expect(client.ends).toMatchObject([{ type: 'turn_completed', heardText: text }]);
  });

  it('is replaced by one that is asked within its own limits, and a new report says what became of the controls', async () => {
    const first = scriptedTts({ id: 'first', script: { failAt: 0 } });
    const second = scriptedTts({
      id: 'second',
      capabilities: { controls: { emotions: [], rate: { min: 0.9, max: 1.1 } }, emulate: [] },
    });
    const { client, clock } = await start(first, second);

    client.session.handle({
      type: 'say',
      clientMsgId: 'm',
      text,
      controls: { character: { rate: 1.5 } },
    });
    await clock.advance(30_000);

    expect(client.of('control_report').map(({ outcomes }) => outcomes)).toMatchObject([
      [{ provider: 'first', field: 'character.rate', used: 1.5, result: 'applied' }],
      [{ provider: 'second', field: 'character.rate', used: 1.1, result: 'clamped' }],
    ]);
    expect(second.log.calls[0]?.control.rate).toBe(1.1);
    const reports = client.received.findLastIndex((each) => isEvent(each, 'control_report'));
    expect(reports).toBeLessThan(client.received.findIndex(isAudio));
  });

  it('takes the face back with the sound', async () => {
    const first = scriptedTts({ id: 'first', script: { betweenMs: 40, failAt: 13 } });
    const avatar = scriptedAvatar();
    const { client, clock } = await start(first, scriptedTts({ id: 'second' }), avatar);

    client.say(text);
    await clock.advance(30_000);

    expect([avatar.log.calls.length, avatar.log.open]).toEqual([2, 0]);
    expect(avatar.log.calls[0]?.context.signal.aborted).toBe(true);
    const discard = client.received.findIndex((each) => isEvent(each, 'audio_discard'));
    const after = client.received
      .slice(discard)
      .flatMap((each) => (each.kind === 'media' ? [each.item] : []));
    const pictures = after.filter(({ kind }) => kind === 'pose');
    expect(pictures[0]?.ptsUs).toBe(350_000);
    expect(pictures.at(-1)!.ptsUs + pictures.at(-1)!.durationUs).toBe(1_950_000);
    expect(client.of('degraded_mode')).toHaveLength(1);
  });
});

describe('a face that fails', () => {
  const text = 'One two three four five six seven. And that is the second one. Now the third.';

  it('comes back as another one with the next sentence, and is described before it is seen', async () => {
    const first = scriptedAvatar({ id: 'first', script: { failAt: 5 } });
    const second = scriptedAvatar({ id: 'second' });
    const { client, clock } = await start(scriptedTts(), first, second);

    client.say(text);
    await clock.advance(30_000);

    expect(client.of('degraded_mode')).toMatchObject([
      { stage: 'avatar', from: 'first', to: 'audio_only', reason: 'provider.unavailable' },
      { stage: 'avatar', from: 'audio_only', to: 'second', reason: 'returned' },
    ]);
    expect(second.log.calls).toMatchObject([{ context: { attempt: 1 } }]);
    const back = client.received.findLastIndex((each) => isEvent(each, 'degraded_mode'));
    const format = client.received.findLastIndex((each) => isEvent(each, 'video_format'));
    const seen = client.received.findIndex((each, at) => at > back && isPicture(each));
    expect(format).toBe(back - 1);
    const [picture] = client.received.slice(seen);
    expect(picture).toMatchObject({ item: { ptsUs: 1_700_000, key: true } });
    expect(client.received.slice(0, back).findLast(isPicture)).toMatchObject({ item: { ptsUs: 120_000 } });
    expect(client.ends).toMatchObject([{ type: 'turn_completed', heardText: text }]);
    expect(keptSoundMs(client)).toEqual([1_700, 1_350, 700]);
  });

  it('comes back as the same one where there is no other, once', async () => {
    const avatar = scriptedAvatar({
      script: (call) => (call === 0 ? { failAt: 5 } : { betweenMs: 250, failAt: 12 }),
    });
    const { client, clock } = await start(scriptedTts(), avatar);

    client.say(text);
    await clock.advance(30_000);

    expect(client.of('degraded_mode').map(({ from, to }) => `${from}-${to}`)).toEqual([
      'scripted-avatar-audio_only',
      'audio_only-scripted-avatar',
      'scripted-avatar-audio_only',
    ]);
    expect(avatar.log.calls.map(({ context }) => context.attempt)).toEqual([0, 1]);
    expect(client.ends).toMatchObject([{ type: 'turn_completed' }]);
  });

  it('is not announced to be back when it is lost before anybody saw it', async () => {
    const first = scriptedAvatar({ id: 'first', script: { failAt: 5 } });
    const second = scriptedAvatar({ id: 'second', script: { failAt: 3 } });
    const { client, clock } = await start(scriptedTts(), first, second);

    client.say(text);
    await clock.advance(30_000);

    expect(client.of('degraded_mode')).toMatchObject([{ from: 'first', to: 'audio_only' }]);
    expect(client.of('video_format')).toHaveLength(1);
  });

  it('leaves in the middle without a word and is missed', async () => {
    const first = scriptedAvatar({ id: 'first', script: { endAt: 5 } });
    const { client, clock } = await start(scriptedTts(), first, scriptedAvatar({ id: 'second' }));

    client.say(text);
    await clock.advance(30_000);

    expect(client.of('degraded_mode')).toMatchObject([
      { to: 'audio_only', reason: 'provider.protocol_error' },
      { to: 'second' },
    ]);
  });

  it('is not called back when the speech is over', async () => {
    const second = scriptedAvatar({ id: 'second' });
    const first = scriptedAvatar({ id: 'first', script: { betweenMs: 30, failAt: 40 } });
    const { client, clock } = await start(scriptedTts(), first, second);

    client.say('Just one sentence, and not a long one.');
    await clock.advance(30_000);

    expect(second.log.calls).toEqual([]);
    expect(client.ends).toMatchObject([{ type: 'turn_completed' }]);
  });

  it('never stops or delays the sound', async () => {
    const sent = async (...faces: Parameters<typeof scriptedPlugin>[0]): Promise<number[]> => {
      const { client, clock } = await start(scriptedTts(), ...faces);
      client.say(text);
      await clock.advance(30_000);
      return client.media.flatMap(({ item, atMs }) =>
        item.kind === 'audio' ? [atMs - item.ptsUs / 1000] : [],
      );
    };
    const failing = scriptedAvatar({ id: 'first', script: { betweenMs: 20, failAt: 15 } });

    const late = Math.max(...(await sent(failing, scriptedAvatar({ id: 'second' }))));

    expect(late - Math.max(...(await sent()))).toBeLessThanOrEqual(40);
  });
});

describe('an interrupt while a provider takes over', () => {
  it.each<{ stage: string; adapters: () => ReturnType<typeof model>[] | unknown[] }>([
    { stage: 'model', adapters: () => [scriptedTts(), model('a', { failAt: 4 }), model('b', { hangAt: 0 })] },
    {
      stage: 'voice',
      adapters: () => [
        model('m'),
        scriptedTts({ id: 'a', script: { failAt: 4 } }),
        scriptedTts({ id: 'b', script: { hangAt: 0 } }),
      ],
    },
    {
      stage: 'face',
      adapters: () => [
        model('m'),
        scriptedTts(),
        scriptedAvatar({ id: 'a', script: { failAt: 4 } }),
        scriptedAvatar({ id: 'b', script: { hangAt: 0 } }),
      ],
    },
  ])('ends both calls of the $stage', async ({ adapters }) => {
    const made = adapters() as ReturnType<typeof model>[];
    const { client, clock } = await start(...made);
    client.ask('Hi');
    await clock.advance(300);

    client.interrupt();
    await clock.advance(10_000);

    expect(client.of('degraded_mode').length).toBeGreaterThan(0);
    expect(client.ends).toMatchObject([{ type: 'turn_stopped' }]);
    expect(made.map(({ log }) => log.open)).toEqual(made.map(() => 0));
    expect(made.at(-1)?.log.calls.length).toBeGreaterThan(0);
    expect(clock.pendingTimers).toBe(0);
  });

  it('given while the take-over is announced lets nobody take over', async () => {
    const second = model('second');
    const { engine, clock, connect } = await startVirtualEngine({
      plugins: [scriptedPlugin([model('first', { failAt: 4 }), second, scriptedTts()])],
      policies,
    });
    const client = connect(
      {},
      {
        react: ({ type }, session) => {
          if (type === 'degraded_mode') session.handle({ type: 'interrupt' });
        },
      },
    );

    client.ask('Hi');
    await clock.advance(10_000);

    expect(second.log.calls).toEqual([]);
    expect(client.ends).toMatchObject([{ type: 'turn_stopped' }]);
    expect(engine.sessions()).toHaveLength(1);
  });
});
