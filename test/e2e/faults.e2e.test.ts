import type { LlmOutput, SpeechOutput } from '@tth/core/plugin';
import type { Script } from '@tth/testkit';
import { describe, expect, it } from 'vitest';
import {
  answer,
  createStart,
  closedSentences,
  face,
  hear,
  model,
  sentences,
  soundThatCounts,
  voice,
} from '../support/faults.ts';
import { until } from '../support/until.ts';
import { afterTheEnd } from '../support/wire-client.ts';

const start = createStart();

const once = { terminals: 1, late: 0 };

describe('providers that fail, on the real stack', () => {
  it.each<{ row: string; script: Script; reason: string }>([
    { row: 'A1: a model that refuses', script: { failAt: 0 }, reason: 'provider.unavailable' },
    { row: 'A2: a model that never answers', script: { hangAt: 0 }, reason: 'provider.timeout' },
    {
      row: 'A2: a model that never answers and cannot be stopped',
      script: { hangAt: 0, ignoreAbort: true },
      reason: 'provider.timeout',
    },
    {
      row: 'A8: a model whose answer cannot be read',
      script: { failAt: 0, failure: 'provider.protocol_error' },
      reason: 'provider.protocol_error',
    },
    {
      row: 'A17: a model that has too much to do',
      script: { failAt: 0, failure: 'provider.rate_limited' },
      reason: 'provider.rate_limited',
    },
    {
      row: 'A18: a model that refuses our key',
      script: { failAt: 0, failure: 'provider.misconfigured' },
      reason: 'provider.misconfigured',
    },
  ])('$row costs one announced change and nothing else', async ({ script, reason }) => {
    const first = model('first', script);
    const second = model('second');
    const { client } = await start([first, second, voice('voice')]);

    const turn = await hear(client);

    expect(turn.of('degraded_mode')).toMatchObject([{ stage: 'llm', from: 'first', to: 'second', reason }]);
    expect(turn.order.indexOf('degraded_mode')).toBeLessThan(turn.order.indexOf('text_delta'));
    expect(turn.text).toBe(answer);
    expect(turn.ends).toMatchObject([{ type: 'turn_completed', heardText: answer }]);
    expect(afterTheEnd(client, turn.turnId)).toEqual(once);
    expect([first.log.calls.length, second.log.calls.length]).toEqual([1, 1]);
    expect(first.log.calls[0]?.context.signal.aborted).toBe(true);
  });

  it.each<{ row: string; script: Script; reason: string }>([
    { row: 'A1: a voice that refuses', script: { failAt: 0 }, reason: 'provider.unavailable' },
    { row: 'A2: a voice that never answers', script: { hangAt: 0 }, reason: 'provider.timeout' },
    {
      row: 'A15: a voice that ends without a sound',
      script: { endAt: 0 },
      reason: 'provider.protocol_error',
    },
  ])('$row costs one announced change and nothing else', async ({ script, reason }) => {
    const first = voice('first', script);
    const second = voice('second');
    const { client } = await start([model('model'), first, second]);

    const turn = await hear(client);

    expect(turn.of('degraded_mode')).toMatchObject([{ stage: 'tts', from: 'first', to: 'second', reason }]);
    expect(turn.order.indexOf('degraded_mode')).toBeLessThan(turn.order.indexOf('audio'));
    expect(turn.of('audio_discard')).toEqual([]);
    expect(first.log.calls).toHaveLength(1);
    expect(second.log.calls.map(({ input }) => input.text)).toEqual(sentences);
    expect(closedSentences(turn)).toEqual([0, 1, 2]);
    expect(turn.ends).toMatchObject([{ type: 'turn_completed', heardText: answer }]);
  });

  it.each<{ row: string; script: Script; reason: string }>([
    {
      row: 'A4: a model that stops in the middle without a word',
      script: { hangAt: 6 },
      reason: 'provider.stalled',
    },
    { row: 'A5: a model that dies in the middle', script: { failAt: 6 }, reason: 'provider.unavailable' },
    {
      row: 'A5: a model whose answer ends in the middle',
      script: { endAt: 6 },
      reason: 'provider.protocol_error',
    },
    {
      row: 'A8: a model that sends one piece that cannot be read',
      script: { failAt: 6, failure: new SyntaxError('Unexpected token') },
      reason: 'plugin.error',
    },
  ])('$row is continued from its last character', async ({ script, reason }) => {
    const first = model('first', script);
    const second = model('second');
    const { client } = await start([first, second, voice('voice')]);

    const turn = await hear(client);

    expect(turn.of('degraded_mode')).toMatchObject([{ stage: 'llm', from: 'first', to: 'second', reason }]);
    expect(turn.order.indexOf('text_delta')).toBeLessThan(turn.order.indexOf('degraded_mode'));
    expect(turn.text).toBe(answer);
    expect(turn.of('sentence').map(({ text }) => text)).toEqual(sentences);
    expect(second.log.calls[0]?.input.messages.at(-1)).toEqual({
      role: 'assistant',
      content: answer.slice(0, 30),
    });
    expect(turn.ends).toMatchObject([{ type: 'turn_completed', heardText: answer }]);
    expect(afterTheEnd(client, turn.turnId)).toEqual(once);
    await until(() => first.log.open + second.log.open === 0);
  });

  it('A5: a model that dies in the middle, alone, ends the turn after its last full sentence', async () => {
    const only = model('only', (call) => (call === 0 ? { failAt: 8 } : {}));
    const { client } = await start([only, voice('voice')]);

    const broken = await hear(client);
    const next = await hear(client);

    expect(broken.of('degraded_mode')).toEqual([]);
    expect(answer.startsWith(broken.text)).toBe(true);
    expect(broken.of('sentence').map(({ text }) => text)).toEqual([sentences[0]]);
    expect(broken.ends).toMatchObject([
      { type: 'turn_error', partial: true, error: { code: 'provider.unavailable', retryable: true } },
    ]);
    expect(afterTheEnd(client, broken.turnId)).toEqual(once);
    const { heardText } = broken.ends[0]!;
    expect(heardText).not.toBe('');
    expect(sentences[0]).toContain(heardText);
    const remembered = only.log.calls[1]!.input.messages.filter(({ role }) => role === 'assistant');
    expect(remembered.map(({ content }) => content.startsWith(heardText))).toEqual([true]);
    expect(next.ends).toMatchObject([{ type: 'turn_completed' }]);
  });

  it('A3: a model that drips keeps its text flowing until the turn has no time left', async () => {
    const only = model('only', { betweenMs: 40 });
    const { client } = await start([only, voice('voice')], { turnBudgetMs: 300 });

    const turn = await hear(client);

    expect(turn.of('degraded_mode')).toEqual([]);
    expect(turn.text).not.toBe('');
    expect(answer.startsWith(turn.text)).toBe(true);
    expect(turn.ends).toMatchObject([{ type: 'turn_error', error: { code: 'turn.deadline' } }]);
    expect(afterTheEnd(client, turn.turnId)).toEqual(once);
    await until(() => only.log.open === 0);
  });

  it('A6: a voice that dies in the middle of a sentence is replaced, and what it half said is taken back', async () => {
    const first = voice('first', { betweenMs: 10, failAt: 13 });
    const second = voice('second');
    const { client } = await start([model('model'), first, second]);

    const turn = await hear(client);

    expect(turn.of('degraded_mode')).toMatchObject([{ stage: 'tts', from: 'first', to: 'second' }]);
    expect(turn.of('audio_discard')).toMatchObject([{ sentence: 0 }]);
    expect(turn.order.indexOf('degraded_mode')).toBeLessThan(turn.order.indexOf('audio_discard'));
    expect(closedSentences(turn)).toEqual([0, 1, 2]);
    expect(first.log.calls).toHaveLength(1);
    const [again, ...rest] = second.log.calls.map(({ input }) => input.text);
    expect(sentences[0]!.endsWith(again!)).toBe(true);
    expect(rest).toEqual(sentences.slice(1));
    const pieces = soundThatCounts(turn);
    expect(turn.ends).toMatchObject([
      { type: 'turn_completed', heardText: answer, durationMs: pieces.at(-1)!.endUs / 1000 },
    ]);
  });

  it.each<{ row: string; script: Script; reason: string }>([
    { row: 'dies', script: { failAt: 6 }, reason: 'provider.unavailable' },
    { row: 'leaves', script: { endAt: 6 }, reason: 'provider.protocol_error' },
    { row: 'stalls', script: { hangAt: 6 }, reason: 'provider.stalled' },
  ])(
    'A7: a face that $row takes nothing from the sound and comes back with a sentence, once',
    async ({ script, reason }) => {
      const first = face('first', script);
      const second = face('second');
      const slowVoice = voice('voice', { betweenMs: 10 });
      const { client } = await start([model('model'), slowVoice, first, second]);

      const turn = await hear(client);

      expect(turn.of('degraded_mode')).toMatchObject([
        { stage: 'avatar', from: 'first', to: 'audio_only', reason },
        { stage: 'avatar', from: 'audio_only', to: 'second' },
      ]);
      expect([first.log.calls.length, second.log.calls.length]).toEqual([1, 1]);
      const pieces = soundThatCounts(turn);
      expect(turn.of('audio_discard')).toEqual([]);
      expect(closedSentences(turn)).toEqual([0, 1, 2]);
      expect(turn.ends).toMatchObject([
        { type: 'turn_completed', heardText: answer, durationMs: pieces.at(-1)!.endUs / 1000 },
      ]);
      expect(afterTheEnd(client, turn.turnId)).toEqual(once);
    },
  );

  it('A8: no nonsense of a provider leaves it: it is replaced like one that fails', async () => {
    const nonsense = model('nonsense');
    const babble = voice('babble');
    const { client } = await start([
      {
        ...nonsense.definition,
        create: (...given: Parameters<typeof nonsense.definition.create>) => ({
          ...nonsense.definition.create(...given),
          async *inferStream() {
            yield null as unknown as LlmOutput;
          },
        }),
      },
      model('second'),
      {
        ...babble.definition,
        create: (...given: Parameters<typeof babble.definition.create>) => ({
          ...babble.definition.create(...given),
          async *inferStream() {
            yield { pcm: 'noise' } as unknown as SpeechOutput;
          },
        }),
      },
      voice('voice'),
    ]);

    const turn = await hear(client);

    expect(turn.of('degraded_mode').map(({ from, to }) => `${from}-${to}`)).toEqual([
      'nonsense-second',
      'babble-voice',
    ]);
    expect(turn.ends).toMatchObject([{ type: 'turn_completed', heardText: answer }]);
  });
});

