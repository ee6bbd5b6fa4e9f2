import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { chromiumPath, launchChromium, noChromium, openPage } from '../support/chromium.ts';
import { type TestServer, startTth } from '../support/start-tth.ts';

const missing = chromiumPath === undefined;
const title = missing ? `a video element (skipped: ${noChromium})` : 'a video element';

describe.skipIf(missing)(title, () => {
  let folder: string;
  let server: TestServer;
  let browser: Browser;
  beforeAll(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'tth-video-'));
    await writeFile(
      path.join(folder, 'index.html'),
      '<!doctype html><link rel="icon" href="data:,"><title>v</title><video></video><audio></audio>',
    );
    server = await startTth({ static: folder });
    await server.warm;
    browser = await launchChromium();
  });
  afterAll(async () => {
    await browser.close();
    await server.close();
    await rm(folder, { recursive: true });
  });

  it.each(['mp4', 'webm'])('plays %s while it is made', async (format) => {
    const { page, problems } = await openPage(browser, `${server.url}/app/index.html`);
    const text = 'This is a long story about a fox and a dog. '.repeat(60);

    await page.evaluate(
      (src) => {
        document.querySelector('video')!.src = src;
        return document.querySelector('video')!.play();
      },
      `/v1/generate?${new URLSearchParams({ text, format })}`,
    );
    await page.waitForFunction(() => document.querySelector('video')!.currentTime > 0.5);
    const stillMade = server.engine.sessions().length;
    const shown = await page.evaluate(() => {
      const video = document.querySelector('video')!;
      const { videoWidth, videoHeight } = video;
      return { videoWidth, videoHeight, frames: video.getVideoPlaybackQuality().totalVideoFrames };
    });
    const session = server.engine.sessions()[0];
    await page.close();
    await session?.closed;

    expect(stillMade).toBe(1);
    expect(shown).toMatchObject({ videoWidth: 512, videoHeight: 512 });
    expect(shown.frames).toBeGreaterThan(0);
    expect(problems).toEqual([]);
    expect(server.engine.sessions()).toEqual([]);
  });

  it.each(['mp4', 'webm'])('plays %s to its end, sound included', async (format) => {
    const { page, problems } = await openPage(browser, `${server.url}/app/index.html`);

    const end = await page.evaluate(
      (src) =>
        new Promise<{ seconds: number; soundBytes: number }>((resolve, reject) => {
          const video = document.querySelector('video')! as HTMLVideoElement & {
            webkitAudioDecodedByteCount: number;
          };
          video.addEventListener('error', () => reject(new Error(video.error?.message)));
          video.addEventListener('ended', () =>
            resolve({ seconds: video.currentTime, soundBytes: video.webkitAudioDecodedByteCount }),
          );
          video.src = src;
          void video.play();
        }),
      `/v1/generate?text=${encodeURIComponent('Hello. All of this is heard.')}&format=${format}`,
    );
    await page.close();

    expect(end.seconds).toBeGreaterThan(1);
    expect(end.soundBytes).toBeGreaterThan(0);
    expect(problems).toEqual([]);
  });
});
