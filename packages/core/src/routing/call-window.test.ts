import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { defaultPolicies } from '../domain/policies.ts';
import { CallWindow } from './call-window.ts';

const policy = defaultPolicies.circuit;
const bucketMs = policy.windowMs / policy.windowBuckets;

describe('window of calls', () => {
  it('forgets a bucket as a whole when the window has passed it', () => {
    const window = new CallWindow(policy);
    window.count(bucketMs - 1, true, false);
    window.count(bucketMs, false, true);

    window.count(policy.windowMs - 1, false, false);
    expect([window.calls, window.failures, window.slow]).toEqual([3, 1, 1]);
    window.count(policy.windowMs, false, false);
    expect([window.calls, window.failures, window.slow]).toEqual([3, 0, 1]);
    window.count(policy.windowMs * 100, false, false);

    expect([window.calls, window.failures, window.slow]).toEqual([1, 0, 0]);
  });

  it('takes a call back as long as it remembers it, and not twice from another', () => {
    const window = new CallWindow(policy);
    const early = window.count(0, false, true);
    const late = window.count(bucketMs, false, false);

    window.withdraw(early, true);
    expect([window.calls, window.slow]).toEqual([1, 0]);
    window.count(policy.windowMs + bucketMs, false, false);
    window.withdraw(late, false);

    expect(window.calls).toBe(1);
  });

  const step = fc.record({
    afterMs: fc.oneof(
      fc.nat(20),
      fc.constantFrom(bucketMs - 1, bucketMs, bucketMs + 1),
      fc.constantFrom(policy.windowMs - 1, policy.windowMs, policy.windowMs + 1),
    ),
    failed: fc.boolean(),
    slow: fc.boolean(),
  });

  it('B5: counts what a list of all calls says, at every edge of a bucket', () => {
    const property = fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
      const window = new CallWindow(policy);
      const calls: { bucket: number; failed: boolean; slow: boolean }[] = [];
      let nowMs = 0;
      for (const { afterMs, failed, slow } of steps) {
        nowMs += afterMs;
        const bucket = Math.floor(nowMs / bucketMs);
        calls.push({ bucket, failed, slow });
        window.count(nowMs, failed, slow);

        const recent = calls.filter((call) => call.bucket > bucket - policy.windowBuckets);
        expect([window.calls, window.failures, window.slow]).toEqual([
          recent.length,
          recent.filter((call) => call.failed).length,
          recent.filter((call) => call.slow).length,
        ]);
      }
    });
    fc.assert(property);
  });
});
