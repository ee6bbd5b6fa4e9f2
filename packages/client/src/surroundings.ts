import { type Clock, pageClock } from './clock.ts';

/** Port to what happens around a page. */
export interface Surroundings {
  /**
   * Calls back whenever things may have changed while the page could not look: it is seen again, the machine has slept,
   * the network or a loudspeaker came or went. The returned function ends that.
   */
  onReturn(listener: () => void): () => void;
}

const lookEveryMs = 5_000;
/** Hidden pages run timers once a minute at worst; what is later than this was asleep. */
const asleepAfterMs = 75_000;
const asleepWhileSeenMs = 10_000;

/**
 * Calls `onWake` when a timer comes far later by the wall clock than it was set for: the machine slept, or the page was
 * frozen. Browsers tell of neither on all systems. The returned function ends the watch.
 */
export const watchForSleep = (
  clock: Clock,
  wallMs: () => number,
  isHidden: () => boolean,
  onWake: () => void,
): (() => void) => {
  let lookedAtMs = wallMs();
  let timer: unknown;
  const look = (): void => {
    const lateMs = wallMs() - lookedAtMs - lookEveryMs;
    lookedAtMs = wallMs();
    timer = clock.setTimeout(look, lookEveryMs);
    if (lateMs > (isHidden() ? asleepAfterMs : asleepWhileSeenMs)) onWake();
  };
  timer = clock.setTimeout(look, lookEveryMs);
  return () => clock.clearTimeout(timer);
};

/** The page's surroundings; outside of a page nothing ever happens. */
export const pageSurroundings: Surroundings = {
  onReturn(listener) {
    if (typeof document === 'undefined') return () => {};
    const ended = new AbortController();
    const { signal } = ended;
    const whenSeen = (): void => {
      if (document.visibilityState === 'visible') listener();
    };
    document.addEventListener('visibilitychange', whenSeen, { signal });
    document.addEventListener('resume', listener, { signal });
    addEventListener('pageshow', ({ persisted }) => persisted && listener(), { signal });
    addEventListener('online', listener, { signal });
    // Insecure pages have no media devices.
    (navigator.mediaDevices as MediaDevices | undefined)?.addEventListener('devicechange', listener, {
      signal,
    });
    const stopWatch = watchForSleep(pageClock, Date.now, () => document.hidden, listener);
    return () => {
      ended.abort();
      stopWatch();
    };
  },
};
