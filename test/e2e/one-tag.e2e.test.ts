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
  say(text: string): unknown;
}

/** Writes down, inside the page, what the avatar says of itself and what it plays and shows. */
const record = (page: Page): Promise<void> =>
  page.evaluate(() => {
    const avatar = document.querySelector<Avatar>('tth-avatar' as 'div')!;
    const seen = {
      turns: [] as string[],
      captions: [] as string[],
      samples: [] as Stats[],
      first: [] as number[],
      widest: [] as number[],
    };
    Object.assign(window, { seen });
    avatar.addEventListener('turn', (event) =>
      seen.turns.push((event as CustomEvent<{ phase: string }>).detail.phase),
    );
    avatar.addEventListener('caption', (event) => {
      const { detail } = event as CustomEvent<{ text: string } | null>;
      if (detail !== null) seen.captions.push(detail.text);
    });
    const small = document.createElement('canvas');
    small.width = small.height = 32;
    const context = small.getContext('2d')!;
    /** The mouth's part of the face, as grey pixels. */
    const mouth = (): number[] => {
      const face = avatar.shadowRoot!.querySelector('canvas')!;
      const { width, height } = face;
      context.drawImage(face, width * 0.4, height * 0.55, width * 0.2, height * 0.2, 0, 0, 32, 32);
      const { data } = context.getImageData(0, 0, 32, 32);
      return Array.from({ length: 32 * 32 }, (_, at) => data[at * 4]!);
    };
    let widest = 0;
    seen.first = mouth();
    const look = (): void => {
      const stats = avatar.client.stats();
      seen.samples.push(stats);
      if (stats.mouthOpening > widest) seen.widest = mouth();
      widest = Math.max(widest, stats.mouthOpening);
      requestAnimationFrame(look);
    };
    requestAnimationFrame(look);
  });

interface Seen {
  readonly turns: string[];
  readonly captions: string[];
  readonly samples: Stats[];
  /** Pixels of the mouth at first, and when it was open widest. */
  readonly first: number[];
  readonly widest: number[];
}

const seen = (page: Page): Promise<Seen> => page.evaluate(() => (window as unknown as { seen: Seen }).seen);

const until = (page: Page, phase: string): Promise<unknown> =>
  page.waitForFunction(
    (wanted) => (window as unknown as { seen: { turns: string[] } }).seen.turns.includes(wanted),
    phase,
  );

const ready = (page: Page): Promise<unknown> =>
  page.waitForFunction(() => document.querySelector('tth-avatar')?.getAttribute('data-state') === 'ready');

/** Chromium says so when a page's sound has to wait for a click. */
const soundRefused = (page: Page): Promise<unknown> =>
  page.waitForEvent('console', (message) => message.text().includes('AudioContext was not allowed to start'));

const ask = async (page: Page, text: string): Promise<void> => {
  const input = page.getByLabel('Your message to Mira');
  await input.fill(text);
  await input.press('Enter');
};

/** A question whose answer is as long as it takes to look at it. */
const aFewSeconds = 'Say the sun is shining and all the birds are singing in the trees.';

const difference = (a: readonly number[], b: readonly number[]): number =>
  a.reduce((sum, value, at) => sum + Math.abs(value - b[at]!), 0) / a.length;

const missing = chromiumPath === undefined;

