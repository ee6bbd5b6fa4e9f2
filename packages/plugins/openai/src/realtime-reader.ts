import {
  type AdapterSession,
  type InferContext,
  type SpeechControl,
  type SpeechInput,
  type SpeechOutput,
  wholeFrames,
} from '@tth/core/plugin';
import type { RealtimeConnection, RealtimeResponse } from './realtime-connection.ts';
import { type Complaints, errorOfEnd, misreads } from './realtime-errors.ts';
import { type Fidelity, isMisread } from './realtime-fidelity.ts';
import type { RateLimits } from './realtime-limits.ts';
import { type RealtimeOptions, realtimeMap } from './realtime-options.ts';
import type { DoneResponse, SessionSettings } from './realtime-wire.ts';
import { soundless } from './speech-errors.ts';
import { instructionsFor } from './speech-manner.ts';

export interface ReaderDeps {
  readonly options: RealtimeOptions;
  readonly limits: RateLimits;
  readonly complaints: Complaints;
  readonly fidelity: Fidelity;
  /** Makes a connection that lasts as long as `signal`. */
  readonly connect: (signal: AbortSignal) => Promise<RealtimeConnection>;
  readonly nowMs: () => number;
}

/** Reads the sentences of one conversation over one socket at a time. */
export interface Reader extends AdapterSession<SpeechInput, SpeechControl, SpeechOutput> {
  /** Has a connection ready, so that the first sentence need not wait for it. */
  open(): Promise<void>;
  close(): Promise<void>;
}

const clampSpeed = (rate: number): number =>
  Math.min(realtimeMap.rate.range.max, Math.max(realtimeMap.rate.range.min, rate));

/** The promise, or the signal's reason if that aborts first. */
const orAbort = async <T>(work: Promise<T>, signal: AbortSignal): Promise<T> => {
  signal.throwIfAborted();
  const { promise, reject } = Promise.withResolvers<never>();
  const leave = (): void => reject(signal.reason as Error);
  signal.addEventListener('abort', leave, { once: true });
  try {
    return await Promise.race([work, promise]);
  } finally {
    signal.removeEventListener('abort', leave);
  }
};

export const createReader = ({
  options,
  limits,
  complaints,
  fidelity,
  connect,
  nowMs,
}: ReaderDeps): Reader => {
  const life = new AbortController();
  let current: Promise<RealtimeConnection> | undefined;
  const maxAgeMs = options.connectionMinutes * 60_000;

  const dial = (): Promise<RealtimeConnection> => {
    const dialled = connect(life.signal);
    current = dialled;
    dialled.catch(() => {
      if (current === dialled) current = undefined;
    });
    return dialled;
  };

  /** A connection that speaks so; one that cannot any more is left to end by itself. */
  const connectionFor = async (settings: SessionSettings): Promise<RealtimeConnection> => {
    const before = await current;
    if (before === undefined) return dial();
    const isYoung = nowMs() - before.openedAtMs < maxAgeMs;
    if (before.isUsable && isYoung && before.suits(settings)) return before;
    before.close('idle');
    return dial();
  };

  async function* sound(
    response: RealtimeResponse,
    atEnd: (transcript: string, done: DoneResponse) => void,
  ): AsyncGenerator<Uint8Array, void> {
    let transcript = '';
    for await (const event of response.events()) {
      if (event.kind === 'audio') yield event.bytes;
      else if (event.kind === 'transcript') transcript += event.text;
      else atEnd(transcript, event.response);
    }
  }

  async function* read(
    { text }: SpeechInput,
    control: SpeechControl,
    { signal, usage }: InferContext,
  ): AsyncGenerator<SpeechOutput, void> {
    limits.check();
    const settings = { voice: control.voice ?? options.voice, speed: clampSpeed(control.rate) };
    const connection = await orAbort(connectionFor(settings), signal);
    const manner = instructionsFor(control);
    const { reasoningEffort } = options;
    const response = await connection.respond({ text, manner, reasoningEffort }, settings, usage);
    const cancel = (): void => response.cancel();
    signal.addEventListener('abort', cancel, { once: true });
    if (signal.aborted) cancel();
    let isWrong = false;
    let samples = 0;
    const judge = (transcript: string, done: DoneResponse): void => {
      const failure = errorOfEnd(done, complaints.failOf);
      if (failure !== undefined) throw failure;
      complaints.forget();
      isWrong = isMisread(text, transcript);
    };
    try {
      for await (const pcm of wholeFrames(sound(response, judge))) {
        if (signal.aborted) return;
        samples += pcm.length;
        yield { pcm, words: [], phonemes: [], timing: 'estimated' };
      }
    } finally {
      signal.removeEventListener('abort', cancel);
      cancel();
    }
    if (signal.aborted) return;
    if (samples === 0) throw soundless();
    if (fidelity.note(isWrong)) throw misreads(options.misreadLimit);
  }

  return {
    open: async () => {
      await dial();
    },
    inferStream: read,
    close: async () => {
      const closing = current;
      current = undefined;
      life.abort();
      await closing?.then(
        (connection) => connection.close('now'),
        () => {},
      );
    },
  };
};
