import { describe, expect, it } from 'vitest';
import type { MediaFrame, ServerMessage } from '@tth/protocol';
import { type Gaps, type Piece, type RecordedTurn, createTimeline } from './timeline.ts';

const chunkMs = 100;
const frameMs = 40;

/** A listener's side of a session: sound and pictures arrive ahead of their time, in order. */
const listen = (gaps: Gaps) => {
  const timeline = createTimeline(gaps);
  const turns: RecordedTurn[] = [];
  const event = (type: string, turn: number, fields: object = {}): void => {
    const message = { turnId: `t${turn}`, turn, epoch: turn, kind: 'say', type, ...fields };
    const recorded = timeline.event(message as unknown as ServerMessage);
    if (recorded !== undefined) turns.push(recorded);
  };
  const frame = (kind: 'audio' | 'video', turn: number, fromMs: number, key: boolean): MediaFrame => ({
    kind,
    codec: kind === 'audio' ? 'pcm_s16le' : 'h264',
    key,
    sentenceEnd: false,
    idle: false,
    turn,
    epoch: turn,
    seq: 0,
    sentence: 0,
    ptsUs: fromMs * 1000,
    durationUs: (kind === 'audio' ? chunkMs : frameMs) * 1000,
    payload:
      kind === 'audio' ? new Uint8Array(chunkMs * 48).fill(turn) : Uint8Array.of(turn, fromMs / frameMs),
  });
  const sound = (turn: number, fromMs: number, toMs: number, atMs: number): void => {
    for (let at = fromMs; at < toMs; at += chunkMs) timeline.media(frame('audio', turn, at, true), atMs);
  };
  const pictures = (turn: number, fromMs: number, toMs: number, keyAtMs = fromMs): void => {
    for (let at = fromMs; at < toMs; at += frameMs) {
      timeline.media(frame('video', turn, at, at === keyAtMs), 0);
    }
  };
  return { timeline, turns, event, sound, pictures };
};

const heard = { heardText: '', heardSource: 'pacing' };
const soundMs = (pieces: readonly Piece[]): number =>
  pieces.reduce(
    (sum, piece) =>
      sum +
      (piece.kind === 'sound'
        ? piece.data.byteLength / 48
        : piece.kind === 'silence'
          ? piece.samples / 24
          : 0),
    0,
  );
const silencesMs = (pieces: readonly Piece[]): number[] =>
  pieces.flatMap((piece) => (piece.kind === 'silence' ? [piece.samples / 24] : []));
const shownMs = (pieces: readonly Piece[]): number[] =>
  pieces.flatMap((piece) => (piece.kind === 'picture' ? [piece.ptsUs / 1000] : []));

