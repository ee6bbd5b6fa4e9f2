/** A length of time as a person says it: `now`, `8 s`, `3 min`, `2 h`. */
export const ago = (ms: number): string => {
  if (ms < 1_000) return 'now';
  if (ms < 60_000) return `${Math.floor(ms / 1_000)} s`;
  if (ms < 3_600_000) return `${Math.floor(ms / 60_000)} min`;
  return `${Math.floor(ms / 3_600_000)} h`;
};

/** Wall time as `14:03:27.512`, in the reader's zone. */
export const clockTime = (wallMs: number): string => {
  const at = new Date(wallMs);
  const two = (value: number) => String(value).padStart(2, '0');
  const ms = String(at.getMilliseconds()).padStart(3, '0');
  return `${two(at.getHours())}:${two(at.getMinutes())}:${two(at.getSeconds())}.${ms}`;
};
