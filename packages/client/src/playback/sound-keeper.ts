import type { Clock } from '../clock.ts';
import type { Surroundings } from '../surroundings.ts';
import type { AudioBlocked, AudioOutputListener } from './audio-output.ts';

/** What is needed of an audio context to keep it running. */
export type KeptContext = Pick<EventTarget, 'addEventListener' | 'removeEventListener'> & {
  readonly state: string;
  resume(): Promise<void>;
};

/** A context that does not run by then is waiting for a click. */
export const resumeTimeoutMs = 500;

const interrupted: AudioBlocked = {
  reason: 'interrupted',
  message:
    'The sound was taken away, by a call or another device: call enableAudio() from a click or key handler.',
};

const signs = ['statechange', 'sinkchange', 'error'];

/**
 * Brings back a context that stops by itself, because a call came in, its loudspeaker was unplugged or the machine slept:
 * it is asked to run at once, and again whenever the page returns. Its clock stands still meanwhile, and the speech waits.
 * Returns the end of it.
 */
export const keepSounding = (
  context: KeptContext,
  surroundings: Surroundings,
  clock: Clock,
  listener: Pick<AudioOutputListener, 'onAudible' | 'onBlocked'>,
): (() => void) => {
  let isAudible = false;
  let hasRun = false;
  let timer: unknown;

  const stopWaiting = (): void => {
    if (timer !== undefined) clock.clearTimeout(timer);
    timer = undefined;
  };

  const bringBack = (): void => {
    if (!hasRun || context.state === 'running' || context.state === 'closed') return;
    context.resume().catch(() => {});
    timer ??= clock.setTimeout(() => {
      timer = undefined;
      if (context.state !== 'running' && context.state !== 'closed') listener.onBlocked(interrupted);
    }, resumeTimeoutMs);
  };

  const look = (): void => {
    const isRunning = context.state === 'running';
    hasRun ||= isRunning;
    if (isRunning) stopWaiting();
    if (isRunning !== isAudible) listener.onAudible((isAudible = isRunning));
    bringBack();
  };

  for (const sign of signs) context.addEventListener(sign, look);
  const stopReturns = surroundings.onReturn(bringBack);
  look();
  return () => {
    stopWaiting();
    stopReturns();
    for (const sign of signs) context.removeEventListener(sign, look);
  };
};
