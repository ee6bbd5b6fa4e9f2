import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { quantile } from '../bench/measure.ts';
import { chromiumPath, launchChromium, noChromium } from '../support/chromium.ts';
import { type TestServer, startTth } from '../support/start-tth.ts';
import { recordedInChromium } from '../sync/browsers.ts';
import { measureSync } from '../sync/measure-sync.ts';
import { recorderFiles } from '../sync/recorder.ts';
import { story } from '../sync/story.ts';

const missing = chromiumPath === undefined;
const title = 'a minute in a page, beside other work';

// It waits for speech to be over while other tests use the processor, so it says nothing about where the mouth is to the
// millisecond: `sync.e2e.test.ts` does that, alone. It says that sound and reports hold together for as long as people talk.
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

  it('is heard to its end, with pictures in time by the reports and every time that it ran dry told', async () => {
    const { recording, speechMs, skewsMs, underruns, problems, turns } = await measureSync(
      server,
      recordedInChromium(browser),
      { text: story, speechMs: 60_000, throttle: 1 },
    );

    expect(recording.ends).toEqual(Array(turns).fill('turn_completed'));
    expect(speechMs).toBeGreaterThanOrEqual(60_000);
    expect(problems).toEqual([]);
    // Four reports a second of speech, and few of them from frames that were too long ago.
    expect(skewsMs.length).toBeGreaterThan(60);
    expect(quantile(skewsMs, 0.5)).toBeGreaterThan(-90);
    expect(quantile(skewsMs, 0.5)).toBeLessThan(185);
    const counted = recording.metrics.reduce((sum, { values }) => sum + (values['underruns'] ?? 0), 0);
    // On a machine that has no time the last word of a turn may come too late for its metrics.
    expect(counted).toBeLessThanOrEqual(underruns);
    expect(counted).toBeGreaterThanOrEqual(underruns - turns);
    expect(recording.degraded).toEqual([]);
  }, 300_000);
});
