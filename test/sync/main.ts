import { cpus, loadavg } from 'node:os';
import { parseArgs } from 'node:util';
import { defaultPolicies } from '@tth/core';
import { quantile } from '../bench/measure.ts';
import { chromiumPath, launchChromium, noChromium } from '../support/chromium.ts';
import { firefoxPath, launchFirefox, noFirefox } from '../support/firefox.ts';
import { startTth } from '../support/start-tth.ts';
import { recordedInChromium, recordedInFirefox } from './browsers.ts';
import { type SyncReport, measureSync } from './measure-sync.ts';
import { recorderFiles } from './recorder.ts';
import { story } from './story.ts';

/** Lets a page speak for minutes and prints how far sound and picture were apart. */
const { values } = parseArgs({
  options: {
    minutes: { type: 'string', default: '10' },
    throttle: { type: 'string', default: '1' },
    browser: { type: 'string', default: 'chromium' },
  },
});

const ms = (value: number): string => `${value.toFixed(1)} ms`;

const rowsOf = (report: SyncReport): readonly (readonly [string, string])[] => {
  const { recording, skewsMs, asMade, asRecorded, addedByWindowMs: windows } = report;
  const { pictures, metrics } = recording;
  const total = (name: string): number => metrics.reduce((sum, { values }) => sum + (values[name] ?? 0), 0);
  const ends = Map.groupBy(recording.ends, (type) => type);
  const apartMs = skewsMs.map(Math.abs);
  const seenMs = (pictures.at(-1)?.[0] ?? 0) - (pictures[0]?.[0] ?? 0);
  return [
    ['turns', [...ends].map(([type, all]) => `${all.length} ${type}`).join(', ')],
    ['speech heard', `${(report.speechMs / 60_000).toFixed(2)} min`],
    [
      'pictures looked at',
      `${pictures.length}, ${((pictures.length / seenMs) * 1000).toFixed(1)} per second`,
    ],
    ['reports of the client with a skew', `${skewsMs.length} of ${recording.reports.length}`],
    ['skew p50; p1; p99', [0.5, 0.01, 0.99].map((share) => ms(quantile(skewsMs, share))).join('; ')],
    ['distance p50; p95; p99', [0.5, 0.95, 0.99].map((share) => ms(quantile(apartMs, share))).join('; ')],
    ['underruns', `${report.underruns}`],
    ['video frames dropped by the client', `${recording.framesDropped}`],
    [
      'pictures late, dropped, held by the server; corrections',
      ['picturesLate', 'picturesDropped', 'picturesHeld', 'corrections'].map(total).join(', '),
    ],
    ['degraded', `${recording.degraded.length}`],
    ['mouth over sound, as made', `${ms(asMade.leadMs)} at ${asMade.correlation.toFixed(2)}`],
    ['mouth over sound, as recorded', `${ms(asRecorded.leadMs)} at ${asRecorded.correlation.toFixed(2)}`],
    ['added by playing and showing', ms(report.addedMs)],
    [
      `the same by half minutes (${windows.length}): least; median; most`,
      [0, 0.5, 1].map((share) => ms(quantile(windows, share))).join('; '),
    ],
  ];
};

const launch = {
  chromium: async () => {
    if (chromiumPath === undefined) throw new Error(noChromium);
    const browser = await launchChromium();
    const name = `Chromium ${browser.version()}`;
    return { name, open: recordedInChromium(browser), close: () => browser.close() };
  },
  firefox: async () => {
    if (firefoxPath === undefined) throw new Error(noFirefox);
    const firefox = await launchFirefox();
    return {
      name: `Firefox ${firefox.version}`,
      open: recordedInFirefox(firefox),
      close: () => firefox.close(),
    };
  },
};

const isKnown = (name: string): name is keyof typeof launch => name in launch;
if (!isKnown(values.browser)) throw new Error('--browser is chromium or firefox');
const server = await startTth({ static: recorderFiles, policies: { ...defaultPolicies, resumeWindowMs: 0 } });
const browser = await launch[values.browser]();
try {
  await server.warm;
  const throttle = Number(values.throttle);
  const speechMs = Number(values.minutes) * 60_000;
  const report = await measureSync(server, browser.open, { text: story, speechMs, throttle });
  const rows = rowsOf(report);
  const width = Math.max(...rows.map(([name]) => name.length));
  const load = loadavg()
    .map((each) => each.toFixed(1))
    .join(', ');
  console.log(
    `${browser.name}, processor of the page ${throttle} times slower; ${cpus().length} cores, load ${load}`,
  );
  for (const [name, value] of rows) console.log(`  ${name.padEnd(width)}  ${value}`);
} finally {
  await browser.close();
  await server.close();
}
