import {
  type AdapterSession,
  type Clock,
  type InferContext,
  type SpeechControl,
  type SpeechInput,
  type SpeechOutput,
  TthError,
  unlessAborted,
  wholeFrames,
} from '@tth/core/plugin';
import type { RealtimeConnection, RealtimeResponse } from './realtime-connection.ts';
import { type Complaints, errorOfEnd, misreads } from './realtime-errors.ts';
import { type Fidelity, isMisread } from './realtime-fidelity.ts';
import type { RateLimits } from './realtime-limits.ts';
import { type RealtimeOptions, realtimeMap } from './realtime-options.ts';
import type { DoneResponse, Reading, SessionSettings } from './realtime-wire.ts';
import { soundless } from './speech-errors.ts';
import { instructionsFor } from './speech-manner.ts';

export interface ReaderDeps {
  readonly options: RealtimeOptions;
  readonly limits: RateLimits;
  readonly complaints: Complaints;
  readonly fidelity: Fidelity;
  /** Makes a connection that lasts as long as `signal`. */
  readonly connect: (signal: AbortSignal) => Promise<RealtimeConnection>;
  readonly clock: Clock;
  /** Of the conversation. */
  readonly signal?: AbortSignal;
}

/** Reads the sentences of one conversation over one socket at a time. */
export interface Reader extends AdapterSession<SpeechInput, SpeechControl, SpeechOutput> {
  /** Has a connection ready, so that the first sentence need not wait for it. */
  open(): Promise<void>;
  close(): Promise<void>;
}

/** A handshake that takes longer is given up. */
const dialWithinMs = 5_000;

const tooLate = (): TthError =>
  new TthError('provider.timeout', 'The provider did not open the connection in time.');

const clampSpeed = (rate: number): number =>
  Math.min(realtimeMap.rate.range.max, Math.max(realtimeMap.rate.range.min, rate));

export const createReader = ({
  options,
  limits,
  complaints,
  fidelity,
  connect,
  clock,
  signal: conversation,
}: ReaderDeps): Reader => {
  const life = new AbortController();
  let current: Promise<RealtimeConnection> | undefined;
  const maxAgeMs = options.connectionMinutes * 60_000;

  const dial = (): Promise<RealtimeConnection> => {
    const attempt = new AbortController();
    const signals = [life.signal, attempt.signal, ...(conversation === undefined ? [] : [conversation])];
    const dialled = connect(AbortSignal.any(signals));
    const cancelLimit = clock.after(dialWithinMs, () => attempt.abort(tooLate()));
    current = dialled;
    void dialled
      .catch(() => {
        if (current === dialled) current = undefined;
      })
      .finally(cancelLimit);
    return dialled;
  };

  const fits = (connection: RealtimeConnection, settings: SessionSettings): boolean =>
    connection.isUsable &&
    clock.monotonicMs() - connection.openedAtMs < maxAgeMs &&
    connection.suits(settings);

  /** Over a connection that speaks so. One that cannot any more is left to end with what it still says. */
  const begin = async (
    reading: Reading,
    settings: SessionSettings,
    usage: InferContext['usage'],
  ): Promise<RealtimeResponse> => {
    for (;;) {
      if (current === undefined) return (await dial()).respond(reading, settings, usage);
      const known = current;
      const connection = await known;
      if (fits(connection, settings)) return connection.respond(reading, settings, usage);
      if (current !== known) continue;
      connection.close('idle');
      current = undefined;
    }
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
    signal.throwIfAborted();
    limits.check();
    const settings = { voice: control.voice ?? options.voice, speed: clampSpeed(control.rate) };
    const { reasoningEffort } = options;
    const beginning = begin({ text, manner: instructionsFor(control), reasoningEffort }, settings, usage);
    const response = await unlessAborted(beginning, signal).catch((error: unknown) => {
      beginning.then(
        (late) => late.cancel(),
        () => {},
      );
      throw error;
    });
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
