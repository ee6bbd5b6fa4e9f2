import {
  type ClientMessageInput,
  type MediaFrame,
  type ServerMessage,
  decodeMediaFrame,
} from '@tth/protocol';
import type { Clock } from '../clock.ts';
import { type DemandKind, createDemand } from '../demand.ts';
import type { AudioBlocked, AudioOutput } from './audio-output.ts';
import { type AudioStats, createAudioPlayer } from './audio-player.ts';
import { type Caption, createCaptions } from './captions.ts';
import { withControls, withFormat, withIdentity } from './look.ts';
import { createMediaGate } from './media-gate.ts';
import type { PictureDecoder } from './picture-decoder.ts';
import { createReporter } from './reporter.ts';
import type { Screen } from './screen.ts';
import type { SoundDecoder } from './sound-decoder.ts';
import { createSpeechIntake } from './speech-intake.ts';
import { type VideoStats, createVideoPlayer } from './video-player.ts';

/** Where speech is, about every 40 ms while there is some. */
export interface PlaybackProgress {
  readonly turnId: string;
  readonly playedMs: number;
  /** What is shown minus what is heard; positive means the picture is ahead. */
  readonly skewMs: number;
  readonly bufferedMs: number;
  readonly underruns: number;
}

/** Totals of this client, and what is on right now. `rms`, `peak`, `mouthOpening`: 0 to 1. */
export interface PlaybackStats extends AudioStats, VideoStats {
  readonly playedMs: number;
  /** Media items thrown away because an interrupt made them old. */
  readonly staleDropped: number;
}

export interface PlaybackListener {
  onCaption(caption: Caption | null): void;
  onSpeaking(speaking: boolean): void;
  onProgress(progress: PlaybackProgress): void;
  onAudioBlocked(blocked: AudioBlocked): void;
  onAudible(audible: boolean): void;
}

export interface PlaybackOptions {
  readonly clock: Clock;
  readonly output: AudioOutput;
  readonly screen: Screen;
  readonly decoder: PictureDecoder;
  readonly soundDecoder: SoundDecoder;
  readonly send: (message: ClientMessageInput) => void;
}

const idleCheckMs = 100;
const turnsKnown = 32;

