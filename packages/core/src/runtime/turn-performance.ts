import { Subject } from 'rxjs';
import type { FaceLevel } from '../alignment/correct.ts';
import { type LinkLevel, type PictureShare, linkLevels, pictureShares } from '../alignment/link.ts';
import { type TthError, isTthError } from '../domain/errors.ts';
import type { ControlOutcome } from '../domain/events.ts';
import type { Policies } from '../domain/policies.ts';
import type { Demand } from '../pipeline/demand.ts';
import type { ManagedStandby } from '../pipeline/managed-avatar.stage.ts';
import type { FaceChange } from '../pipeline/split-avatar.stage.ts';
import type { SpeechFeed } from '../pipeline/speech-feed.ts';
import type { Performance } from '../pipeline/turn-pipeline.ts';
import type { FaceRoute, TurnProviders } from './turn-providers.ts';

export interface TurnPerformanceDeps {
  readonly providers: TurnProviders;
  readonly withoutVoice: Policies['withoutVoice'];
  /** Whether the client shows pictures at all. */
  readonly hasPicture: boolean;
  readonly feed: SpeechFeed;
  /** Room for more sound; for sound and pictures of one source; for pictures. */
  readonly demand: {
    readonly sound: Demand;
    readonly fedSound: Demand;
    readonly both: Demand;
    readonly picture: Demand;
  };
  /** The turn goes on as text. */
  readonly onSpeechLost: (from: string, reason: string) => void;
  /** What the client's link is asked to carry when the turn begins. */
  readonly linkLevel: () => LinkLevel;
  /** The face shows less from now on, or more again. */
  readonly onFaceLevel: (from: string, to: string, reason: string) => void;
  /** The earliest place on the turn's clock at which new pictures can be seen. */
  readonly nextPictureUs: () => number;
  /** Up to here pictures were sent, or nobody would see them any more. */
  readonly pastPicturesUs: () => number;
  /** Throws away the pictures from here on that were not sent. */
  readonly dropPictures: (fromUs: number) => void;
}

/** Share of the frames that a face which falls behind is asked for. */
const reducedShare = 0.5;

const isSamePicture = (one: FaceRoute, other: FaceRoute): boolean =>
  JSON.stringify(one.picture) === JSON.stringify(other.picture);

const nameOf = ({ id, codec }: FaceRoute, link: LinkLevel): string =>
  link === 'full' || codec === 'pose' ? id : link;

/** Who performs a turn, and who takes over when one of them fails. */
export interface TurnPerformance {
  /** Who is on show. */
  readonly face: FaceRoute | undefined;
  /** What it is called, as far as the client's link lets it be seen: by its own name, or by the level. */
  readonly shownAs: string;
  /** Whether the client sees somebody. */
  readonly isSeen: boolean;
  /** Throws `provider.none_available` where nobody can speak and a turn may not be text alone. */
  begin(): { readonly performance: Performance; readonly outcomes: readonly ControlOutcome[] };
  /** Nobody is on show, because a face was lost or has to rest. */
  loseFace(): void;
  /** The listener sees again a face that was lost: tells what became of the controls now. */
  reportReturn(): void;
  /** Asks a face that falls behind for less, or for more again: a step of the ladder. */
  changeFace(level: FaceLevel, from: FaceLevel): void;
  /** The same for what the client's link carries. */
  changeLink(level: LinkLevel, from: LinkLevel): void;
  /** Pictures that were not sent are drawn anew, beginning with one that needs no other. */
  redraw(): void;
  /** The voices have failed, one after the other. */
  loseSpeech(reason: string): void;
}

