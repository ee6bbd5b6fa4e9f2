import type { ConformanceReport } from './report.ts';

const label = 'TTH conformance';
/** Of a character in a sans serif of 11 pixels, about: `textLength` makes it exact. */
const characterPx = 6.5;
const paddingPx = 8;
const colours = { passed: '#2e7d32', warned: '#9a6700', failed: '#b3261e' } as const;

const messageOf = ({ isPassed, totals }: ConformanceReport): string => {
  const run = totals.passed + totals.failed + totals.warned;
  return isPassed || run > 0 ? `${totals.passed} of ${run}` : 'not run';
};

const colourOf = ({ isPassed, totals }: ConformanceReport): string => {
  if (!isPassed) return colours.failed;
  return totals.warned > 0 ? colours.warned : colours.passed;
};

const textWidth = (text: string): number => Math.round(text.length * characterPx);

/** A badge for a README, as SVG: how many of the checks that were run are passed. */
export const badgeOf = (report: ConformanceReport): string => {
  const message = messageOf(report);
  const left = textWidth(label) + 2 * paddingPx;
  const right = textWidth(message) + 2 * paddingPx;
  const text = (x: number, words: string): string =>
    `  <text x="${x}" y="14" textLength="${textWidth(words)}">${words}</text>`;
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${left + right}" height="20" role="img" aria-label="${label}: ${message}">`,
    `  <title>${label}: ${message}</title>`,
    `  <clipPath id="round"><rect width="${left + right}" height="20" rx="3" /></clipPath>`,
    '  <g clip-path="url(#round)">',
    `    <rect width="${left}" height="20" fill="#3c4043" />`,
    `    <rect x="${left}" width="${right}" height="20" fill="${colourOf(report)}" />`,
    '  </g>',
    '  <g fill="#fff" font-family="Verdana, DejaVu Sans, sans-serif" font-size="11">',
    text(paddingPx, label),
    text(left + paddingPx, message),
    '  </g>',
    '</svg>',
    '',
  ].join('\n');
};
