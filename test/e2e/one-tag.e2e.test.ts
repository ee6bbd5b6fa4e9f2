import { defaultPolicies } from '@tth/core';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { chromiumPath, launchChromium, noChromium, openPage } from '../support/chromium.ts';
import { type TestServer, root, startTth } from '../support/start-tth.ts';

interface Stats {
  readonly playedSamples: number;
  readonly rms: number;
  readonly mouthOpening: number;
}

interface Avatar extends HTMLElement {
  readonly state: string;
  readonly client: { stats(): Stats };
}

/** Writes down, inside the page, what the avatar says of itself and what it plays and shows. */
const record = (page: Page): Promise<void> =>
  page.evaluate(() => {
    const avatar = document.querySelector<Avatar>('tth-avatar' as 'div')!;
    const seen = { turns: [] as string[], captions: [] as string[], samples: [] as Stats[] };
    Object.assign(window, { seen });
    avatar.addEventListener('turn', (event) =>
      seen.turns.push((event as CustomEvent<{ phase: string }>).detail.phase),
    );
    avatar.addEventListener('caption', (event) => {
      const { detail } = event as CustomEvent<{ text: string } | null>;
      if (detail !== null) seen.captions.push(detail.text);
    });
    const look = (): void => {
      seen.samples.push(avatar.client.stats());
      requestAnimationFrame(look);
    };
    requestAnimationFrame(look);
  });

const seen = (page: Page) =>
  page.evaluate(
    () => (window as unknown as { seen: { turns: string[]; captions: string[]; samples: Stats[] } }).seen,
  );

const until = (page: Page, phase: string): Promise<unknown> =>
  page.waitForFunction(
    (wanted) => (window as unknown as { seen: { turns: string[] } }).seen.turns.includes(wanted),
    phase,
    { timeout: 50_000 },
  );

const ready = (page: Page): Promise<unknown> =>
  page.waitForFunction(() => document.querySelector('tth-avatar')?.getAttribute('data-state') === 'ready');

const missing = chromiumPath === undefined;

describe.skipIf(missing)(
  missing ? `an avatar by one tag (skipped: ${noChromium})` : 'an avatar by one tag',
  () => {
    let server: TestServer;
    let browser: Browser;
    beforeAll(async () => {
      server = await startTth({
        static: `${root}/examples/03-one-tag`,
        // The browser needs most of a small machine: a face that is slow because of it is no subject here.
        policies: { drift: { ...defaultPolicies.drift, behindForMs: 60_000 } },
      });
      await server.warm;
      browser = await launchChromium({ soundNeedsClick: true });
    });
    afterAll(async () => {
      await browser?.close();
      await server?.close();
    });

    it('asks for a tap, then answers with a moving face and a sound that is really played', async () => {
      const { page, problems } = await openPage(browser, `${server.url}/app/`);
      await ready(page);
      const tap = page.getByRole('button', { name: /Tap to start/ });
      await tap.waitFor();
      await record(page);

      await tap.click();
      await tap.waitFor({ state: 'hidden' });
      await page.keyboard.type('Hello, who are you?');
      await page.keyboard.press('Enter');
      await until(page, 'completed');
      const { turns, captions, samples } = await seen(page);

      expect(turns).toEqual(['started', 'completed']);
      expect(captions.join(' ')).toContain('Mira');
      expect(samples.at(-1)!.playedSamples).toBeGreaterThan(24_000);
      expect(Math.max(...samples.map(({ rms }) => rms))).toBeGreaterThan(0.05);
      expect(Math.max(...samples.map(({ mouthOpening }) => mouthOpening))).toBeGreaterThan(0.25);
      expect(Math.min(...samples.map(({ mouthOpening }) => mouthOpening))).toBeLessThan(0.05);
      expect(problems).toEqual([]);
      await page.close();
    });

    it('is silent after a reload in the middle of an answer, and answers again', async () => {
      const { page, problems } = await openPage(browser, `${server.url}/app/`);
      await ready(page);
      await record(page);
      await page.getByRole('button', { name: /Tap to start/ }).click();
      await page.keyboard.type('Tell me a long story');
      await page.keyboard.press('Enter');
      await page.waitForFunction(
        () => document.querySelector('tth-avatar')?.getAttribute('data-state') === 'speaking',
      );

      await page.reload();
      await ready(page);
      await record(page);
      await page.getByLabel(/Your message to/).fill('Say hello.');
      await page.waitForFunction(
        () => (window as unknown as { seen: { samples: object[] } }).seen.samples.length > 30,
      );
      const quiet = await seen(page);
      await page.keyboard.press('Enter');
      await until(page, 'completed');

      expect(quiet.turns).toEqual([]);
      expect(quiet.samples.every(({ playedSamples }) => playedSamples === 0)).toBe(true);
      expect((await seen(page)).samples.at(-1)!.playedSamples).toBeGreaterThan(0);
      expect(problems).toEqual([]);
      await page.close();
    });

    it('stops at a press of Escape', async () => {
      const { page } = await openPage(browser, `${server.url}/app/`);
      await ready(page);
      await record(page);
      await page.getByRole('button', { name: /Tap to start/ }).click();
      await page.keyboard.type('Tell me a long story');
      await page.keyboard.press('Enter');
      await page.getByRole('button', { name: /Stop Mira/ }).waitFor();

      await page.keyboard.press('Escape');
      await until(page, 'stopped');

      await page.waitForFunction(
        () => document.querySelector('tth-avatar')?.getAttribute('data-state') === 'ready',
      );
      await page.close();
    });

    it('says in words why there is no sound where the browser has no worklet, and answers with face and captions', async () => {
      const page = await browser.newPage();
      await page.addInitScript(() => Reflect.deleteProperty(window, 'AudioWorkletNode'));
      await page.goto(`${server.url}/app/`);
      await ready(page);
      await record(page);

      await page.getByText('No sound. This browser has no AudioWorklet.').waitFor();
      await page.getByLabel('Your message to Mira').fill('Hello, who are you?');
      await page.keyboard.press('Enter');
      await until(page, 'completed');
      const { captions, samples } = await seen(page);

      expect(captions.length).toBeGreaterThan(0);
      expect(Math.max(...samples.map(({ mouthOpening }) => mouthOpening))).toBeGreaterThan(0.25);
      await page.close();
    });
  },
);
