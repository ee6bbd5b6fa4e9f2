import { Observable } from 'rxjs';
import { stopped } from '../domain/cancellation.ts';
import type { Demand } from './demand.ts';

/**
 * Turns a provider's pull stream into a push stream that cannot outrun its consumer: the next item is
 * asked for once there is demand. Unsubscribing aborts the provider call.
 */
export const fromProvider = <Item>(
  open: (signal: AbortSignal) => AsyncIterable<Item>,
  demand: Demand,
): Observable<Item> =>
  new Observable((subscriber) => {
    const abort = new AbortController();
    const { signal } = abort;
    const pump = async (): Promise<void> => {
      await demand(signal);
      if (signal.aborted) return;
      for await (const item of open(signal)) {
        if (signal.aborted) return;
        subscriber.next(item);
        await demand(signal);
        if (signal.aborted) return;
      }
      subscriber.complete();
    };
    pump().catch((error: unknown) => {
      if (!signal.aborted) subscriber.error(error);
    });
    return () => abort.abort(stopped);
  });
