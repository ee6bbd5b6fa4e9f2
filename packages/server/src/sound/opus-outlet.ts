import { type Clock, type SessionHandle, type SessionOutlet, isTerminal } from '@tth/core';
import type { TurnId } from '@tth/core/plugin';
import type { OpusEncoders } from './opus-encoders.ts';
import { createOpusSound } from './opus-sound.ts';

/** Whether the first kind of sound that a client names and this server can make is Opus. */
export const prefersOpus = (accepted: readonly string[]): boolean =>
  accepted.find((codec) => codec === 'opus' || codec === 'pcm_s16le') === 'opus';

export interface OpusOutlet {
  readonly outlet: SessionOutlet;
  /** The connection is gone. */
  release(): void;
}

/**
 * Lets an outlet send Opus. Sound of an epoch that is over is dropped when it comes out of the encoder, so an interrupt
 * loses nothing of its suddenness; the end of a turn waits for the turn's last packet. A failure of the encoder is
 * announced, and PCM follows.
 */
export const withOpus = (
  outlet: SessionOutlet,
  session: SessionHandle,
  encoders: OpusEncoders,
  clock: Clock,
  onFailure: (reason: string) => void,
): OpusOutlet => {
  let turnId: TurnId | undefined;
  let waitingEvents = 0;
  const sound = createOpusSound({
    encoders,
    clock,
    hasRoom: () => outlet.hasRoom?.() ?? true,
    onRoom: () => session.playout.drained(),
    send: (item) => {
      if (item.epoch === session.epoch) outlet.media(item);
    },
    onFailure: (reason) => {
      onFailure(reason);
      if (turnId === undefined) return;
      const change = { stage: 'tts', from: 'opus', to: 'pcm_s16le', reason: 'plugin.error' } as const;
      session.emit({ type: 'degraded_mode', turnId, ...change });
    },
  });
  return {
    outlet: {
      ...outlet,
      get audioCodec() {
        return sound.hasFailed ? 'pcm_s16le' : 'opus';
      },
      event: (event) => {
        if (event.type === 'turn_started') turnId = event.turnId;
        if (event.type === 'session_state') turnId = event.openTurn?.turnId;
        if (event.type === 'audio_discard') sound.discard(event.afterUs);
        if (event.type === 'turn_stopped') sound.drop();
        if (isTerminal(event)) sound.finish();
        else if (waitingEvents === 0) {
          outlet.event(event);
          return;
        }
        waitingEvents += 1;
        sound.after(() => {
          waitingEvents -= 1;
          outlet.event(event);
        });
      },
      media: (item) => (item.kind === 'audio' ? sound.push(item) : outlet.media(item)),
    },
    release: () => sound.close(),
  };
};
