/** A page of some browser. Functions, or expressions as text, run in it, and take and return plain values. */
export interface DrivenPage {
  evaluate<Value, Argument extends string | number | undefined = undefined>(
    run: string | ((argument: Argument) => Value | Promise<Value>),
    argument?: Argument,
  ): Promise<Value>;
  /** Until the function gives something true. Rejects after a time. */
  waitFor<Argument extends string | number | undefined = undefined>(
    test: (argument: Argument) => unknown,
    argument?: Argument,
    timeoutMs?: number,
  ): Promise<void>;
  /** Makes its processor so many times slower. Rejects where that cannot be done. */
  slowDown(times: number): Promise<void>;
  /** Errors of its scripts, so far. */
  readonly problems: readonly string[];
  close(): Promise<void>;
}
