import type { ServerMessage } from '@tth/protocol';
import { describe, expect, it } from 'vitest';
import type { Said } from '../test/fake-transport.ts';
import { TthClientError } from './errors.ts';
import { createTurns } from './turn.ts';

const message = (said: Said): ServerMessage => ({
  v: 1,
  sessionId: 's1',
  logId: 'l1',
  seq: 1,
  ts: 0,
  ...said,
});
const heard = { heardMs: 900, heardText: 'One. ', heardSource: 'client' } as const;

const startTurns = () => {
  const turns = createTurns();
  const stopped: string[] = [];
  const turn = turns.begin('m1', (turnId) => stopped.push(turnId));
  return {
    turns,
    turn,
    stopped,
    hear: (said: Said) => turns.observe(message(said)),
    accept: () =>
      turns.observe(message({ type: 'accepted', clientMsgId: 'm1', turnId: 't1', effect: 'turn' })),
  };
};

describe('turn', () => {
  it('learns its id from the answer to its own command', async () => {
    const { turn, hear, accept } = startTurns();

    hear({ type: 'accepted', clientMsgId: 'other', turnId: 't0', effect: 'turn' });
    accept();

    await expect(turn.turnId()).resolves.toBe('t1');
  });

  it('collects its answer as it comes', () => {
    const { turn, hear, accept } = startTurns();
    accept();

    hear({ type: 'text_delta', turnId: 't1', text: 'Hello ' });
    hear({ type: 'text_delta', turnId: 't9', text: 'nobody' });
    hear({ type: 'text_delta', turnId: 't1', text: 'there.' });

    expect(turn.text).toBe('Hello there.');
  });

  it('is made of its sentences when no text comes by itself', () => {
    const { turn, hear, accept } = startTurns();
    accept();
    const emotion = { label: 'neutral', intensity: 0 } as const;

    hear({ type: 'sentence', turnId: 't1', sentence: 0, text: 'One.', emotion });
    hear({ type: 'sentence', turnId: 't1', sentence: 1, text: 'Two.', emotion });

    expect(turn.text).toBe('One. Two.');
  });

  it.each<[string, Said, object]>([
    [
      'completed',
      { type: 'turn_completed', turnId: 't1', durationMs: 900, sentences: 1, ...heard },
      { outcome: 'completed' },
    ],
    [
      'stopped',
      { type: 'turn_stopped', turnId: 't1', reason: 'interrupt', ...heard },
      { outcome: 'stopped', reason: 'interrupt' },
    ],
    [
      'failed',
      {
        type: 'turn_error',
        turnId: 't1',
        partial: true,
        error: { code: 'provider.timeout', message: 'too slow', retryable: true },
        ...heard,
      },
      {
        outcome: 'failed',
        error: expect.objectContaining({ code: 'provider.timeout', retryable: true }) as unknown,
      },
    ],
  ])('is done when it is %s, and says what was heard', async (_outcome, terminal, end) => {
    const { turn, hear, accept } = startTurns();
    accept();

    hear(terminal);

    await expect(turn.done).resolves.toEqual({ heardMs: 900, heardText: 'One. ', ...end });
  });

  it('fails with the reason of a refusal, which its id rejects with', async () => {
    const { turn, hear } = startTurns();

    hear({
      type: 'error',
      clientMsgId: 'm1',
      error: { code: 'protocol.turn_running', message: 'wait', retryable: false },
    });

    await expect(turn.done).resolves.toMatchObject({
      outcome: 'failed',
      error: { code: 'protocol.turn_running' },
    });
    await expect(turn.turnId()).rejects.toMatchObject({ code: 'protocol.turn_running' });
  });

  it('stops as soon as its id is known, and not after its end', () => {
    const { turn, stopped, hear, accept } = startTurns();

    turn.stop();
    expect(stopped).toEqual([]);
    accept();
    expect(stopped).toEqual(['t1']);

    hear({ type: 'turn_stopped', turnId: 't1', reason: 'interrupt', ...heard });
    turn.stop();
    expect(stopped).toEqual(['t1']);
  });

  it('goes on after a gap when the server still runs it, with the text so far', async () => {
    const { turn, turns, hear, accept } = startTurns();
    accept();
    hear({ type: 'text_delta', turnId: 't1', text: 'Hel' });

    hear({ type: 'session_state', state: 'inTurn', openTurn: { turnId: 't1', turn: 1, text: 'Hello, ' } });
    hear({ type: 'text_delta', turnId: 't1', text: 'you.' });
    expect(turn.text).toBe('Hello, you.');

    turns.failAll(new TthClientError('client.closed', 'closed'));
    await expect(turn.done).resolves.toMatchObject({ error: { code: 'client.closed' } });
  });

  it('is lost when the server runs another turn, or none, after a gap', async () => {
    const { turn, hear, accept } = startTurns();
    accept();

    hear({ type: 'session_state', state: 'idle', openTurn: null });

    await expect(turn.done).resolves.toMatchObject({
      outcome: 'failed',
      error: { code: 'client.session_lost' },
    });
  });

  it('survives the loss of its session while the server has not accepted it', async () => {
    const { turn, turns, accept } = startTurns();

    turns.loseNamed();
    accept();

    await expect(turn.turnId()).resolves.toBe('t1');
  });
});
