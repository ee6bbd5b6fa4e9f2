import type { ServerMessage } from '@tth/protocol';
import { describe, expect, it } from 'vitest';
import { createMediaGate } from './media-gate.ts';

const accepted = (clientMsgId: string): ServerMessage => ({
  v: 1,
  sessionId: 's1',
  logId: 'l1',
  seq: 1,
  ts: 0,
  type: 'accepted',
  clientMsgId,
  effect: 'stopped',
});

describe('media gate', () => {
  it('lets nothing of an older epoch pass', () => {
    const gate = createMediaGate();

    expect(gate.raise(3)).toBe(true);
    expect(gate.raise(3)).toBe(false);

    expect([2, 3, 4].map((epoch) => gate.admits({ epoch }))).toEqual([false, true, true]);
  });

  it('lets nothing pass from an interrupt until the server has answered it', () => {
    const gate = createMediaGate();

    gate.shut('m5');
    expect(gate.admits({ epoch: 9 })).toBe(false);
    expect(gate.observe(accepted('m4'))).toBe(false);
    expect(gate.observe(accepted('m5'))).toBe(true);

    expect(gate.admits({ epoch: 9 })).toBe(true);
  });

  it('opens with the answer to a later command: the server answers in order', () => {
    const gate = createMediaGate();

    gate.shut('m5');
    gate.noteCommand('m6');
    gate.observe(accepted('m6'));

    expect(gate.admits({ epoch: 0 })).toBe(true);
  });

  it('counts epochs anew in another session', () => {
    const gate = createMediaGate();
    gate.raise(7);
    gate.shut('m1');

    gate.reset();

    expect(gate.admits({ epoch: 0 })).toBe(true);
  });
});
