import { createVirtualClock } from '@tth/testkit';
import { Subject } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { chooseFiller, withFiller } from './filler.ts';
import type { ReplyPiece } from './style-hints.ts';

const filler: ReplyPiece = { type: 'filler', text: 'Let me think.' };
const hello: ReplyPiece = { type: 'text', text: 'Hello.' };

const listen = (given: { afterMs?: number; remainingMs?: number; text?: string | undefined } = {}) => {
  const { afterMs = 800, remainingMs = 60_000, text = 'Let me think.' } = given;
  const clock = createVirtualClock();
  const reply = new Subject<ReplyPiece>();
  const heard: ReplyPiece[] = [];
  const end = { how: '' };
  const subscription = reply
    .pipe(withFiller({ clock, text, afterMs, remainingMs: () => remainingMs, minBudgetMs: 10_000 }))
    .subscribe({
      next: (piece) => heard.push(piece),
      error: () => (end.how = 'failed'),
      complete: () => (end.how = 'ended'),
    });
  return { clock, reply, heard, end, subscription };
};

describe('a filler', () => {
  it('is said once when no word of the reply has come in time', async () => {
    const { clock, reply, heard } = listen();

    reply.next({ type: 'hint', emotion: { label: 'happy', intensity: 1 } });
    reply.next({ type: 'text', text: ' … ' });
    await clock.advance(799);
    expect(heard).not.toContainEqual(filler);
    await clock.advance(60_000);
    reply.next(hello);

    expect(heard.filter(({ type }) => type === 'filler')).toEqual([filler]);
    expect(heard.at(-1)).toEqual(hello);
  });

  it.each<[why: string, given: Parameters<typeof listen>[0]]>([
    ['the policy has none', { afterMs: 0 }],
    ['too little is left of the turn', { remainingMs: 10_000 }],
  ])('is not said when %s', async (_why, given) => {
    const { clock, heard } = listen(given);

    await clock.advance(60_000);

    expect(heard).toEqual([]);
    expect(clock.pendingTimers).toBe(0);
  });

  it.each<[what: string, act: (world: ReturnType<typeof listen>) => void]>([
    ['the reply has begun', ({ reply }) => reply.next(hello)],
    ['the reply is over, though its stream is still open', ({ reply }) => reply.next({ type: 'end' })],
    ['the reply broke off', ({ reply }) => reply.next({ type: 'cut' })],
    ['the reply has failed', ({ reply }) => reply.error(new Error('x'))],
    ['the reply has ended', ({ reply }) => reply.complete()],
    ['the turn was stopped', ({ subscription }) => subscription.unsubscribe()],
  ])('is not said once %s', async (_what, act) => {
    const world = listen();
    await world.clock.advance(799);

    act(world);
    await world.clock.advance(60_000);

    expect(world.heard).not.toContainEqual(filler);
    expect(world.clock.pendingTimers).toBe(0);
  });

  it('is one of the persona’s, in turn, and for its own language alone', () => {
    const fillers = ['One moment.', 'Let me see.'];

    expect([1, 2, 3].map((turn) => chooseFiller(fillers, 'en-US', 'en-GB', turn))).toEqual([
      'Let me see.',
      'One moment.',
      'Let me see.',
    ]);
    expect(chooseFiller(fillers, 'en-US', 'de-DE', 1)).toBeUndefined();
    expect(chooseFiller([], 'en-US', 'en-US', 1)).toBeUndefined();
    expect(chooseFiller(undefined, 'en-US', 'en-US', 1)).toBeUndefined();
  });
});
