import { describe, expect, it, vi } from 'vitest';
import { createDesk } from './desk.ts';
import type { Drawing } from './drawing.ts';
import type { DrawingSpec, DrawnPicture, WorkerReply, WorkerRequest } from './worker-messages.ts';

const spec = {} as DrawingSpec;
const picture = (ptsUs: number): DrawnPicture => ({ ptsUs, key: true, data: new Uint8Array() });
const drawRequest = (drawing: number, ptsUs: number): WorkerRequest => ({
  type: 'draw',
  drawing,
  frames: [{ ptsUs, key: false }],
  poses: new Uint8Array(),
});

/** A desk whose drawings wait in `draw` until the test lets them go. */
const openDesk = (openDrawing?: () => Promise<Drawing>) => {
  const replies: WorkerReply[] = [];
  const gates: (() => void)[] = [];
  const closed = vi.fn<() => void>();
  const drawing: Drawing = {
    draw: async (frames) => {
      await new Promise<void>((resolve) => gates.push(resolve));
      return frames.map(({ ptsUs }) => picture(ptsUs));
    },
    finish: async () => [picture(-1)],
    close: closed,
  };
  const desk = createDesk({
    openDrawing: openDrawing ?? (() => Promise.resolve(drawing)),
    reply: (message) => replies.push(message),
  });
  return { desk, replies, gates, closed };
};

describe('desk', () => {
  it('draws the runs of one drawing in order, one at a time', async () => {
    const { desk, replies, gates } = openDesk();
    desk.handle({ type: 'open', drawing: 1, spec });
    desk.handle(drawRequest(1, 0));
    desk.handle(drawRequest(1, 40));
    desk.handle({ type: 'finish', drawing: 1 });

    await vi.waitUntil(() => gates.length === 1);
    gates[0]!();
    await vi.waitUntil(() => gates.length === 2);
    gates[1]!();
    await vi.waitUntil(() => replies.length === 3);

    expect(replies.map((reply) => reply.type === 'drawn' && reply.pictures[0]!.ptsUs)).toEqual([0, 40, -1]);
  });

  it('does not let one drawing wait for another', async () => {
    const { desk, replies, gates } = openDesk();
    desk.handle({ type: 'open', drawing: 1, spec });
    desk.handle({ type: 'open', drawing: 2, spec });
    desk.handle(drawRequest(1, 0));
    desk.handle(drawRequest(2, 0));

    await vi.waitUntil(() => gates.length === 2);
    gates[1]!();
    await vi.waitUntil(() => replies.length === 1);

    expect(replies[0]!.drawing).toBe(2);
  });

  it('closes a released drawing, drops its waiting runs and says nothing more about it', async () => {
    const { desk, replies, gates, closed } = openDesk();
    desk.handle({ type: 'open', drawing: 1, spec });
    desk.handle(drawRequest(1, 0));
    desk.handle(drawRequest(1, 40));
    await vi.waitUntil(() => gates.length === 1);

    desk.handle({ type: 'release', drawing: 1 });
    gates[0]!();
    await vi.waitUntil(() => closed.mock.calls.length === 1);
    desk.handle(drawRequest(1, 80));
    await new Promise(setImmediate);

    expect(gates).toHaveLength(1);
    expect(replies).toEqual([]);
  });

  it('reports a drawing that could not be opened once, and forgets it', async () => {
    const { desk, replies } = openDesk(() => Promise.reject(new Error('No encoder')));
    desk.handle({ type: 'open', drawing: 1, spec });
    desk.handle(drawRequest(1, 0));
    desk.handle(drawRequest(1, 40));

    await vi.waitUntil(() => replies.length > 0);
    await new Promise(setImmediate);

    expect(replies).toEqual([{ type: 'failed', drawing: 1, reason: 'No encoder' }]);
  });
});
