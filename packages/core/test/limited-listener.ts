import type { VirtualEngine } from '@tth/testkit';
import type { MediaItem } from '../src/domain/media.ts';
import type { LooseControls } from '../src/domain/controls.ts';
import type { LoggedEvent } from '../src/domain/events.ts';
import type { SessionHandle } from '../src/runtime/session.ts';

export interface LimitedListenerOptions {
  /** What the link carries. */
  readonly bytesPerS: number;
  /** What the sockets hold before anything waits in the server's own memory. */
  readonly socketBytes?: number;
  readonly delayMs?: number;
  /** Grants credit and reports; otherwise it only listens. */
  readonly hasFlowControl?: boolean;
  /** The kind of pictures that it takes. */
  readonly video?: string;
}

/** A client behind a link of so many bytes a second, which plays what arrives. */
export interface LimitedListener {
  readonly session: SessionHandle;
  readonly events: readonly LoggedEvent[];
  /** Sent, in order; and when the client had all of it. */
  readonly arrived: readonly { readonly atMs: number; readonly item: MediaItem }[];
  /** How often, and for how long, it had nothing to play within a turn. */
  readonly gaps: readonly { readonly atMs: number; readonly forMs: number }[];
  /** Most that waited in the server's own memory. */
  readonly mostUnsentBytes: number;
  setRate(bytesPerS: number): void;
  ask(text: string, controls?: LooseControls): void;
}

const headerBytes = 32;
const tickMs = 20;
const startMs = 200;
const roomMs = 400;
const grantMs = 100;
const reportMs = 250;
/** A picture that was shown longer ago says nothing of now. */
const freshMs = 250;
const pauseMediaBytes = 128 * 1024;

export const connectLimited = (
  { engine, clock }: VirtualEngine,
  {
    bytesPerS,
    socketBytes = 16_384,
    delayMs = 20,
    hasFlowControl = true,
    video = 'h264',
  }: LimitedListenerOptions,
): LimitedListener => {
  let rate = bytesPerS;
  const events: LoggedEvent[] = [];
  const arrived: { atMs: number; item: MediaItem }[] = [];
  const gaps: { atMs: number; forMs: number }[] = [];
  const way: { item: MediaItem; bytes: number }[] = [];
  let onWayBytes = 0;
  let mostUnsentBytes = 0;
  let isCarrying = false;
  let commands = 0;
  let turnId = '';
  let isOver = true;
  let receivedUs = 0;
  let heardUs = 0;
  let shown = { us: 0, atMs: -Infinity };
  let underruns = 0;
  let isPlaying = false;
  let dryAtMs: number | undefined;
  let owedMs = { audio: roomMs, video: roomMs };
  let reportedAtMs = 0;
  let pictures: MediaItem[] = [];

  const session = engine.createSession({ accepts: { audio: ['pcm_s16le'], video: [video] } });
  const unsentBytes = (): number => Math.max(0, onWayBytes - socketBytes);

  const receive = (item: MediaItem): void => {
    arrived.push({ atMs: clock.monotonicMs(), item });
    if (item.kind === 'audio') receivedUs = item.ptsUs + item.durationUs;
    else pictures.push(item);
  };
  const carry = (): void => {
    const next = way[0];
    isCarrying = next !== undefined;
    if (next === undefined) return;
    clock.after((next.bytes / rate) * 1_000, () => {
      way.shift();
      onWayBytes -= next.bytes;
      clock.after(delayMs, () => receive(next.item));
      session.playout.drained();
      carry();
    });
  };

  const grant = (isAll: boolean): void => {
    const { audio, video: picture } = owedMs;
    if (audio + picture === 0 || (!isAll && Math.max(audio, picture) < grantMs)) return;
    owedMs = { audio: 0, video: 0 };
    clock.after(delayMs, () => session.handle({ type: 'credit', audioMs: audio, videoMs: picture }));
  };
  const report = (ended: boolean): void => {
    if (!ended && clock.monotonicMs() - reportedAtMs < reportMs) return;
    reportedAtMs = clock.monotonicMs();
    const said = {
      type: 'playback',
      turnId,
      mediaMs: heardUs / 1000,
      ended,
      ...(clock.monotonicMs() - shown.atMs <= freshMs && { skewMs: (shown.us - heardUs) / 1000 }),
      underruns,
      bufferedMs: (receivedUs - heardUs) / 1000,
    } as const;
    clock.after(delayMs, () => session.handle(said));
  };
  const play = (): void => {
    const inHandUs = receivedUs - heardUs;
    if (!isPlaying && inHandUs >= startMs * 1000) {
      isPlaying = true;
      if (dryAtMs !== undefined) gaps.push({ atMs: dryAtMs, forMs: clock.monotonicMs() - dryAtMs });
      dryAtMs = undefined;
    }
    if (!isPlaying) return;
    const stepUs = Math.min(tickMs * 1000, inHandUs);
    heardUs += stepUs;
    owedMs.audio += stepUs / 1000;
    const due = pictures.filter(({ ptsUs, durationUs }) => ptsUs + durationUs / 2 <= heardUs);
    pictures = pictures.filter((item) => !due.includes(item));
    const last = due.at(-1);
    if (last !== undefined) shown = { us: last.ptsUs, atMs: clock.monotonicMs() };
    owedMs.video += due.reduce((sum, { durationUs }) => sum + durationUs / 1000, 0);
    if (stepUs === tickMs * 1000) return;
    isPlaying = false;
    dryAtMs = clock.monotonicMs();
    const isEnd =
      way.every(({ item }) => item.kind !== 'audio') &&
      arrived.findLast(({ item }) => item.kind === 'audio')?.item.sentenceEnd === true;
    if (isEnd) report(true);
    else underruns += 1;
  };
  const tick = (): void => {
    if (isOver) return;
    play();
    if (hasFlowControl) {
      grant(!isPlaying);
      if (heardUs > 0) report(false);
    }
    clock.after(tickMs, tick);
  };

  session.attach({
    event: (event) => {
      events.push(event);
      if (event.type === 'turn_started') {
        ({ turnId } = event);
        [receivedUs, heardUs, isPlaying, dryAtMs, isOver] = [0, 0, false, undefined, false];
        shown = { us: 0, atMs: -Infinity };
        pictures = [];
        tick();
      }
      if (event.type === 'turn_completed') isOver = true;
    },
    media: (item) => {
      const bytes = item.data.byteLength + headerBytes;
      way.push({ item, bytes });
      onWayBytes += bytes;
      mostUnsentBytes = Math.max(mostUnsentBytes, unsentBytes());
      if (!isCarrying) carry();
      return unsentBytes() <= pauseMediaBytes;
    },
    unsentBytes,
    replaced: () => {},
  });

  return {
    session,
    events,
    arrived,
    gaps,
    get mostUnsentBytes() {
      return mostUnsentBytes;
    },
    setRate: (given) => {
      rate = given;
    },
    ask: (text, controls) =>
      session.handle({
        type: 'user_text',
        clientMsgId: `c${(commands += 1)}`,
        text,
        ...(controls && { controls }),
      }),
  };
};
