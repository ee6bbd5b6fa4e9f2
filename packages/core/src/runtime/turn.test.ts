import {
  scriptedAvatar,
  scriptedLlm,
  scriptedManagedAvatar,
  scriptedPlugin,
  scriptedTts,
  startVirtualEngine,
} from '@tth/testkit';
import { describe, expect, it } from 'vitest';
import { TthError } from '../domain/errors.ts';
import { defaultPolicies } from '../domain/policies.ts';

const typesOf = (events: readonly { readonly type: string }[]): string[] => events.map(({ type }) => type);

const sentTypes = [
  'turn_started',
  'sentence',
  'turn_completed',
  'turn_stopped',
  'turn_error',
  'degraded_mode',
];

describe('a turn', () => {
  it('answers with text, sentences, sound and picture, and ends when the listener has heard it', async () => {
    const providers = [scriptedLlm({ reply: 'Hello there. How are you?' }), scriptedTts(), scriptedAvatar()];
    const { clock, connect } = await startVirtualEngine({ plugins: [scriptedPlugin(providers)] });
    const client = connect();

    client.ask('Hi');
    await clock.advance(10_000);

    expect(
      client
        .of('text_delta')
        .map(({ text }) => text)
        .join(''),
    ).toBe('Hello there. How are you?');
    expect(client.of('sentence').map(({ text }) => text)).toEqual(['Hello there.', 'How are you?']);
    expect(client.of('video_format')).toHaveLength(1);
    expect(client.of('turn_completed')).toMatchObject([
      { durationMs: 1_200, heardMs: 1_200, heardText: 'Hello there. How are you?', heardSource: 'complete' },
    ]);
    const audioMs = client.media
      .filter(({ item }) => item.kind === 'audio')
      .reduce((sum, { item }) => sum + item.durationUs / 1000, 0);
    expect(audioMs).toBe(1_200);
    expect(client.session.state).toBe('idle');
    expect(clock.pendingTimers).toBe(0);
  });

  it('speaks the words of `say` as they are, tags included, without asking a model', async () => {
    const llm = scriptedLlm();
    const { clock, connect } = await startVirtualEngine({ plugins: [scriptedPlugin([llm, scriptedTts()])] });
    const client = connect();

    client.say('Read [happy:0.9] this.');
    await clock.advance(5_000);

    expect(client.of('sentence')).toMatchObject([{ text: 'Read [happy:0.9] this.' }]);
    expect(llm.log.calls).toHaveLength(0);
  });

  it('needs no voice when the avatar speaks by itself', async () => {
    const tts = scriptedTts();
    const avatar = scriptedManagedAvatar();
    const { clock, connect } = await startVirtualEngine({
      plugins: [scriptedPlugin([scriptedLlm({ reply: 'One. Two.' }), tts, avatar])],
    });
    const client = connect();

    client.ask('Count');
    await clock.advance(5_000);

    expect(tts.log.calls).toHaveLength(0);
    expect(client.of('turn_completed')).toMatchObject([{ durationMs: 400, sentences: 2 }]);
    expect(client.media.some(({ item }) => item.kind === 'pose')).toBe(true);
  });

  it('tells what became of the controls before anything else of the turn', async () => {
    const { clock, connect } = await startVirtualEngine({
      plugins: [scriptedPlugin([scriptedLlm(), scriptedTts(), scriptedAvatar()])],
    });
    const client = connect();

    client.ask('Hi', { controls: { character: { rate: '300%', pitch: 1.4 } } });
    await clock.advance(100);

    const types = typesOf(client.events).filter((type) => type !== 'session_created' && type !== 'accepted');
    expect(types.slice(0, 2)).toEqual(['turn_started', 'control_report']);
    expect(client.of('control_report')[0]?.outcomes).toMatchObject([
      { field: 'character.rate', used: 2, result: 'clamped' },
      { field: 'character.pitch', used: 1, result: 'dropped' },
    ]);
  });

  it('speaks each sentence with the feeling that its tag asks for', async () => {
    const tts = scriptedTts();
    const llm = scriptedLlm({ reply: '[sad:0.8] Oh no. [happy] But look!' });
    const { clock, connect } = await startVirtualEngine({ plugins: [scriptedPlugin([llm, tts])] });
    const client = connect();

    client.ask('Hi');
    await clock.advance(5_000);

    expect(client.of('sentence').map(({ emotion }) => emotion.label)).toEqual(['sad', 'happy']);
    expect(tts.log.calls.map(({ control }) => control.emotion.label)).toEqual(['sad', 'happy']);
  });

  it('breaks a reply off at the last full sentence within the allowed length', async () => {
    const llm = scriptedLlm({ reply: 'One is here. Two is here. Three is not.' });
    const { clock, connect } = await startVirtualEngine({
      plugins: [scriptedPlugin([llm, scriptedTts()])],
      policies: { maxReplyLength: 30 },
    });
    const client = connect();

    client.ask('Count');
    await clock.advance(5_000);

    expect(client.of('sentence').map(({ text }) => text)).toEqual(['One is here.', 'Two is here.']);
    expect(client.of('turn_completed')).toHaveLength(1);
    expect(llm.log.calls[0]?.state).toBe('aborted');
  });

  it('remembers what was heard for the next question', async () => {
    const llm = scriptedLlm({ reply: 'Alpha beta gamma delta.' });
    const { clock, connect } = await startVirtualEngine({ plugins: [scriptedPlugin([llm, scriptedTts()])] });
    const client = connect();

    client.ask('First');
    await clock.advance(500);
    client.interrupt();
    client.ask('Second');
    await clock.advance(10_000);

    expect(client.of('turn_stopped')).toMatchObject([{ heardSource: 'pacing', heardText: 'Alpha beta' }]);
    expect(llm.log.calls[1]?.input.messages.slice(1)).toEqual([
      { role: 'user', content: 'First' },
      { role: 'assistant', content: 'Alpha beta…' },
      { role: 'user', content: 'Second' },
    ]);
  });
});

