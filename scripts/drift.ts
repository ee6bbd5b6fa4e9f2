import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { p99, simulate } from '../packages/core/test/simulated-hour.ts';
import { root } from './reference/sources.ts';

const seconds = 3_600;
const widthPx = 720;
const panelPx = 150;
const leftPx = 64;
/** Looks at the skew that make one point of the plot. */
const looksPerPoint = 100;

interface Panel {
  readonly title: string;
  readonly skewsMs: readonly number[];
  readonly fromMs: number;
  readonly toMs: number;
}

/** Smallest and largest of each run of looks. */
const ranges = (skewsMs: readonly number[]): readonly (readonly [number, number])[] =>
  Array.from({ length: Math.floor(skewsMs.length / looksPerPoint) }, (_, n) => {
    const looks = skewsMs.slice(n * looksPerPoint, (n + 1) * looksPerPoint);
    return [Math.min(...looks), Math.max(...looks)];
  });

const draw = ({ title, skewsMs, fromMs, toMs }: Panel, topPx: number): string => {
  const y = (ms: number): string =>
    (topPx + panelPx * (1 - (Math.min(toMs, Math.max(fromMs, ms)) - fromMs) / (toMs - fromMs))).toFixed(1);
  const points = ranges(skewsMs);
  const x = (n: number): string => (leftPx + ((widthPx - leftPx - 16) * n) / (points.length - 1)).toFixed(1);
  const upper = points.map(([, most], n) => `${x(n)},${y(most)}`);
  const lower = points.map(([least], n) => `${x(n)},${y(least)}`).toReversed();
  const line = (ms: number, kind: string): string =>
    `<line x1="${leftPx}" x2="${widthPx - 16}" y1="${y(ms)}" y2="${y(ms)}" class="${kind}"/>` +
    `<text x="${leftPx - 8}" y="${y(ms)}" class="scale">${ms} ms</text>`;
  return [
    `<text x="${leftPx}" y="${topPx - 10}" class="title">${title}: 99 of 100 looks within ${Math.round(p99(skewsMs))} ms</text>`,
    line(fromMs, 'edge'),
    line(toMs, 'edge'),
    line(-40, 'bound'),
    line(40, 'bound'),
    `<polygon points="${[...upper, ...lower].join(' ')}"/>`,
  ].join('\n');
};

/** The hour with and without correction, one above the other. */
const plot = (panels: readonly Panel[]): string => {
  const heightPx = panels.length * (panelPx + 50) + 30;
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${widthPx} ${heightPx}" font-family="system-ui, sans-serif">
<style>
rect { fill: #ffffff } polygon { fill: #2563eb; stroke: #2563eb; stroke-width: 1 }
.edge { stroke: #d4d4d8 } .bound { stroke: #dc2626; stroke-dasharray: 4 4 }
text { fill: #3f3f46; font-size: 12px } .title { font-weight: 600; font-size: 13px }
.scale { text-anchor: end; dominant-baseline: middle; font-size: 11px }
</style>
<rect width="100%" height="100%"/>
${panels.map((panel, n) => draw(panel, 36 + n * (panelPx + 50))).join('\n')}
<text x="${leftPx}" y="${heightPx - 12}">one hour from left to right; what is shown minus what is heard</text>
</svg>
`;
};

const hour = (pictureClock: number, corrects: boolean) => {
  const { skewsMs, metrics, underruns } = simulate({ seconds, pictureClock, corrects });
  const told = { p99Ms: Math.round(p99(skewsMs)), corrections: metrics['corrections'] ?? 0, underruns };
  console.log(`screen at ${pictureClock} of its pace, ${corrects ? 'corrected' : 'left alone'}:`, told);
  return skewsMs;
};

const corrected = hour(1.01, true);
const alone = hour(1.01, false);
hour(0.99, true);
hour(0.99, false);
const folder = path.join(root, 'docs', 'images');
await mkdir(folder, { recursive: true });
await writeFile(
  path.join(folder, 'drift.svg'),
  plot([
    { title: 'Corrected', skewsMs: corrected, fromMs: -100, toMs: 100 },
    { title: 'Left alone', skewsMs: alone, fromMs: -100, toMs: 700 },
  ]),
);