describe.skipIf(missing)(
  missing ? `an avatar by one tag (skipped: ${noChromium})` : 'an avatar by one tag',
  () => {
    let server: TestServer;
    let browser: Browser;
    beforeAll(async () => {
      server = await startTth({
        static: `${root}/examples/03-one-tag`,
      });
      await server.warm;
      browser = await launchChromium({ soundNeedsClick: true });
    });
    afterAll(async () => {
      await browser?.close();
      await server?.close();
    });

    it('asks for a tap, then answers with a moving face and a sound that is really played', async () => {
      const { page, problems } = await openPage(browser, `${server.url}/app/`, { until: soundRefused });
      await ready(page);
      const tap = page.getByRole('button', { name: /^Tap to start/ });
      await tap.waitFor();
      await record(page);

      await tap.click();
      await tap.waitFor({ state: 'hidden' });
      await page.keyboard.type('What is your name?');
      await page.keyboard.press('Enter');
      await until(page, 'completed');
      const { turns, captions, samples, first, widest } = await seen(page);

      expect(turns).toEqual(['started', 'completed']);
      expect(captions.join(' ')).toContain('Mira');
      expect(samples.at(-1)!.playedSamples).toBeGreaterThan(24_000);
      expect(Math.max(...samples.map(({ rms }) => rms))).toBeGreaterThan(0.05);
      expect(Math.max(...samples.map(({ mouthOpening }) => mouthOpening))).toBeGreaterThan(0.25);
      expect(Math.min(...samples.map(({ mouthOpening }) => mouthOpening))).toBeLessThan(0.05);
      expect(difference(first, widest)).toBeGreaterThan(5);
      expect(problems).toEqual([]);
      await page.close();
    });

    it('is silent after a reload in the middle of an answer, and answers again', async () => {
      const { page, problems } = await openPage(browser, `${server.url}/app/`);
      await ready(page);
      await record(page);
      await ask(page, 'Tell me a long story');
      await page.waitForFunction(
        () => document.querySelector('tth-avatar')?.getAttribute('data-state') === 'speaking',
      );

      await page.reload();
      await ready(page);
      await record(page);
      await page.waitForFunction(
        () => (window as unknown as { seen: { samples: object[] } }).seen.samples.length > 30,
      );
      const quiet = await seen(page);
      await ask(page, 'Say hello.');
      await until(page, 'completed');

      expect(quiet.turns).toEqual([]);
      expect(quiet.samples.every(({ playedSamples }) => playedSamples === 0)).toBe(true);
      expect((await seen(page)).samples.at(-1)!.playedSamples).toBeGreaterThan(0);
      expect(problems).toEqual([]);
      await page.close();
    });

    it('needs no tap with audio="off", has a text spoken by say() and stops at a press of Escape', async () => {
      const { page } = await openPage(browser, `${server.url}/app/`);
      await page.evaluate(() => document.querySelector('tth-avatar')!.setAttribute('audio', 'off'));
      await ready(page);
      await record(page);
      const tap = await page.getByRole('button', { name: /^Tap to start/ }).isVisible();

      await page.evaluate(() =>
        document
          .querySelector<Avatar>('tth-avatar' as 'div')!
          .say('These very words are spoken. Then there are more of them, and more, and still more.'),
      );
      await page.getByText('These very words are spoken.').waitFor();
      await page.getByLabel('Your message to Mira').press('Escape');
      await until(page, 'stopped');
      await ready(page);

      expect(tap).toBe(false);
      expect((await seen(page)).turns).toEqual(['started', 'stopped']);
      await page.close();
    });

    it('goes on sounding when the browser stops the sound in the middle of an answer', async () => {
      const prepare = async (page: Page): Promise<void> => {
        await page.addInitScript(() => {
          const contexts: AudioContext[] = [];
          Object.assign(window, { contexts });
          window.AudioContext = class extends AudioContext {
            constructor(options?: AudioContextOptions) {
              super(options);
              contexts.push(this);
            }
          };
        });
      };
      const { page } = await openPage(browser, `${server.url}/app/`, { prepare });
      await ready(page);
      await record(page);
      await ask(page, aFewSeconds);
      await page.waitForFunction(
        () => document.querySelector('tth-avatar')?.getAttribute('data-state') === 'speaking',
      );

      const before = (await seen(page)).samples.at(-1)!.playedSamples;
      const states = await page.evaluate(async () => {
        const [context] = (window as unknown as { contexts: AudioContext[] }).contexts;
        const states: string[] = [];
        const isBack = new Promise<void>((resolve) => {
          context!.addEventListener('statechange', () => {
            states.push(context!.state);
            if (context!.state === 'running') resolve();
          });
        });
        await context!.suspend();
        await isBack;
        return states;
      });
      await until(page, 'completed');
      const { samples } = await seen(page);

      expect(states).toEqual(['suspended', 'running']);
      expect(samples.at(-1)!.playedSamples).toBeGreaterThan(before + 24_000);
      await page.close();
    });

    it('says what the server refused, and begins anew with another persona', async () => {
      const { page } = await openPage(browser, `${server.url}/app/`);
      await page.evaluate(() => document.querySelector('tth-avatar')!.setAttribute('persona', 'nobody'));
      await page.getByText('There is no persona of this name').waitFor();
      await record(page);

      await page.evaluate(() => document.querySelector('tth-avatar')!.removeAttribute('persona'));
      await ready(page);
      await ask(page, 'Say hello.');
      await until(page, 'completed');

      expect((await seen(page)).turns).toEqual(['started', 'completed']);
      await page.close();
    });

    it('says in words why there is no sound where the browser has no worklet, and answers with face and captions', async () => {
      const prepare = async (page: Page): Promise<void> => {
        await page.addInitScript(() => Reflect.deleteProperty(window, 'AudioWorkletNode'));
      };
      const { page } = await openPage(browser, `${server.url}/app/`, { prepare });
      await ready(page);
      await record(page);

      await page.getByText('No sound. This browser has no AudioWorklet.').waitFor();
      await ask(page, aFewSeconds);
      await until(page, 'completed');
      const { captions, samples } = await seen(page);

      expect(captions.length).toBeGreaterThan(0);
      expect(Math.max(...samples.map(({ mouthOpening }) => mouthOpening))).toBeGreaterThan(0.25);
      await page.close();
    });
  },
);