/** Everything between the socket and the senses: sound, picture, captions, flow control and reports. */
export const createPlayback = (options: PlaybackOptions, listener: PlaybackListener) => {
  const { clock, output, send } = options;
  const demand = createDemand((grant) => send({ type: 'credit', ...grant }));
  const consumed = (kind: DemandKind) => (us: number) => demand.consumed(kind, us);
  const audio = createAudioPlayer(output, clock, {
    onConsumed: consumed('audio'),
    onProgress: () => progress(),
  });
  const intake = createSpeechIntake(options.soundDecoder, {
    onSpeech: (frame) => {
      audio.accept(frame);
      watch();
    },
    onDropped: consumed('audio'),
  });
  const video = createVideoPlayer({ ...options, heard: audio.heard, onConsumed: consumed('video') });
  const gate = createMediaGate();
  const captions = createCaptions();
  const reporter = createReporter(clock, send);
  const turnIds = new Map<number, string>();
  let caption: Caption | null = null;
  let speaking = false;
  let newestTurn = 0;
  let endedTurn = 0;
  let staleDropped = 0;
  let timer: unknown;

  const turnOf = (turnId: string | undefined): number | undefined =>
    [...turnIds].find(([, id]) => id === turnId)?.[0];

  const nameTurn = (turn: number, turnId: string): void => {
    turnIds.set(turn, turnId);
    for (const old of [...turnIds.keys()].slice(0, -turnsKnown)) turnIds.delete(old);
  };

  const showCaption = (next: Caption | null): void => {
    if (next?.sentence === caption?.sentence && next?.text === caption?.text) return;
    caption = next;
    listener.onCaption(next);
  };

  const setSpeaking = (next: boolean): void => {
    if (next === speaking) return;
    speaking = next;
    listener.onSpeaking(next);
  };

  const waitingUs = (): number => intake.waitingUs() + audio.bufferedUs();

  /** Looks at the heard place and lets everything that follows from it happen. */
  const progress = (): void => {
    const place = audio.heard();
    const isSilent = place?.playing !== true;
    const isEmpty = waitingUs() === 0;
    video.advance();
    setSpeaking(!isSilent);
    if (place !== undefined && !isSilent) showCaption(captions.at(place.turn, place.ptsUs) ?? caption);
    const isNextWaiting = !isEmpty && isSilent && place?.turn !== newestTurn;
    if (isNextWaiting) report({ turn: newestTurn, ptsUs: 0 }, false);
    else if (place !== undefined) report(place, audio.isOver());
    if (isSilent && isEmpty) rest();
    else watch();
  };

  /** Nothing sounds and nothing waits. What was too little for a grant is granted, or the server might wait for it. */
  const rest = (): void => {
    if (endedTurn >= newestTurn) {
      video.endTurn(endedTurn);
      showCaption(null);
    }
    demand.settle();
  };

  /** Speech may wait for a click, or end a moment after the last report: look again without one. */
  const watch = (): void => {
    timer ??= clock.setTimeout(() => {
      timer = undefined;
      progress();
    }, idleCheckMs);
  };

  const report = ({ turn, ptsUs }: { turn: number; ptsUs: number }, ended: boolean): void => {
    const turnId = turnIds.get(turn);
    if (turnId === undefined) return;
    const { bufferedMs, underruns } = audio.stats();
    const { skewMs } = video.stats();
    const mediaMs = Math.max(0, ptsUs / 1000);
    reporter.observe({
      turnId,
      mediaMs,
      ended,
      ...seenSkew(turn),
      underruns,
      bufferedMs: waitingUs() / 1000,
    });
    if (!ended) listener.onProgress({ turnId, playedMs: mediaMs, skewMs, bufferedMs, underruns });
  };

  const seenSkew = (turn: number): { readonly skewMs?: number } => {
    const skewMs = video.skewOf(turn);
    return skewMs === undefined ? {} : { skewMs };
  };

  const reportWhatWasHeard = (): void => {
    const place = audio.heard();
    const turnId = place && turnIds.get(place.turn);
    if (place?.playing !== true || turnId === undefined) return;
    const { underruns } = audio.stats();
    reporter.report({
      turnId,
      mediaMs: place.ptsUs / 1000,
      ended: false,
      ...seenSkew(place.turn),
      underruns,
      bufferedMs: waitingUs() / 1000,
    });
  };

  const cut = (): void => {
    intake.cut();
    audio.cut();
    video.cut();
    showCaption(null);
    setSpeaking(false);
  };

  const accept = (frame: MediaFrame): void => {
    const kind = frame.kind === 'audio' ? 'audio' : 'video';
    if (!gate.admits(frame)) {
      staleDropped += 1;
      return demand.consumed(kind, frame.durationUs);
    }
    if (gate.raise(frame.epoch)) cut();
    if (kind === 'video') return video.accept(frame);
    newestTurn = Math.max(newestTurn, frame.turn);
    captions.addSpeech(frame.turn, frame.sentence, frame.ptsUs);
    intake.accept(frame);
  };

  const observe = (message: ServerMessage): void => {
    if (gate.observe(message)) demand.hold(false);
    const turn = turnOf(message.turnId);
    switch (message.type) {
      case 'session_created':
      case 'session_resumed':
        return video.changeLook((look) => withIdentity(look, message.persona.identity));
      case 'session_state':
        if (message.openTurn !== null) nameTurn(message.openTurn.turn, message.openTurn.turnId);
        return;
      case 'turn_started':
        if (message.turnId !== undefined) nameTurn(message.turn, message.turnId);
        newestTurn = message.turn;
        if (gate.raise(message.epoch)) cut();
        return;
      case 'sentence':
        return turn === undefined ? undefined : captions.addText(turn, message.sentence, message.text);
      case 'video_format':
        video.setFormat(message.format);
        return video.changeLook((look) => withFormat(look, message.format));
      case 'audio_discard':
        if (turn === undefined) return;
        intake.discard(turn, message.afterUs);
        audio.discard(turn, message.afterUs);
        return video.discard(turn, message.afterUs);
      case 'turn_stopped':
        if (turn === newestTurn) cut();
        return endTurn(turn);
      case 'turn_completed':
      case 'turn_error':
        return endTurn(turn);
      default:
        return;
    }
  };

  const endTurn = (turn = 0): void => {
    endedTurn = Math.max(endedTurn, turn);
    captions.endTurn(turn);
    if (turn === newestTurn) audio.playOut();
    progress();
  };

  output.listen({
    onReport: audio.onReport,
    onBlocked: listener.onAudioBlocked,
    onAudible: listener.onAudible,
  });

  return {
    observe,

    /** Takes a binary message. Throws `MediaFrameError` for bytes that are none of ours. */
    accept: (bytes: ArrayBuffer): void => accept(decodeMediaFrame(bytes)),

    /** Silence and a closed mouth, now. */
    cut,

    /** The same, and nothing sounds again until the server has answered this command. */
    stop(clientMsgId: string): void {
      reportWhatWasHeard();
      gate.shut(clientMsgId);
      demand.hold(true);
      cut();
    },

    noteCommand: gate.noteCommand,

    /** True for the turn that sounds or will sound next. */
    isCurrent: (turnId: string): boolean => turnOf(turnId) === newestTurn,

    changeControls: (patch: Parameters<typeof withControls>[1]): void =>
      video.changeLook((look) => withControls(look, patch)),

    connected: (): void => demand.open({ audio: waitingUs(), video: video.bufferedUs() }),
    disconnected: (): void => demand.close(),

    /** The session is gone, and with it everything that waits to be played. */
    reset(): void {
      cut();
      gate.reset();
      demand.hold(false);
      turnIds.clear();
      newestTurn = 0;
      endedTurn = 0;
    },

    attachCanvas: video.attach,

    stats: (): PlaybackStats => {
      const place = audio.heard();
      return {
        ...audio.stats(),
        ...video.stats(),
        playedMs: place === undefined ? 0 : place.ptsUs / 1000,
        staleDropped,
      };
    },

    close(): Promise<void> {
      cut();
      if (timer !== undefined) clock.clearTimeout(timer);
      intake.close();
      video.close();
      return output.close();
    },
  };
};

export type Playback = ReturnType<typeof createPlayback>;
