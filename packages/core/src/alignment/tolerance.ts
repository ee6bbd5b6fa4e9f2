/**
 * How well picture and sound agree: 1 as it should be, 2 not detectable, 3 noticeable, 4 unacceptable.
 * Late pictures are noticed sooner than early ones, because in the world light comes first.
 */
export type ToleranceClass = 1 | 2 | 3 | 4;

const classes = [
  { tolerance: 1, fromMs: -40, toMs: 60 },
  { tolerance: 2, fromMs: -45, toMs: 125 },
  { tolerance: 3, fromMs: -90, toMs: 185 },
] as const;

/** `skewMs`: what is shown minus what is heard; positive means that the picture is ahead. */
export const toleranceClass = (skewMs: number): ToleranceClass =>
  classes.find(({ fromMs, toMs }) => skewMs >= fromMs && skewMs <= toMs)?.tolerance ?? 4;
