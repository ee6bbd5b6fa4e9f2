import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { chromiumPath, launchChromium, noChromium, openPage } from '../support/chromium.ts';
import { type TestServer, root, startTth } from '../support/start-tth.ts';

interface Stats {
  readonly playedSamples: number;
  readonly playedMs: number;
  readonly rms: number;
  readonly peak: number;
  readonly underruns: number;
  readonly skewMs: number;
  readonly mouthOpening: number;
  readonly framesDrawn: number;
  readonly staleDropped: number;
}

interface Sample extends Stats {
  readonly caption: string;
  /** The place of the turn that was heard when this frame began, before anything of it was drawn. */
  readonly heardAtStartMs: number;
}

/** Before the page is opened, so that it comes first in every frame. */
const noteStartOfFrames = async (page: Page): Promise<void> => {
  await page.addInitScript(() => {
    const state = window as unknown as { heardAtStartMs: number; tth?: { stats(): Stats } };
    const note = (): void => {
      requestAnimationFrame(note);
      state.heardAtStartMs = state.tth?.stats().playedMs ?? 0;
    };
    requestAnimationFrame(note);
  });
};

/** What the page's own client says, sampled at the end of every animation frame inside the page. */
const record = (page: Page): Promise<void> =>
  page.evaluate(() => {
    const { tth } = window as unknown as {
      tth: { stats(): object; on(type: string, run: (event: object) => void): void };
    };
    const state = window as unknown as { samples: object[]; ended: object[]; heardAtStartMs: number };
    state.samples = [];
    state.ended = [];
    for (const type of ['turn_completed', 'turn_stopped', 'turn_error']) {
      tth.on(type, (event) => state.ended.push(event));
    }
    const look = (): void => {
      state.samples.push({
        ...tth.stats(),
        heardAtStartMs: state.heardAtStartMs,
        caption: document.querySelector('[data-testid=caption]')?.textContent ?? '',
      });
      requestAnimationFrame(look);
    };
    requestAnimationFrame(look);
  });

const samples = (page: Page): Promise<Sample[]> =>
  page.evaluate(() => (window as unknown as { samples: Sample[] }).samples);

/** Resolves when so many more frames of the page were sampled. */
const framesMore = (page: Page, count: number): Promise<unknown> =>
  page.evaluate(
    (count) =>
      new Promise<void>((resolve) => {
        const { samples } = window as unknown as { samples: Sample[] };
        const enough = samples.length + count;
        const look = (): void => {
          if (samples.length >= enough) resolve();
          else requestAnimationFrame(look);
        };
        look();
      }),
    count,
  );

/**
 * The picture of a frame is within one picture of the sound that was heard while that frame was drawn: by the turn's own
 * time, so that a machine which takes long to draw a frame moves nothing.
 */
const isInStep = ({ skewMs, playedMs, heardAtStartMs }: Sample): boolean =>
  Math.max(skewMs, heardAtStartMs - playedMs - skewMs) <= 40;

/** Speech was heard while the frame was drawn, and went on after it. */
const isInSpeech = ({ heardAtStartMs, playedMs }: Sample, at: number, all: readonly Sample[]): boolean =>
  playedMs > heardAtStartMs && (all[at + 1]?.heardAtStartMs ?? 0) > playedMs;

const ask = async (page: Page, text: string): Promise<void> => {
  await page.fill('[data-testid=input]', text);
  await page.click('[data-testid=send]');
};

const ended = (page: Page, count: number): Promise<unknown> =>
  page.waitForFunction((wanted) => (window as unknown as { ended: object[] }).ended.length >= wanted, count);

/** Pixels of the face, as a small grey picture. */
const look = (page: Page): Promise<number[]> =>
  page.evaluate(() => {
    const face = document.querySelector<HTMLCanvasElement>('[data-testid=face]')!;
    const small = document.createElement('canvas');
    small.width = small.height = 64;
    const context = small.getContext('2d')!;
    context.drawImage(face, 0, 0, 64, 64);
    const { data } = context.getImageData(0, 0, 64, 64);
    return Array.from({ length: 64 * 64 }, (_, at) => data[at * 4]!);
  });

