/** Typed listeners by event type. A listener that throws does not keep the others from hearing. */
export const createEmitter = <Events extends object>() => {
  const listeners = new Map<keyof Events, Set<(payload: never) => void>>();

  return {
    /** The returned function removes the listener and may be called again. */
    on<Type extends keyof Events>(type: Type, listener: (payload: Events[Type]) => void): () => void {
      const set = listeners.get(type) ?? new Set();
      listeners.set(type, set.add(listener));
      return () => void set.delete(listener);
    },

    emit<Type extends keyof Events>(type: Type, payload: Events[Type]): void {
      for (const listener of listeners.get(type) ?? []) {
        try {
          (listener as (payload: Events[Type]) => void)(payload);
        } catch (error) {
          queueMicrotask(() => {
            throw error;
          });
        }
      }
    },
  };
};
