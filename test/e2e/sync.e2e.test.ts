import { defaultPolicies } from '@tth/core';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { chromiumPath, launchChromium, noChromium } from '../support/chromium.ts';
import { type TestServer, startTth } from '../support/start-tth.ts';
import { type SyncReport, measureSync } from '../sync/measure-sync.ts';
import { recordedInChromium } from '../sync/browsers.ts';
import { recorderFiles } from '../sync/recorder.ts';
import { shortStory } from '../sync/story.ts';

/** The turns were heard to their end, and the reports of the page tell so. */
const expectSound = ({ turns, recording, skewsMs, underruns, problems }: SyncReport): void => {
  expect(recording.ends).toEqual(Array(turns).fill('turn_completed'));
  expect(skewsMs.length).toBeGreaterThan(0);
  const middleMs = skewsMs[skewsMs.length >> 1]!;
  expect(middleMs).toBeGreaterThan(-90);
  expect(middleMs).toBeLessThan(185);
  expect(recording.reports.every((report) => report.underruns !== undefined)).toBe(true);
  const counted = recording.metrics.reduce((sum, { values }) => sum + (values['underruns'] ?? 0), 0);
  // One in the last moment of a turn can be reported after its metrics.
  expect(counted).toBeLessThanOrEqual(underruns);
  expect(problems).toEqual([]);
};

const missing = chromiumPath === undefined;
const title = 'sync, as recorded in a page';

describe.skipIf(missing)(missing ? `${title} (skipped: ${noChromium})` : title, () => {
  let server: TestServer;
  let browser: Browser;
  beforeAll(async () => {
    server = await startTth({ static: recorderFiles, policies: { ...defaultPolicies, resumeWindowMs: 0 } });
    await server.warm;
    browser = await launchChromium();
  });
  afterAll(async () => {
    await browser?.close();
    await server?.close();
  });

  it('finds the mouth within the bounds of its sound, by what the page reports and by its pictures', async () => {
    const report = await measureSync(server, recordedInChromium(browser), {
      text: shortStory,
      speechMs: 8_000,
      throttle: 1,
    });

    const { asMade, asRecorded, addedMs } = report;
    expectSound(report);
    expect(asMade.correlation).toBeGreaterThan(0.4);
    expect(asRecorded.correlation).toBeGreaterThan(0.3);
    // Class 3 and better: what a processor that other programs use as well can be held to.
    expect(addedMs).toBeGreaterThan(-90);
    expect(addedMs).toBeLessThan(185);
  });

  it('hears a page out whose processor is four times slower, with every time that it ran dry reported', async () => {
    const report = await measureSync(server, recordedInChromium(browser), {
      text: shortStory,
      speechMs: 8_000,
      throttle: 4,
    });

    // Of the few pictures that such a page draws the mouth cannot be told well enough.
    expectSound(report);
  });
});