describe('the timeline of a recording', () => {
  it.each([
    ['keep', 5_000, [4_000]],
    ['cut', 1_000, []],
  ] as const)('puts the second turn after a gap (%s)', (gaps, startMs, silences) => {
    const { turns, event, sound, pictures } = listen(gaps);
    for (const [turn, atMs] of [
      [1, 70_000],
      [2, 75_000],
    ] as const) {
      event('turn_started', turn);
      sound(turn, 0, 1_000, atMs);
      pictures(turn, 0, 1_000);
      event('turn_completed', turn, { durationMs: 1_000, sentences: 1, heardMs: 1_000, ...heard });
    }

    expect(turns.map(({ outcome, durationMs }) => [outcome, durationMs])).toEqual([
      ['completed', 1_000],
      ['completed', 1_000],
    ]);
    expect(turns.map((turn) => turn.startMs)).toEqual([0, startMs]);
    expect(silencesMs(turns[1]!.pieces)).toEqual(silences);
    expect(shownMs(turns[1]!.pieces)[0]).toBe(startMs);
    expect(shownMs(turns[1]!.pieces)).toHaveLength(25);
  });

  it('lets the picture of a turn end before the next one begins, gaps cut out or not', () => {
    const { turns, event, sound, pictures } = listen('cut');
    for (const turn of [1, 2]) {
      event('turn_started', turn);
      sound(turn, 0, 400, 0);
      pictures(turn, 0, 600);
      event('turn_completed', turn, { durationMs: 400, sentences: 1, heardMs: 400, ...heard });
    }

    expect(turns.map(({ startMs, durationMs }) => [startMs, durationMs])).toEqual([
      [0, 600],
      [600, 600],
    ]);
    expect(turns.map(({ pieces }) => soundMs(pieces))).toEqual([600, 600]);
    expect(shownMs(turns[1]!.pieces)).toHaveLength(15);
  });

  it('ends a stopped turn where it was heard, in sound and in picture', () => {
    const { turns, event, sound, pictures } = listen('keep');
    event('turn_started', 1);
    sound(1, 0, 1_000, 0);
    pictures(1, 0, 1_000);

    event('turn_stopped', 1, { reason: 'interrupt', heardMs: 450, ...heard });

    const [turn] = turns;
    expect(turn).toMatchObject({ outcome: 'stopped', startMs: 0, durationMs: 450 });
    expect(soundMs(turn!.pieces)).toBe(450);
    const last = turn!.pieces.findLast((piece) => piece.kind === 'picture');
    expect(last).toMatchObject({ ptsUs: 440_000, durationUs: 10_000 });
  });

  it('lets the next turn begin where the stopped one was cut, though more of it had arrived', () => {
    const { turns, event, sound } = listen('keep');
    event('turn_started', 1);
    sound(1, 0, 1_000, 0);
    event('turn_stopped', 1, { reason: 'replaced', heardMs: 600, ...heard });
    event('turn_started', 2);
    sound(2, 0, 200, 700);
    event('turn_completed', 2, { durationMs: 200, sentences: 1, heardMs: 200, ...heard });

    expect(turns.map(({ startMs, durationMs }) => [startMs, durationMs])).toEqual([
      [0, 600],
      [700, 200],
    ]);
  });

  it('holds nothing that was taken back, and no picture that cannot be decoded after it', () => {
    const { turns, event, sound, pictures } = listen('keep');
    event('turn_started', 1);
    sound(1, 0, 500, 0);
    pictures(1, 0, 500);
    event('audio_discard', 1, { sentence: 0, afterUs: 250_000 });
    sound(1, 250, 650, 0);
    pictures(1, 280, 640, 400);
    event('turn_completed', 1, { durationMs: 650, sentences: 1, heardMs: 650, ...heard });

    expect(soundMs(turns[0]!.pieces)).toBe(650);
    expect(silencesMs(turns[0]!.pieces)).toEqual([]);
    expect(shownMs(turns[0]!.pieces)).toEqual([0, 40, 80, 120, 160, 200, 240, 400, 440, 480, 520, 560, 600]);
  });

  it('keeps silence that a turn has on its own clock', () => {
    const { turns, event, sound } = listen('cut');
    event('turn_started', 1);
    sound(1, 0, 200, 0);
    sound(1, 500, 700, 0);
    event('turn_completed', 1, { durationMs: 700, sentences: 2, heardMs: 700, ...heard });

    expect(silencesMs(turns[0]!.pieces)).toEqual([300]);
    expect(turns[0]!.durationMs).toBe(700);
  });

  it('begins a turn that it joins in the middle with the first sound and key frame that it gets', () => {
    const { turns, timeline, event, sound, pictures } = listen('keep');
    timeline.event({
      type: 'session_state',
      state: 'inTurn',
      openTurn: { turnId: 't7', turn: 7, text: '' },
    } as unknown as ServerMessage);
    sound(7, 2_000, 2_400, 0);
    pictures(7, 2_000, 2_400, 2_080);
    event('turn_stopped', 7, { reason: 'interrupt', heardMs: 2_300, ...heard });

    expect(turns[0]).toMatchObject({ startMs: 0, durationMs: 300 });
    expect(shownMs(turns[0]!.pieces)[0]).toBe(80);
  });

  it('has no turn of which nothing was heard, and nothing of a turn that has ended', () => {
    const { turns, event, sound } = listen('keep');
    event('turn_started', 1);
    sound(1, 0, 300, 0);
    event('turn_stopped', 1, { reason: 'interrupt', heardMs: 0, ...heard });
    sound(1, 300, 600, 0);
    event('turn_started', 2);
    event('turn_completed', 2, { durationMs: 0, sentences: 0, heardMs: 0, ...heard });

    expect(turns).toEqual([]);
  });

  it('cuts a turn that the end of the connection ended to what can have been heard', () => {
    const { timeline, event, sound } = listen('keep');
    event('turn_started', 1);
    sound(1, 0, 1_000, 5_000);

    expect(timeline.end(5_400)).toMatchObject({ outcome: 'lost', durationMs: 400 });
    expect(timeline.end(5_400)).toBeUndefined();
  });

  it('keeps the sound alone of a turn whose pictures have another size', () => {
    const { turns, event, sound, pictures } = listen('cut');
    for (const [turn, widthPx] of [
      [1, 512],
      [2, 256],
    ] as const) {
      event('turn_started', turn);
      event('video_format', turn, { format: { codec: 'h264', widthPx, heightPx: widthPx, fps: 25 } });
      sound(turn, 0, 200, 0);
      pictures(turn, 0, 200);
      event('turn_completed', turn, { durationMs: 200, sentences: 1, heardMs: 200, ...heard });
    }

    expect(turns.map(({ pieces }) => shownMs(pieces).length)).toEqual([5, 0]);
    expect(soundMs(turns[1]!.pieces)).toBe(200);
  });
});
