import { existsSync } from 'node:fs';
import { type Browser, type Page, chromium } from 'playwright-core';
import type { DrivenPage } from './driven-page.ts';

const candidates = [
  process.env['CHROMIUM_PATH'],
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
];

/** Where a Chromium is, if there is one. */
export const chromiumPath = candidates.find((file) => file !== undefined && existsSync(file));

/** Said by the tests that are skipped without it. */
export const noChromium = 'needs Chromium: install the package chromium or set CHROMIUM_PATH';

/** How long a page may take for anything: less than a test may, so that the page says what it waited for. */
const patienceMs = 100_000;

/** `soundNeedsClick`: sound has to wait for a click, as it does for people; by default it may begin at once. */
export const launchChromium = ({ soundNeedsClick = false } = {}): Promise<Browser> =>
  chromium.launch({
    executablePath: chromiumPath!,
    args: [
      '--no-sandbox',
      '--disable-gpu',
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
      `--autoplay-policy=${soundNeedsClick ? 'document-user-activation-required' : 'no-user-gesture-required'}`,
    ],
  });

/**
 * A page that fails the test on any script error or violation of its content security policy. `prepare` comes before
 * anything of it runs. `until` begins to wait before the page loads; looking into a page counts as a click there, so that
 * what is to happen without one has to come first.
 */
export const openPage = async (
  browser: Browser,
  url: string,
  {
    prepare = async () => {},
    until = async () => {},
  }: {
    readonly prepare?: (page: Page) => Promise<void>;
    readonly until?: (page: Page) => Promise<unknown>;
  } = {},
): Promise<{ page: Page; problems: string[] }> => {
  const page = await browser.newPage({ viewport: { width: 1280, height: 860 } });
  page.setDefaultTimeout(patienceMs);
  const problems: string[] = [];
  page.on('pageerror', (error) => problems.push(error.message));
  page.on('console', (message) => {
    if (message.type() === 'error') problems.push(message.text());
  });
  page.on('response', (response) => {
    if (response.status() >= 400) problems.push(`${response.status()} ${response.url()}`);
  });
  await prepare(page);
  const reached = until(page);
  await page.goto(url);
  await reached;
  return { page, problems };
};

/** The same page as any other browser's. */
export const drivenPage = ({ page, problems }: Awaited<ReturnType<typeof openPage>>): DrivenPage => ({
  evaluate: (run, argument) => page.evaluate(run as string | ((argument: unknown) => never), argument),
  waitFor: async (test, argument, timeoutMs = 30_000) => {
    await page.waitForFunction(test as (argument: unknown) => unknown, argument, {
      timeout: timeoutMs,
      polling: 100,
    });
  },
  slowDown: async (times) => {
    const devtools = await page.context().newCDPSession(page);
    await devtools.send('Emulation.setCPUThrottlingRate', { rate: times });
  },
  problems,
  close: () => page.close(),
});