describe('a provider that fails', () => {
  it.each([
    { stage: 'model', failing: { llm: { failAt: 0 } }, code: 'provider.unavailable' },
    { stage: 'voice', failing: { tts: { failAt: 0 } }, code: 'provider.unavailable' },
    { stage: 'voice', failing: { tts: { endAt: 0 } }, code: 'provider.protocol_error' },
    { stage: 'model', failing: { llm: { endAt: 0 } }, code: 'provider.protocol_error' },
    { stage: 'model', failing: { llm: { failAt: 0, failure: new Error('boom') } }, code: 'plugin.error' },
  ])(
    'ends the turn when the $stage fails before its first item ($code)',
    async ({ stage, failing, code }) => {
      const llm = scriptedLlm({ script: failing.llm ?? {} });
      const tts = scriptedTts({ script: failing.tts ?? {} });
      const { clock, connect } = await startVirtualEngine({ plugins: [scriptedPlugin([llm, tts])] });
      const client = connect();

      client.ask('Hi');
      await clock.advance(1_000);

      expect(client.ends).toMatchObject([
        { type: 'turn_error', partial: stage === 'voice', heardText: '', error: { code } },
      ]);
      expect(client.of('text_delta').length > 0).toBe(stage === 'voice');
      expect(client.media).toEqual([]);
      expect(client.session.state).toBe('idle');
      expect([llm.log.open, tts.log.open, clock.pendingTimers]).toEqual([0, 0, 0]);
    },
  );

  it('says nothing of an unexpected error but that it happened', async () => {
    const llm = scriptedLlm({ script: { failAt: 0, failure: new Error('key sk-123 refused') } });
    const { clock, connect } = await startVirtualEngine({ plugins: [scriptedPlugin([llm, scriptedTts()])] });
    const client = connect();

    client.ask('Hi');
    await clock.advance(100);

    expect(JSON.stringify(client.events)).not.toContain('sk-123');
  });

  it('speaks to the last full sentence when the model dies in the middle', async () => {
    const llm = scriptedLlm({ reply: 'First part. Second par', script: { failAt: 3 } });
    const { clock, connect } = await startVirtualEngine({ plugins: [scriptedPlugin([llm, scriptedTts()])] });
    const client = connect();

    client.ask('Hi');
    await clock.advance(5_000);

    expect(typesOf(client.events).filter((type) => sentTypes.includes(type))).toEqual([
      'turn_started',
      'sentence',
      'turn_error',
    ]);
    expect(client.of('sentence')).toMatchObject([{ text: 'First part.' }]);
    expect(client.of('turn_error')).toMatchObject([
      { partial: true, heardMs: 550, heardText: 'First part.', error: { code: 'provider.unavailable' } },
    ]);
  });

  it('ends the turn with what was heard when the voice dies in the middle', async () => {
    const tts = scriptedTts({ script: { betweenMs: 40, failAt: 10 } });
    const { clock, connect } = await startVirtualEngine({ plugins: [scriptedPlugin([scriptedLlm(), tts])] });
    const client = connect();

    client.ask('Hi');
    await clock.advance(5_000);

    expect(client.ends).toMatchObject([{ type: 'turn_error', partial: true, heardText: 'Hello' }]);
  });

  it.each([
    { what: 'fails at once', script: { failAt: 0 }, reason: 'provider.unavailable' },
    { what: 'fails in the middle', script: { failAt: 5 }, reason: 'provider.unavailable' },
    { what: 'hangs at once', script: { hangAt: 0, ignoreAbort: true }, reason: 'provider.timeout' },
    { what: 'hangs in the middle', script: { hangAt: 5, ignoreAbort: true }, reason: 'provider.stalled' },
  ])('goes on with sound alone when the avatar $what', async ({ script, reason }) => {
    const reply =
      'A sentence that is long enough to outlast every wait for a face that does not come '.repeat(2);
    const avatar = scriptedAvatar({ script });
    const { clock, connect } = await startVirtualEngine({
      plugins: [scriptedPlugin([scriptedLlm({ reply }), scriptedTts(), avatar])],
    });
    const client = connect();

    client.ask('Hi');
    await clock.advance(20_000);

    expect(client.of('degraded_mode')).toMatchObject([
      { stage: 'avatar', from: 'scripted-avatar', to: 'audio_only', reason },
    ]);
    expect(client.ends).toMatchObject([{ type: 'turn_completed', heardText: reply }]);
    expect(clock.pendingTimers).toBe(0);
  });

  it('ends the turn when a managed avatar ends without a sound', async () => {
    const avatar = scriptedManagedAvatar({ script: { endAt: 1 } });
    const { clock, connect } = await startVirtualEngine({
      plugins: [scriptedPlugin([scriptedLlm(), avatar])],
    });
    const client = connect();

    client.ask('Hi');
    await clock.advance(5_000);

    expect(client.ends).toMatchObject([{ type: 'turn_error', error: { code: 'provider.protocol_error' } }]);
  });

  it('does not blame the avatar for a model that takes its time', async () => {
    const llm = scriptedLlm({ reply: ['Well. ', 'Yes.'], script: { firstItemMs: 9_000, betweenMs: 4_500 } });
    const { clock, connect } = await startVirtualEngine({
      plugins: [scriptedPlugin([llm, scriptedTts(), scriptedAvatar()])],
    });
    const client = connect();

    client.ask('Hi');
    await clock.advance(60_000);

    expect(client.of('degraded_mode')).toEqual([]);
    expect(client.media.some(({ item }) => item.kind === 'pose')).toBe(true);
  });

  it('does not blame the avatar for a client that takes nothing', async () => {
    const llm = scriptedLlm({ reply: 'Words and words. '.repeat(20) });
    const { clock, connect } = await startVirtualEngine({
      plugins: [scriptedPlugin([llm, scriptedTts(), scriptedAvatar()])],
    });
    const client = connect();

    client.session.handle({ type: 'credit', audioMs: 400, videoMs: 400 });
    client.ask('Hi');
    await clock.advance(30_000);
    client.session.handle({ type: 'credit', audioMs: 60_000, videoMs: 60_000 });
    await clock.advance(60_000);

    expect(client.of('degraded_mode')).toEqual([]);
    expect(client.ends).toMatchObject([{ type: 'turn_completed' }]);
  });

  it('refuses a turn that nobody can serve and lives on', async () => {
    const { clock, connect } = await startVirtualEngine({ plugins: [scriptedPlugin([scriptedTts()])] });
    const client = connect();

    client.ask('Hi');
    client.say('But I can say this.');
    await clock.advance(5_000);

    expect(client.ends).toMatchObject([
      { type: 'turn_error', error: { code: 'provider.none_available', retryable: true } },
      { type: 'turn_completed' },
    ]);
  });

  it('gives a provider a rest after failures in a row and asks it again afterwards', async () => {
    const script = (call: number) => (call < 2 ? { failAt: 0 } : {});
    const llm = scriptedLlm({ script });
    const circuit = { ...defaultPolicies.circuit, failureThreshold: 2, cooldownMs: 1_000, cooldownJitter: 0 };
    const retry = { ...defaultPolicies.retry, budgetShare: 0, budgetMin: 0 };
    const { clock, connect } = await startVirtualEngine({
      plugins: [scriptedPlugin([llm, scriptedTts()])],
      policies: { circuit, retry },
    });
    const client = connect();
    const ask = async (): Promise<void> => {
      client.ask('Hi');
      await clock.advance(10);
    };

    await ask();
    await ask();
    await ask();
    await clock.advance(1_000);
    client.ask('Hi');
    await clock.advance(5_000);

    const codes = client.ends.map((end) => (end.type === 'turn_error' ? end.error.code : end.type));
    expect(codes).toEqual([
      'provider.unavailable',
      'provider.unavailable',
      'provider.none_available',
      'turn_completed',
    ]);
    expect(llm.log.calls).toHaveLength(3);
  });
});

