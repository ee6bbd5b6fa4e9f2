import type { ServerMessage, ServerMessageOf } from '@tth/protocol';
import { describe, expect, it } from 'vitest';
import {
  type Conversation,
  type ConversationEvent,
  activeTurn,
  emptyConversation,
  foldConversation,
  maxTurns,
  splitHeard,
} from './conversation.ts';

type Body<Type extends ServerMessage['type']> = Omit<
  ServerMessageOf<Type>,
  'v' | 'sessionId' | 'logId' | 'seq' | 'ts' | 'type'
>;

const say = <Type extends ServerMessage['type']>(type: Type, body: Body<Type>): ConversationEvent => ({
  type: 'message',
  message: { v: 1, sessionId: 's', logId: 'l', seq: 1, ts: 0, type, ...body } as unknown as ServerMessage,
});
const asked = (clientMsgId: string, text = 'Hello?'): ConversationEvent => ({
  type: 'asked',
  clientMsgId,
  text,
  speaker: 'Mira',
});
const after = (...events: ConversationEvent[]): Conversation =>
  events.reduce(foldConversation, emptyConversation);

const started = [
  asked('m1'),
  say('accepted', { clientMsgId: 'm1', effect: 'turn', turnId: 't1' }),
  say('turn_started', { turnId: 't1', turn: 1, epoch: 1, kind: 'user_text' }),
];
const answered = [
  ...started,
  say('text_delta', { turnId: 't1', text: 'Good ' }),
  say('text_delta', { turnId: 't1', text: 'day. Sit down.' }),
];
const heard = (heardText: string) => ({
  turnId: 't1',
  heardMs: 800,
  heardText,
  heardSource: 'client' as const,
});
const error = { code: 'provider.none_available', message: '', retryable: true } as const;

describe('conversation', () => {
  it('shows a question at once and the answer as it comes', () => {
    expect(activeTurn(after(asked('m1')))).toMatchObject({
      question: 'Hello?',
      answer: '',
      status: 'waiting',
    });
    expect(activeTurn(after(...answered))).toMatchObject({
      answer: 'Good day. Sit down.',
      status: 'answering',
    });
  });

  it('has no running turn once the answer was played to its end', () => {
    const done = after(
      ...answered,
      say('turn_completed', { durationMs: 900, sentences: 2, ...heard('Good day. Sit down.') }),
    );

    expect(activeTurn(done)).toBeUndefined();
    expect(done.turns[0]?.status).toBe('done');
  });

  it('parts an interrupted answer into what was heard and what was not', () => {
    const stopped = after(...answered, say('turn_stopped', { reason: 'interrupt', ...heard('Good  day') }));

    expect(stopped.turns[0]).toMatchObject({ status: 'stopped', stopReason: 'interrupt' });
    expect(splitHeard(stopped.turns[0] as never)).toEqual(['Good day.', ' Sit down.']);
  });

  it('counts everything as heard while nobody says otherwise', () => {
    expect(splitHeard(after(...answered).turns[0] as never)).toEqual(['Good day. Sit down.', '']);
  });

  it('says in plain words why a turn failed', () => {
    const failed = after(...started, say('turn_error', { error, partial: false, ...heard('') }));

    expect(failed.turns[0]).toMatchObject({ status: 'failed', heard: null });
    expect(failed.turns[0]?.problem?.what).toContain('No voice');
  });

  it('puts a refusal at the turn it refuses, else above all turns', () => {
    const refused = after(asked('m1'), say('error', { clientMsgId: 'm1', error }));
    expect(refused.turns[0]).toMatchObject({ status: 'failed' });
    expect(refused.problem).toBeNull();

    expect(after(say('error', { error })).problem?.what).toContain('No voice');
  });

  it('ends a turn that the connection lost, but not one that the server has ended', () => {
    const lost: ConversationEvent = {
      type: 'failed',
      clientMsgId: 'm1',
      problem: { what: 'Lost.', todo: '' },
    };
    const stopped = after(...answered, say('turn_stopped', { reason: 'interrupt', ...heard('Good') }), lost);

    expect(activeTurn(after(...answered, lost))).toBeUndefined();
    expect(after(...answered, lost).turns[0]?.problem?.what).toBe('Lost.');
    expect(stopped.turns[0]).toMatchObject({ status: 'stopped', problem: null });
  });

  it('shows turns that a script began', () => {
    const scripted = after(
      say('turn_started', { turnId: 't9', turn: 1, epoch: 1, kind: 'say' }),
      say('text_delta', { turnId: 't9', text: 'Hi.' }),
    );

    expect(scripted.turns).toMatchObject([{ question: '', answer: 'Hi.' }]);
  });

  it('names who does the work: the first of the list until the server reports another', () => {
    const models: ConversationEvent = { type: 'models', providers: { llm: 'local-llm', tts: 'openai-tts' } };
    const degraded = after(
      ...started,
      models,
      say('degraded_mode', {
        turnId: 't1',
        stage: 'tts',
        from: 'openai-tts',
        to: 'espeak',
        reason: 'provider.timeout',
      }),
    );

    expect(degraded.providers).toEqual({ llm: 'local-llm', tts: 'espeak' });
    expect(degraded.turns[0]?.notes[0]).toContain('espeak took over from openai-tts');
    expect(foldConversation(degraded, models).providers.tts).toBe('espeak');
  });

  it('keeps what became of the controls of each turn, and takes no engine for a provider', () => {
    const outcome = {
      provider: 'espeak',
      field: 'character.rate',
      requested: 2,
      used: 2,
      result: 'applied',
    } as const;
    const reported = after(
      ...started,
      say('control_report', {
        turnId: 't1',
        outcomes: [
          { ...outcome, stage: 'engine', provider: 'tth', result: 'dropped' },
          { ...outcome, stage: 'tts' },
        ],
      }),
    );

    expect(reported.providers).toEqual({ tts: 'espeak' });
    expect(reported.turns[0]?.controls.map(({ result }) => result)).toEqual(['dropped', 'applied']);
  });

  it('keeps the newest turns only', () => {
    const many = after(...Array.from({ length: maxTurns + 5 }, (_, n) => asked(`m${n}`)));

    expect(many.turns).toHaveLength(maxTurns);
    expect(many.turns[0]?.key).toBe('m5');
  });
});
