import type { TripReason } from '../machines/circuit.machine.ts';
import type { CircuitPolicy } from '../domain/policies.ts';

/**
 * Counts the calls of the last `windowMs` in buckets and says when they are too bad. Nothing is allocated
 * after its creation. Times are monotonic milliseconds and never go back.
 */
export class CallWindow {
  readonly #policy: CircuitPolicy;
  readonly #bucketMs: number;
  readonly #calls: Int32Array;
  readonly #failures: Int32Array;
  readonly #slow: Int32Array;
  #bucket = 0;
  #index = 0;
  #endsMs: number;
  #totalCalls = 0;
  #totalFailures = 0;
  #totalSlow = 0;
  #failuresInARow = 0;

  constructor(policy: CircuitPolicy) {
    this.#policy = policy;
    this.#bucketMs = policy.windowMs / policy.windowBuckets;
    this.#endsMs = this.#bucketMs;
    this.#calls = new Int32Array(policy.windowBuckets);
    this.#failures = new Int32Array(policy.windowBuckets);
    this.#slow = new Int32Array(policy.windowBuckets);
  }

  /** Calls in the window. `count` and `withdraw` keep it up to date. */
  get calls(): number {
    return this.#totalCalls;
  }
  get failures(): number {
    return this.#totalFailures;
  }
  get slow(): number {
    return this.#totalSlow;
  }

  /** Counts one call and returns the bucket that it is in, for `withdraw`. */
  count(nowMs: number, failed: boolean, slow: boolean): number {
    if (nowMs >= this.#endsMs) this.#moveTo(Math.floor(nowMs / this.#bucketMs));
    const at = this.#index;
    this.#calls[at]! += 1;
    this.#totalCalls += 1;
    if (failed) {
      this.#failures[at]! += 1;
      this.#totalFailures += 1;
    }
    if (slow) {
      this.#slow[at]! += 1;
      this.#totalSlow += 1;
    }
    return this.#bucket;
  }

  /** Takes back a call that was counted as no failure, unless the window has left it behind already. */
  withdraw(bucket: number, slow: boolean): void {
    if (bucket <= this.#bucket - this.#calls.length) return;
    const at = bucket % this.#calls.length;
    this.#calls[at]! -= 1;
    this.#totalCalls -= 1;
    if (!slow) return;
    this.#slow[at]! -= 1;
    this.#totalSlow -= 1;
  }

  /** Ends a row of failures, or makes it longer. */
  ended(failed: boolean): void {
    this.#failuresInARow = failed ? this.#failuresInARow + 1 : 0;
  }

  /** Why the provider should rest, if it should. To be asked right after `count`. */
  verdict(): TripReason | undefined {
    const { failureThreshold, minCalls, failureRate, slowRate } = this.#policy;
    if (this.#failuresInARow >= failureThreshold) return 'failures_in_a_row';
    if (this.#totalCalls < minCalls) return undefined;
    if (this.#totalFailures >= failureRate * this.#totalCalls) return 'failure_rate';
    return this.#totalSlow >= slowRate * this.#totalCalls ? 'slow_rate' : undefined;
  }

  /** Forgets everything. */
  clear(): void {
    this.#calls.fill(0);
    this.#failures.fill(0);
    this.#slow.fill(0);
    this.#totalCalls = 0;
    this.#totalFailures = 0;
    this.#totalSlow = 0;
    this.#failuresInARow = 0;
  }

  #moveTo(bucket: number): void {
    const { length } = this.#calls;
    const from = Math.max(this.#bucket + 1, bucket - length + 1);
    for (let each = from; each <= bucket; each++) {
      const at = each % length;
      this.#totalCalls -= this.#calls[at]!;
      this.#totalFailures -= this.#failures[at]!;
      this.#totalSlow -= this.#slow[at]!;
      this.#calls[at] = 0;
      this.#failures[at] = 0;
      this.#slow[at] = 0;
    }
    this.#bucket = bucket;
    this.#index = bucket % length;
    this.#endsMs = (bucket + 1) * this.#bucketMs;
  }
}