describe('the budget of a turn', () => {
  it('ends a turn that takes too long', async () => {
    const llm = scriptedLlm({ reply: 'a '.repeat(100), script: { betweenMs: 1_000 } });
    const { clock, connect } = await startVirtualEngine({
      plugins: [scriptedPlugin([llm, scriptedTts()])],
      policies: { turnBudgetMs: 20_000 },
    });
    const client = connect();

    client.ask('Hi');
    await clock.advance(21_000);

    expect(client.ends).toMatchObject([{ type: 'turn_error', error: { code: 'turn.deadline' } }]);
    expect(llm.log.open).toBe(0);
    expect(clock.pendingTimers).toBe(0);
  });

  it('does not count the time in which everything waits for the client', async () => {
    const llm = scriptedLlm({ reply: 'Words and words. '.repeat(40) });
    const { clock, connect } = await startVirtualEngine({
      plugins: [scriptedPlugin([llm, scriptedTts()])],
      policies: { turnBudgetMs: 5_000 },
    });
    const client = connect();

    client.ask('Hi');
    await clock.advance(40_000);

    expect(client.ends).toMatchObject([{ type: 'turn_completed', durationMs: 32_000 }]);
  });
});

describe('what a session refuses', () => {
  it.each([
    { what: 'an empty text', text: '  \u200b ', code: 'guard.input_rejected' },
    { what: 'a text that is too long', text: 'x'.repeat(4_001), code: 'guard.input_rejected' },
  ])('refuses $what and starts no turn', async ({ text, code }) => {
    const { connect } = await startVirtualEngine({
      plugins: [scriptedPlugin([scriptedLlm(), scriptedTts()])],
    });
    const client = connect();

    client.ask(text, { clientMsgId: 'x' });

    expect(client.of('error')).toMatchObject([{ clientMsgId: 'x', error: { code, retryable: false } }]);
    expect(client.of('accepted')).toEqual([]);
    expect(client.session.state).toBe('idle');
  });

  it('answers a repeated message as before and does nothing', async () => {
    const llm = scriptedLlm();
    const { clock, connect } = await startVirtualEngine({ plugins: [scriptedPlugin([llm, scriptedTts()])] });
    const client = connect();

    client.ask('Hi', { clientMsgId: 'same' });
    client.ask('Hi', { clientMsgId: 'same' });
    await clock.advance(5_000);

    const [first, second] = client.of('accepted');
    expect(second).toMatchObject({ turnId: first?.turnId, effect: 'turn', duplicate: true });
    expect(llm.log.calls).toHaveLength(1);
    expect(client.of('turn_started')).toHaveLength(1);
  });

  it('takes no new turn once it is closed', async () => {
    const { clock, connect } = await startVirtualEngine({
      plugins: [scriptedPlugin([scriptedLlm(), scriptedTts()])],
    });
    const client = connect();

    client.session.handle({ type: 'close_session' });
    await clock.settle();
    client.ask('Hi');

    expect(client.events.at(-1)?.type).toBe('session_closed');
    expect(client.session.state).toBe('closed');
  });

  it('throws typed errors for what the caller of the engine did wrong', async () => {
    const { connect } = await startVirtualEngine({ plugins: [], policies: { maxSessions: 1 } });

    expect(() => connect({ persona: 'nobody' })).toThrow(TthError);
    connect();
    expect(() => connect()).toThrow(expect.objectContaining({ code: 'capacity.overloaded' }));
  });
});
