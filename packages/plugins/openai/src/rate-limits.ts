const units: Readonly<Record<string, number>> = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 };

/** Milliseconds of `250ms`, `1s`, `6m0s` or, from servers that write no unit, whole or broken seconds. */
export const readDuration = (text: string): number | undefined => {
  const written = text.trim();
  if (/^\d+(\.\d+)?$/.test(written)) return Number(written) * 1_000;
  if (!/^(?:\d+(?:\.\d+)?(?:ms|s|m|h|d))+$/.test(written)) return undefined;
  const parts = written.matchAll(/(\d+(?:\.\d+)?)(ms|s|m|h|d)/g);
  return [...parts].reduce((sum, [, amount, unit]) => sum + Number(amount) * units[unit!]!, 0);
};

/** When the limit that is used up begins anew, by the `x-ratelimit-*` headers; the later of the two. */
export const readReset = (headers: Headers): number | undefined => {
  const resets = ['requests', 'tokens'].flatMap((what) => {
    const isUsedUp = headers.get(`x-ratelimit-remaining-${what}`)?.trim() === '0';
    const reset = isUsedUp ? readDuration(headers.get(`x-ratelimit-reset-${what}`) ?? '') : undefined;
    return reset === undefined ? [] : [reset];
  });
  return resets.length === 0 ? undefined : Math.max(...resets);
};
