/**
 * Why a call's signal aborts when nobody wants its result any more. One object for all calls: making an
 * exception with its stack for every call that ends would cost more than ending it.
 */
export const stopped: DOMException = new DOMException('The call is not wanted any more.', 'AbortError');

/** What `promise` gives, or a rejection with the signal's reason as soon as that aborts. */
export const unlessAborted = async <Value>(promise: Promise<Value>, signal: AbortSignal): Promise<Value> => {
  signal.throwIfAborted();
  const aborted = Promise.withResolvers<never>();
  const leave = (): void => aborted.reject(signal.reason as Error);
  signal.addEventListener('abort', leave, { once: true });
  try {
    return await Promise.race([promise, aborted.promise]);
  } finally {
    signal.removeEventListener('abort', leave);
  }
};
