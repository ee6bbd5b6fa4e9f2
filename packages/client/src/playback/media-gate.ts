import type { MediaFrame, ServerMessage } from '@tth/protocol';

/**
 * Keeps what belongs to the past from being played. Media of an older epoch never passes. After an interrupt nothing
 * passes until the server has answered it, because everything before that answer was sent before the server knew.
 */
export const createMediaGate = () => {
  let epoch = 0;
  let unanswered: Set<string> | undefined;

  return {
    /** True when this epoch is new, and so everything older is void. */
    raise(to: number): boolean {
      const isNew = to > epoch;
      epoch = Math.max(epoch, to);
      return isNew;
    },

    /** Shut until this interrupt is answered. */
    shut(clientMsgId: string): void {
      unanswered = new Set([clientMsgId]);
    },

    /** A command sent later: the server answers in order, so its answer opens the gate too. */
    noteCommand(clientMsgId: string): void {
      unanswered?.add(clientMsgId);
    },

    /** True when this message opened the gate. */
    observe(message: ServerMessage): boolean {
      if (message.type !== 'accepted' && message.type !== 'error') return false;
      if (message.clientMsgId !== undefined && unanswered?.has(message.clientMsgId)) {
        unanswered = undefined;
        return true;
      }
      return false;
    },

    admits: (frame: Pick<MediaFrame, 'epoch'>): boolean => unanswered === undefined && frame.epoch >= epoch,

    /** Another session counts its epochs anew. */
    reset(): void {
      epoch = 0;
      unanswered = undefined;
    },
  };
};
