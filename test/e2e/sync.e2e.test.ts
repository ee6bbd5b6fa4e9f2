import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { chromiumPath, launchChromium, noChromium } from '../support/chromium.ts';
import { type TestServer, startTth } from '../support/start-tth.ts';
import { measureSync } from '../sync/measure-sync.ts';
import { recorderFiles } from '../sync/recorder.ts';
import { shortStory } from '../sync/story.ts';

const missing = chromiumPath === undefined;
const title = 'sync, as recorded in a page';

describe.skipIf(missing)(missing ? `${title} (skipped: ${noChromium})` : title, () => {
  let server: TestServer;
  let browser: Browser;
  beforeAll(async () => {
    server = await startTth({ static: recorderFiles });
    await server.warm;
    browser = await launchChromium();
  });
  afterAll(async () => {
    await browser?.close();
    await server?.close();
  });

  it.each([
    ['a quiet page', 1],
    ['a page whose processor is four times slower', 4],
  ])(
    'finds the mouth of %s within the bounds of a sound, by its reports and by its pictures',
    async (_name, throttle) => {
      const report = await measureSync(server, browser, { text: shortStory, speechMs: 8_000, throttle });

      const { recording, skewsMs, asMade, asRecorded, addedMs } = report;
      expect(recording.ends).toEqual(Array(report.turns).fill('turn_completed'));
      expect(skewsMs.length).toBeGreaterThan(20);
      expect(recording.reports.every(({ underruns }) => underruns !== undefined)).toBe(true);
      expect(recording.metrics.map(({ values }) => values['underruns'] ?? 0).reduce((a, b) => a + b, 0)).toBe(
        report.underruns,
      );
      expect(asMade.correlation).toBeGreaterThan(0.4);
      expect(asRecorded.correlation).toBeGreaterThan(0.3);
      // Class 3 and better: what a processor that other programs use as well can be held to.
      expect(addedMs).toBeGreaterThan(-90);
      expect(addedMs).toBeLessThan(185);
      const middleMs = skewsMs[skewsMs.length >> 1]!;
      expect(middleMs).toBeGreaterThan(-90);
      expect(middleMs).toBeLessThan(185);
      expect(report.problems).toEqual([]);
    },
  );
});