export const createTurnPerformance = (deps: TurnPerformanceDeps): TurnPerformance => {
  const { providers, withoutVoice, hasPicture, feed, demand, onSpeechLost } = deps;
  const changes = new Subject<FaceChange>();
  let level: FaceLevel = 'full';
  let link: LinkLevel = 'full';
  /** It is away because the link carries no pictures, not because it failed. */
  let rests = false;
  /** Nobody performs. */
  let isAway = false;
  let face: FaceRoute | undefined;
  let lost: FaceRoute | undefined;
  let voices: ReturnType<TurnProviders['voices']> | undefined;

  const findVoices = (): typeof voices => {
    try {
      voices = providers.voices();
    } catch (error) {
      if (withoutVoice === 'fail') throw error;
      onSpeechLost('none', isTthError(error) ? error.code : 'plugin.error');
    }
    return voices;
  };

  /** What is asked of a face now; nothing while there is to be none. */
  const share = ({ codec }: FaceRoute): PictureShare | undefined => {
    // Poses are a thousandth of a picture: no link is relieved by fewer of them.
    const carried = codec === 'pose' ? pictureShares.full : pictureShares[link];
    if (carried === undefined || level === 'audio_only') return undefined;
    return level === 'full' ? carried : { ...carried, fps: carried.fps * reducedShare };
  };

  const findFace = (): FaceRoute | undefined => {
    const found = rests ? providers.face() : face && providers.nextFace(face);
    const asked = found && share(found);
    // A face that was given up because it was too slow rests, and begins with less.
    if (found === undefined || asked === undefined) return undefined;
    lost = face;
    rests = false;
    isAway = false;
    face = found.atShare(asked);
    return face;
  };

  /** The same face with the share of its picture that it is asked for now; nothing where that changes nothing. */
  const refit = (): FaceRoute | undefined => {
    const asked = face && share(face);
    const next = asked && face?.atShare(asked);
    return next === undefined || face === undefined || isSamePicture(next, face) ? undefined : next;
  };

  const drawAnew = (next: FaceRoute): void => {
    const fromUs = Math.max(deps.pastPicturesUs(), deps.nextPictureUs());
    deps.dropPictures(fromUs);
    changes.next({ face: next, fromUs, redraws: true });
  };

  const replaceManaged = (_face: unknown, error: TthError): ManagedStandby | undefined => {
    const next = face && providers.managedStandby(face, error);
    if (next === undefined) return undefined;
    if (next === 'voice') {
      voices = providers.voices();
      if (face !== undefined) providers.reportChange(face, voices.current);
      return { kind: 'voice', tts: { voices, demand: demand.sound } };
    }
    face = next;
    return { kind: 'face', face: next };
  };

  return {
    get face() {
      return face;
    },
    get shownAs() {
      return face === undefined ? 'none' : nameOf(face, link);
    },
    get isSeen() {
      return face !== undefined && hasPicture;
    },
    begin: () => {
      link = deps.linkLevel();
      const whole = providers.face();
      const asked = whole && share(whole);
      face = asked === undefined ? whole : whole?.atShare(asked);
      if (hasPicture && whole !== undefined && face !== undefined && !isSamePicture(face, whole)) {
        deps.onFaceLevel(face.id, link, 'link');
      }
      if (face !== undefined && hasPicture && face.input === 'text') {
        const avatar = { first: face, takeOver: replaceManaged, demand: demand.both };
        return { performance: { mode: 'managed', avatar }, outcomes: face.outcomes };
      }
      const speakers = findVoices();
      if (speakers === undefined) return { performance: { mode: 'text_only' }, outcomes: [] };
      const outcomes = [...speakers.current.outcomes, ...(face?.outcomes ?? [])];
      if (face === undefined || !hasPicture) {
        return {
          performance: { mode: 'audio_only', tts: { voices: speakers, demand: demand.sound } },
          outcomes,
        };
      }
      return {
        performance: {
          mode: 'split',
          tts: { voices: speakers, demand: demand.fedSound },
          avatar: {
            first: face,
            findNext: findFace,
            changes,
            demand: demand.picture,
            feed,
            pastUs: deps.pastPicturesUs,
          },
        },
        outcomes,
      };
    },
    loseFace: () => {
      isAway = true;
    },
    reportReturn: () => {
      if (lost !== undefined && face !== undefined) providers.reportChange(lost, face);
    },
    changeFace: (next, from) => {
      level = next;
      // A face that is away hears of it when it is asked again.
      if (face === undefined || face.input === 'text' || isAway) return;
      if (next === 'audio_only') {
        changes.next({ face: undefined, reason: 'provider.stalled', isRest: false });
        return;
      }
      const fitted = refit();
      if (fitted === undefined) return;
      const reduces = next === 'reduced_fps';
      if (reduces) deps.onFaceLevel(face.id, next, 'behind');
      else deps.onFaceLevel(from, face.id, 'recovered');
      face = fitted;
      changes.next(reduces ? { face, fromUs: deps.nextPictureUs() } : { face });
    },
    changeLink: (next, from) => {
      const isLess = linkLevels.indexOf(next) > linkLevels.indexOf(from);
      link = next;
      if (face === undefined || face.input === 'text' || isAway) return;
      if (next === 'still_image') {
        rests = true;
        deps.dropPictures(0);
        changes.next({ face: undefined, reason: 'link', isRest: true });
        return;
      }
      const fitted = refit();
      if (fitted === undefined) return;
      deps.onFaceLevel(nameOf(face, from), nameOf(face, next), isLess ? 'link' : 'recovered');
      face = fitted;
      if (!isLess) {
        changes.next({ face });
        return;
      }
      // Pictures that wait already are too much for the link as well.
      drawAnew(face);
    },
    redraw: () => {
      if (face !== undefined && face.input === 'audio' && !isAway) drawAnew(face);
    },
    loseSpeech: (reason) => onSpeechLost(voices?.current.id ?? face?.id ?? 'none', reason),
  };
};
