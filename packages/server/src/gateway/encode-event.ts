import type { LoggedEvent, MediaItem } from '@tth/core';
import { encodeMediaFrame, protocolVersion } from '@tth/protocol';

/** An event with the envelope that every JSON message carries. */
export type WireEvent = LoggedEvent & {
  readonly v: number;
  readonly sessionId: string;
  readonly logId: string;
};

/** An event of the engine as a wire message. The names are the same; only the envelope is added. */
export const encodeEvent = (event: LoggedEvent, sessionId: string, logId: string): WireEvent => ({
  v: protocolVersion,
  sessionId,
  logId,
  ...event,
});

/** A piece of media as one binary message. `seq` counts the media frames of the connection. */
export const encodeMedia = (item: MediaItem, seq: number): Uint8Array =>
  encodeMediaFrame({
    kind: item.kind,
    codec: item.codec as 'pcm_s16le',
    key: item.key,
    sentenceEnd: item.sentenceEnd,
    idle: false,
    turn: item.turn,
    epoch: item.epoch,
    seq,
    ptsUs: item.ptsUs,
    durationUs: item.durationUs,
    sentence: item.sentence,
    payload: item.data,
  });