describe('providers that do not end as they should, on the real stack', () => {
  it('A15: a model that ends twice ends the turn once', async () => {
    const twice = model('twice');
    const { client } = await start([
      {
        ...twice.definition,
        create: (...given: Parameters<typeof twice.definition.create>) => {
          const made = twice.definition.create(...given);
          return {
            ...made,
            async *inferStream(...call: Parameters<typeof made.inferStream>): AsyncGenerator<LlmOutput> {
              yield* made.inferStream(...call);
              yield { type: 'finish', reason: 'stop' };
            },
          };
        },
      },
      voice('voice'),
    ]);

    const turn = await hear(client);

    expect(turn.text).toBe(answer);
    expect(turn.ends).toMatchObject([{ type: 'turn_completed', heardText: answer }]);
    expect(afterTheEnd(client, turn.turnId)).toEqual(once);
  });

  it('A15: a model that says everything and never ends is given up, and nothing is said twice', async () => {
    const pieces = Math.ceil(answer.length / 5);
    const endless = model('endless', { hangAt: pieces });
    const second = model('second');
    const { client } = await start([endless, second, voice('voice')]);

    const turn = await hear(client);

    expect(turn.of('degraded_mode')).toMatchObject([{ reason: 'provider.stalled' }]);
    expect(turn.text).toBe(answer);
    expect(turn.of('sentence').map(({ text }) => text)).toEqual(sentences);
    expect(turn.ends).toMatchObject([{ type: 'turn_completed' }]);
    expect(afterTheEnd(client, turn.turnId)).toEqual(once);
  });
});

