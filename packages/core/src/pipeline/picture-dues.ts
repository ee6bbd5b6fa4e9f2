import type { MediaItem } from '../domain/media.ts';
import type { Policies } from '../domain/policies.ts';
import type { Lane } from './lane.ts';
import type { LinkWatch } from './link-watch.ts';
import { type PlayingTurn, behindMs } from './playing-turn.ts';

/** The moment at which a picture could be sent. */
export interface PictureMoment {
  readonly heardUs: number;
  readonly policies: Policies;
  readonly link: LinkWatch;
  /** Room that the client granted; `undefined` for one that is paced by wall clock. */
  readonly creditMs: number | undefined;
}

/** A picture that is sent with less time than this before it is due may come too late through no fault of the client. */
const hurryUs = 150_000;
/** Less than this between two pictures is no hole. */
const holeUs = 250_000;

/** What was sent before is not there to build upon: it was lost, or another client got it. */
export const skipToKey = (turn: PlayingTurn): void => {
  turn.skippingToKey = true;
  turn.onPictureLost();
};

/** Pictures whose time has long passed are worthless; what depends on them is, too. */
export const dropLatePictures = (
  turn: PlayingTurn,
  lane: Lane<MediaItem>,
  { heardUs, policies, link, creditMs }: PictureMoment,
): void => {
  const latestUs = heardUs - policies.pictureLateMs * 1000;
  for (let item = lane.peek(); item !== undefined; item = lane.peek()) {
    const isLate = item.ptsUs + item.durationUs < latestUs;
    if (!isLate && !(turn.skippingToKey && !item.key)) break;
    if (isLate && !turn.skippingToKey) skipToKey(turn);
    lane.shift();
    turn.drift?.late(1);
    // Of a face that keeps up they waited for a client that had no room for them.
    if (isLate && creditMs !== undefined && behindMs(turn, heardUs) <= 0) link.late();
  }
  if (lane.peek() !== undefined) turn.skippingToKey = false;
};

/** Whether a picture may leave now: no further ahead than allowed, and not before its sound. */
export const isPictureDue = (
  turn: PlayingTurn,
  { ptsUs }: MediaItem,
  { heardUs, policies, creditMs }: PictureMoment,
): boolean => {
  const leadUs = (turn.drift?.alignment.leadMs ?? 0) * 1000;
  if (ptsUs - leadUs > turn.sentUs && !turn.audio.ended) return false;
  return creditMs === undefined ? ptsUs <= heardUs + policies.aheadMs * 1000 : creditMs > 0;
};

/** Takes note of a picture that leaves. */
export const notePicture = (turn: PlayingTurn, { ptsUs, durationUs }: MediaItem, heardUs: number): void => {
  const followsOn = ptsUs - turn.picturedUs < holeUs;
  turn.pictureSeen = true;
  turn.isPictureless = false;
  turn.picturedUs = ptsUs + durationUs;
  if (!followsOn || ptsUs - heardUs < hurryUs) turn.hurriedUs = turn.picturedUs;
};

/** A picture with the time at which the client is to show it; nothing when it is left out. */
export const placePicture = (turn: PlayingTurn, item: MediaItem, heardUs: number): MediaItem | undefined => {
  const next = turn.beginnings.findIndex((us) => us >= item.ptsUs + item.durationUs);
  const begun = next < 0 ? turn.beginnings.length : next;
  turn.beginnings.splice(0, begun);
  return turn.drift === undefined ? item : turn.drift.send(item, { heardUs, atGap: begun > 0 });
};
