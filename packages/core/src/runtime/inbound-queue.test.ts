import { describe, expect, it } from 'vitest';
import { InboundQueue } from './inbound-queue.ts';
import type { SessionCommand } from './session-command.ts';

const text = (clientMsgId: string): SessionCommand => ({ type: 'user_text', clientMsgId, text: 'Hello' });
const drain = (queue: InboundQueue): SessionCommand[] => {
  const taken: SessionCommand[] = [];
  for (let next = queue.take(); next !== undefined; next = queue.take()) taken.push(next.command);
  return taken;
};

describe('inbound queue', () => {
  it('gives commands in the order in which they came, with the time at which they did', () => {
    const queue = new InboundQueue(8);

    queue.offer(text('a'), 1);
    queue.offer({ type: 'ping' }, 2);

    expect(queue.take()).toEqual({ command: text('a'), atMs: 1 });
    expect(queue.take()).toEqual({ command: { type: 'ping' }, atMs: 2 });
    expect(queue.take()).toBeUndefined();
  });

  it('refuses one command too many and keeps those that it has', () => {
    const queue = new InboundQueue(2);

    const taken = ['a', 'b', 'c'].map((id) => queue.offer(text(id), 0));

    expect(taken).toEqual([true, true, false]);
    expect(drain(queue)).toEqual([text('a'), text('b')]);
  });

  it.each<SessionCommand>([{ type: 'interrupt' }, { type: 'close_session' }])(
    'takes $type when it is full, and says that it is urgent until it is taken',
    (urgent) => {
      const queue = new InboundQueue(1);
      queue.offer(text('a'), 0);
      expect(queue.hasUrgent).toBe(false);

      expect(queue.offer(urgent, 0)).toBe(true);

      expect(queue.hasUrgent).toBe(true);
      expect(drain(queue)).toEqual([text('a'), urgent]);
      expect(queue.hasUrgent).toBe(false);
    },
  );

  it('adds up credit, keeps the last playhead of a turn and one key frame request', () => {
    const queue = new InboundQueue(3);
    const playback = (turnId: string, mediaMs: number): SessionCommand => ({
      type: 'playback',
      turnId,
      mediaMs,
      ended: false,
    });

    for (let each = 0; each < 100; each++) queue.offer({ type: 'credit', audioMs: 10, videoMs: 5 }, 0);
    for (let each = 0; each < 100; each++) queue.offer(playback('t_1', each), 0);
    for (let each = 0; each < 100; each++) queue.offer({ type: 'key_frame' }, 0);

    expect(drain(queue)).toEqual([
      { type: 'credit', audioMs: 1_000, videoMs: 500 },
      playback('t_1', 99),
      { type: 'key_frame' },
    ]);
  });

  it('takes credit however full it is, in one place: what was granted once is not granted again', () => {
    const queue = new InboundQueue(2);
    const credit: SessionCommand = { type: 'credit', audioMs: 10, videoMs: 5 };
    for (const id of ['a', 'b', 'c']) queue.offer(text(id), 0);

    const taken = Array.from({ length: 100 }, (_, n) => [
      queue.offer(credit, 0),
      queue.offer(text(`${n}`), 0),
    ]);

    expect(new Set(taken.map(String))).toEqual(new Set(['true,false']));
    expect(drain(queue)).toEqual([text('a'), text('b'), { type: 'credit', audioMs: 1_000, videoMs: 500 }]);
  });

  it('keeps apart what another command stands between, and the playheads of two turns', () => {
    const queue = new InboundQueue(8);
    const commands: SessionCommand[] = [
      { type: 'credit', audioMs: 1, videoMs: 1 },
      { type: 'ping' },
      { type: 'credit', audioMs: 1, videoMs: 1 },
      { type: 'playback', turnId: 't_1', mediaMs: 9, ended: true },
      { type: 'playback', turnId: 't_2', mediaMs: 1, ended: false },
    ];

    for (const command of commands) queue.offer(command, 0);

    expect(drain(queue)).toEqual(commands);
  });
});
