const channelsOf = (hex: string): readonly [red: number, green: number, blue: number] => {
  const value = Number.parseInt(hex.slice(1), 16);
  return [(value >> 16) & 255, (value >> 8) & 255, value & 255];
};

/** `#rrggbb` as a CSS colour of the given opacity, 0–1. */
export const withAlpha = (hex: string, alpha: number): string =>
  `rgba(${channelsOf(hex).join(',')},${alpha})`;

/** The colour between two `#rrggbb` colours: `a` at `t` = 0, `b` at `t` = 1. */
export const mixColors = (a: string, b: string, t: number): string => {
  const to = channelsOf(b);
  const mixed = channelsOf(a).map((from, i) => Math.round(from + ((to[i] ?? 0) - from) * t));
  return `#${mixed.map((channel) => channel.toString(16).padStart(2, '0')).join('')}`;
};
