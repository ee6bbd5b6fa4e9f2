import type { Browser } from 'playwright-core';
import { drivenPage, openPage } from '../support/chromium.ts';
import type { Firefox } from '../support/firefox.ts';
import type { OpenRecorded } from './measure-sync.ts';
import { listenIn } from './recorder.ts';

export const recordedInChromium =
  (browser: Browser): OpenRecorded =>
  async (url) =>
    drivenPage(
      await openPage(browser, url, {
        prepare: async (page) => void (await page.addInitScript(listenIn)),
      }),
    );

export const recordedInFirefox =
  (firefox: Firefox): OpenRecorded =>
  (url) =>
    firefox.open(url, listenIn);