describe('controls that a provider does not have', () => {
  it('A24: are reported truly before the first sound of every turn', async () => {
    const plain = voice('plain', {}, { capabilities: { controls: { emotions: [] }, emulate: [] } });
    const { client } = await start([model('model'), plain]);

    client.send({
      type: 'controls',
      clientMsgId: 'c1',
      controls: { character: { rate: 2 }, emotion: { label: 'angry', intensity: 1 } },
    });
    const turns = [await hear(client), await hear(client)];

    for (const turn of turns) {
      expect(turn.of('control_report')).toHaveLength(1);
      expect(turn.of('control_report')[0]?.outcomes).toMatchObject([
        {
          stage: 'tts',
          provider: 'plain',
          field: 'character.rate',
          requested: 2,
          used: 1,
          result: 'dropped',
        },
        { field: 'emotion.label', requested: 'angry', used: 'neutral', result: 'dropped' },
        { field: 'emotion.intensity', requested: 1, used: 0, result: 'dropped' },
      ]);
      expect(turn.order.indexOf('control_report')).toBeLessThan(turn.order.indexOf('audio'));
    }
    expect(plain.log.calls.map(({ control }) => [control.rate, control.emotion.label])).toEqual(
      plain.log.calls.map(() => [1, 'neutral']),
    );
  });
});