const difference = (a: readonly number[], b: readonly number[]): number =>
  a.reduce((sum, value, at) => sum + Math.abs(value - b[at]!), 0) / a.length;

const missing = chromiumPath === undefined;
const title = missing ? `the studio (skipped: ${noChromium})` : 'the studio';

let browser: Browser | undefined;
beforeAll(async () => {
  if (!missing) browser = await launchChromium();
});
afterAll(() => browser?.close());

describe.skipIf(missing)(title, () => {
  let server: TestServer;
  beforeAll(async () => {
    server = await startTth({ adapters: { puppet: { warmup: true } } });
    await server.warm;
  });
  afterAll(() => server?.close());

  it('answers with a face whose lips move with a sound that is really played', async () => {
    const { page, problems } = await openPage(browser!, server.url, { prepare: noteStartOfFrames });
    await page.waitForFunction(() => document.querySelector('[data-testid=status]') !== null);
    await record(page);

    await ask(page, 'What is your name?');
    await ended(page, 1);
    await framesMore(page, 5);
    const all = await samples(page);
    const [end] = await page.evaluate(
      () => (window as unknown as { ended: { type: string; durationMs: number; heardText: string }[] }).ended,
    );
    const transcript = await page.textContent('[data-testid=transcript]');

    expect(end?.type).toBe('turn_completed');
    expect(transcript).toContain('What is your name?');
    expect(transcript).toContain('Mira');
    const last = all.at(-1)!;
    expect((last.playedSamples / 24_000) * 1000).toBeGreaterThan(end!.durationMs - 200);
    expect((last.playedSamples / 24_000) * 1000).toBeLessThan(end!.durationMs + 200);
    expect(Math.max(...all.map(({ rms }) => rms))).toBeGreaterThan(0.05);
    expect(Math.max(...all.map(({ mouthOpening }) => mouthOpening))).toBeGreaterThan(0.25);
    const loud = all.filter(({ rms }) => rms > 0.08);
    const quiet = all.filter(({ rms, playedSamples }) => rms < 0.001 && playedSamples > 0);
    const average = (of: readonly Sample[]): number =>
      of.reduce((sum, each) => sum + each.mouthOpening, 0) / of.length;
    expect(quiet.length).toBeGreaterThan(3);
    expect(average(loud)).toBeGreaterThan(average(quiet) * 2);
    const speaking = all.filter(isInSpeech);
    expect(speaking.length).toBeGreaterThan(20);
    // A machine with no time to spare makes some poses late; the rest are where the sound is, and a shift moves all.
    expect(speaking.filter(isInStep).length).toBeGreaterThan(speaking.length / 2);
    expect(all.some(({ caption }) => caption.includes('Mira'))).toBe(true);
    expect(problems).toEqual([]);
    await page.close();
  });

  it.each(['h264', 'jpeg'])('shows the face as %s video that is drawn on the server', async (codec) => {
    const { page, problems } = await openPage(browser!, server.url);
    await page.evaluate(`import('/tth-client.js').then(async ({ createTthClient }) => {
      const canvas = document.querySelector('[data-testid=face]');
      window.tth = createTthClient({ canvas, accepts: { video: ['${codec}'] } });
      window.formats = [];
      window.tth.on('video_format', ({ format }) => window.formats.push(format.codec));
      await window.tth.connect();
    })`);
    await record(page);

    await page.evaluate(() => {
      (window as unknown as { tth: { say(text: string): void } }).tth.say(
        'This face is a real video, frame by frame.',
      );
    });
    await page.waitForFunction(
      () => (window as unknown as { tth: { stats(): Stats } }).tth.stats().framesDrawn > 20,
    );
    const speaking = await look(page);
    await ended(page, 1);

    const formats = await page.evaluate(() => (window as unknown as { formats: string[] }).formats);
    expect(new Set(formats)).toEqual(new Set([codec]));
    expect(Math.max(...speaking)).toBeGreaterThan(Math.min(...speaking) + 50);
    expect(problems).toEqual([]);
    await page.close();
  });

  it('breathes and blinks while nobody speaks', async () => {
    const { page } = await openPage(browser!, server.url);
    await page.waitForFunction(
      () => (window as unknown as { tth?: { state: string } }).tth?.state === 'open',
    );

    const first = await look(page);
    await page.waitForFunction(
      () => (window as unknown as { tth: { stats(): Stats } }).tth.stats().framesDrawn > 60,
    );
    const later = await look(page);

    expect(Math.max(...first)).toBeGreaterThan(Math.min(...first) + 50);
    expect(difference(first, later)).toBeGreaterThan(0.05);
    await page.close();
  });

  it.each([
    ['Esc', (page: Page) => page.keyboard.press('Escape')],
    ['the Stop button', (page: Page) => page.click('[data-testid=stop]')],
    ['another text', (page: Page) => ask(page, 'Stop. Say hello.')],
  ])('is interrupted by %s: no sound and no picture of the old turn afterwards', async (_name, interrupt) => {
    const { page } = await openPage(browser!, server.url);
    await page.waitForFunction(
      () => (window as unknown as { tth?: { state: string } }).tth?.state === 'open',
    );
    await record(page);
    await ask(page, 'Tell me a long story');
    await page.waitForFunction(
      () => (window as unknown as { tth: { stats(): Stats } }).tth.stats().playedMs > 500,
    );

    await interrupt(page);
    await ended(page, 1);
    const stopped = await page.evaluate(() => {
      const state = window as unknown as {
        tth: { stats(): Stats };
        ended: { type: string; reason: string }[];
      };
      return { stats: state.tth.stats(), end: state.ended[0] };
    });

    expect(stopped.end?.type).toBe('turn_stopped');
    if (_name === 'another text') {
      expect(stopped.end?.reason).toBe('replaced');
      await ended(page, 2);
    } else {
      const before = stopped.stats.playedSamples;
      const frames = stopped.stats.framesDrawn;
      await page.waitForFunction(
        (drawn) => (window as unknown as { tth: { stats(): Stats } }).tth.stats().framesDrawn > drawn + 30,
        frames,
      );
      const after = await page.evaluate(() => (window as unknown as { tth: { stats(): Stats } }).tth.stats());
      expect(after.playedSamples - before).toBeLessThan(24_000 * 0.06);
      expect(after.rms).toBeLessThan(0.001);
      expect(after.mouthOpening).toBeLessThan(0.05);
    }
    await page.close();
  });
});

