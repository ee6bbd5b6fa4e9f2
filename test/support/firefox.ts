import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { type BidiConnection, connectBidi } from './bidi.ts';
import type { DrivenPage } from './driven-page.ts';
import { startSoundServer } from './sound-server.ts';

const candidates = [process.env['FIREFOX_PATH'], '/usr/bin/firefox-esr', '/usr/bin/firefox'];

/** Where a Firefox is, if there is one. */
export const firefoxPath = candidates.find((file) => file !== undefined && existsSync(file));
export const noFirefox = 'needs Firefox: install the package firefox-esr or set FIREFOX_PATH';

/** Sound may begin without a click; nothing is asked of the network but the page. */
const preferences = {
  'media.autoplay.default': 0,
  'media.autoplay.blocking_policy': 0,
  'browser.shell.checkDefaultBrowser': false,
  'datareporting.policy.dataSubmissionEnabled': false,
  'app.normandy.enabled': false,
  'network.captive-portal-service.enabled': false,
  'network.connectivity-service.enabled': false,
  'services.settings.server': 'http://127.0.0.1:9',
  'browser.safebrowsing.malware.enabled': false,
  'browser.safebrowsing.phishing.enabled': false,
  'extensions.update.enabled': false,
  'extensions.getAddons.cache.enabled': false,
};

export interface Firefox {
  readonly version: string;
  /** Opens a page; `before` runs in it ahead of anything of its own. */
  open(url: string, before: () => void): Promise<DrivenPage>;
  close(): Promise<void>;
}

interface Evaluated {
  readonly type: 'success' | 'exception';
  readonly result?: { readonly value?: string };
  readonly exceptionDetails?: { readonly text: string };
}

const lookEveryMs = 100;

const openPage = async (bidi: BidiConnection, url: string, before: () => void): Promise<DrivenPage> => {
  const problems: string[] = [];
  bidi.on('log.entryAdded', ({ level, text }) => {
    if (level === 'error') problems.push(String(text));
  });
  await bidi.send('session.subscribe', { events: ['log.entryAdded'] });
  const { context } = await bidi.send<{ context: string }>('browsingContext.create', { type: 'tab' });
  await bidi.send('browsingContext.setViewport', { context, viewport: { width: 1280, height: 860 } });
  await bidi.send('script.addPreloadScript', { functionDeclaration: `() => (${before.toString()})()` });
  await bidi.send('browsingContext.navigate', { context, url, wait: 'complete' });

  // Values travel as JSON: the protocol's own notation of them is of no use here.
  const evaluate: DrivenPage['evaluate'] = async (run, argument) => {
    const given = JSON.stringify(argument) ?? '';
    const code = typeof run === 'string' ? run : `(${run.toString()})(${given})`;
    const { type, result, exceptionDetails } = await bidi.send<Evaluated>('script.evaluate', {
      expression: `(async () => JSON.stringify(await ${code}))()`,
      target: { context },
      awaitPromise: true,
      userActivation: true,
    });
    if (type === 'exception') throw new Error(exceptionDetails?.text ?? 'the page threw');
    return (result?.value === undefined ? undefined : JSON.parse(result.value)) as never;
  };
  return {
    evaluate,
    waitFor: async (test, argument, timeoutMs = 30_000) => {
      const untilMs = performance.now() + timeoutMs;
      while (!(await evaluate(test, argument))) {
        if (performance.now() > untilMs)
          throw new Error(`the page did not get there: ${problems.join('; ')}`);
        await sleep(lookEveryMs);
      }
    },
    problems,
    slowDown: () => Promise.reject(new Error('the processor of a page can be slowed down in Chromium only')),
    close: () => bidi.send('browsingContext.close', { context }).then(() => {}),
  };
};

const whereItListens = async (browser: ChildProcess): Promise<string> => {
  for await (const line of createInterface({ input: browser.stderr! })) {
    const url = /WebDriver BiDi listening on (ws:\S+)/.exec(line)?.[1];
    if (url !== undefined) return url;
  }
  throw new Error('Firefox ended before it listened');
};

/** Starts a Firefox of its own, without a window, and connects to it. */
export const launchFirefox = async (): Promise<Firefox> => {
  const profile = await mkdtemp(path.join(tmpdir(), 'tth-firefox-'));
  const lines = Object.entries(preferences).map(
    ([name, value]) => `user_pref(${JSON.stringify(name)}, ${JSON.stringify(value)});`,
  );
  await writeFile(path.join(profile, 'user.js'), lines.join('\n'));
  const sound = await startSoundServer(profile);
  const browser = spawn(
    firefoxPath!,
    ['--headless', '--no-remote', '--profile', profile, '--remote-debugging-port', '0', 'about:blank'],
    { stdio: ['ignore', 'ignore', 'pipe'], env: { ...process.env, ...sound.env } },
  );
  const ended = once(browser, 'exit');
  const bidi = await connectBidi(`${await whereItListens(browser)}/session`);
  browser.stderr.resume();
  const { capabilities } = await bidi.send<{ capabilities: { browserVersion: string } }>('session.new', {
    capabilities: {},
  });
  return {
    version: capabilities.browserVersion,
    open: (url, before) => openPage(bidi, url, before),
    close: async () => {
      await bidi.send('browser.close').catch(() => {});
      bidi.close();
      browser.kill();
      await ended;
      await sound.stop();
      await rm(profile, { recursive: true, force: true });
    },
  };
};
