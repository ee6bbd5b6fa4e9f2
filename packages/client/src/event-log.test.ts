import type { ServerMessage } from '@tth/protocol';
import { describe, expect, it } from 'vitest';
import { sessionView } from '../test/fake-transport.ts';
import { createEventLog } from './event-log.ts';

const envelope = { v: 1, sessionId: 's1', ts: 0 };
const created = (seq: number, logId = 'l1'): ServerMessage => ({
  ...envelope,
  logId,
  seq,
  type: 'session_created',
  ...sessionView,
});
const resumed = (seq: number, replayed: number, recovered = true, logId = 'l1'): ServerMessage => ({
  ...envelope,
  logId,
  seq,
  type: 'session_resumed',
  ...sessionView,
  recovered,
  replayed,
  how: 'local',
});
const event = (seq: number, type: 'pong' | 'unknown' | 'flow' = 'flow') => ({ type, seq, logId: 'l1' });

const startLog = (...seqs: number[]) => {
  const log = createEventLog();
  log.observe(created(1));
  for (const seq of seqs) log.observe(event(seq));
  return log;
};

describe('event log', () => {
  it('lets events through that follow one another, those of newer servers too', () => {
    const log = startLog();

    expect([log.observe(event(2)), log.observe(event(3, 'unknown')), log.observe(event(4))]).toEqual([
      'new',
      'new',
      'new',
    ]);
    expect(log.position()).toEqual({ logId: 'l1', lastSeq: 4 });
  });

  it('sees a hole, and stays before it', () => {
    const log = startLog(2, 3);

    expect(log.observe(event(5))).toBe('hole');
    expect(log.position().lastSeq).toBe(3);
  });

  it('ignores repeats, except a pong, which may carry the newest place', () => {
    const log = startLog(2, 3);

    expect(log.observe(event(3))).toBe('repeat');
    expect(log.observe(event(3, 'pong'))).toBe('new');
  });

  it.each([
    ['after the events it replays', 6],
    ['at the newest of them', 5],
    ['where the client was', 3],
  ])('takes a replay when the answer to the hello stands %s', (_where, answerSeq) => {
    const log = startLog(2, 3);

    log.observe(resumed(answerSeq, 2));
    const verdicts = [
      log.observe(event(4)),
      log.observe(event(5)),
      log.observe(event(Math.max(answerSeq, 5) + 1)),
    ];

    expect(verdicts).toEqual(['new', 'new', 'new']);
  });

  it('takes a replay that comes before the answer to the hello', () => {
    const log = startLog(2, 3);

    const verdicts = [event(4), event(5), resumed(6, 2), event(7)].map(log.observe);

    expect(verdicts).toEqual(['new', 'new', 'new', 'new']);
  });

  it('lets the refusal of a hello pass, which is in no log', () => {
    const log = startLog(2, 3);

    expect(log.observe({ type: 'error', seq: 1, logId: '' })).toBe('new');
    expect(log.observe(event(4))).toBe('new');
  });

  it('sees a hole within a replay', () => {
    const log = startLog(2, 3);

    log.observe(resumed(7, 3));

    expect(log.observe(event(5))).toBe('hole');
  });

  it('begins anew where the server could not replay', () => {
    const log = startLog(2, 3);

    log.observe(resumed(40, 0, false, 'l2'));

    expect(log.observe({ ...event(41), logId: 'l2' })).toBe('new');
    expect(log.position()).toEqual({ logId: 'l2', lastSeq: 41 });
  });
});