describe.skipIf(missing)(missing ? `the inspector (skipped: ${noChromium})` : 'the inspector', () => {
  it('shows the machines of a session while it speaks, and no word of what is said', async () => {
    const server = await startTth();
    await server.warm;
    try {
      const { page, problems } = await openPage(browser!, `${server.url}/inspector`);
      await page.locator('[data-testid=state][data-state=open]').waitFor();
      const client = await server.connect();
      client.send({
        type: 'say',
        clientMsgId: 'm1',
        text: 'The secret word is xylophone, and it is long enough to watch.',
      });

      await page.waitForFunction(() => document.body.innerText.includes('running.streamingOutput'));
      const text = await page.evaluate(() => document.body.innerText);

      expect(text).toContain('inTurn.speaking');
      expect(text).not.toContain('xylophone');
      expect(problems).toEqual([]);
    } finally {
      await server.close();
    }
  });
});

describe.skipIf(missing)(missing ? `a plain page (skipped: ${noChromium})` : 'a plain page', () => {
  it('of under 40 lines talks through the client script', async () => {
    const server = await startTth({ static: `${root}/examples/01-plain-page` });
    await server.warm;
    try {
      const { page, problems } = await openPage(browser!, `${server.url}/app/`);
      await page.fill('input', 'Hello!');
      await page.keyboard.press('Enter');

      await page.waitForFunction(() => document.querySelector('#caption')!.textContent.trim().length > 3);
      const html = await (await fetch(`${server.url}/app/`)).text();

      expect(html.split('\n').length).toBeLessThan(40);
      expect(problems).toEqual([]);
    } finally {
      await server.close();
    }
  });
});
