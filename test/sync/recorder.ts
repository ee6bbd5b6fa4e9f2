import path from 'node:path';
import type { ClientMessage, ServerMessageOf } from '@tth/protocol';
import type { DrivenPage } from '../support/driven-page.ts';

export type PlaybackReport = Extract<ClientMessage, { type: 'playback' }>;

/** Levels of the sound are of this many milliseconds each, in `page/sync-tap.js` too. */
export const levelMs = 10;

/** What a page heard and showed. Times are those of the sound that reaches the ear, from the start of its audio output. */
export interface Recording {
  /** Number of the first level since the output began; then one after another without a gap. */
  readonly firstLevel: number;
  /** Root mean square, 0 to 1. */
  readonly levels: readonly number[];
  /** For each picture on the canvas: when it was there, and the share of the mouth's region that is inside of the mouth. */
  readonly pictures: readonly (readonly [heardMs: number, inside: number])[];
  /** What the page's client reported to the server. */
  readonly reports: readonly PlaybackReport[];
  readonly metrics: readonly ServerMessageOf<'metrics'>[];
  readonly degraded: readonly ServerMessageOf<'degraded_mode'>[];
  readonly ends: readonly string[];
  readonly framesDropped: number;
}

interface Recorder {
  context: AudioContext | undefined;
  firstLevel: number | undefined;
  levels: number[];
  pictures: [heardMs: number, inside: number][];
  reports: PlaybackReport[];
  metrics: ServerMessageOf<'metrics'>[];
  degraded: ServerMessageOf<'degraded_mode'>[];
  ends: string[];
}

interface TthPage {
  readonly recorder: Recorder;
  readonly tth: {
    readonly state: string;
    on(type: string, run: (event: never) => void): void;
    say(text: string): void;
    enableAudio(): Promise<void>;
    stats(): { readonly framesDropped: number };
  };
}

/** Listens in on what the page plays and sends. Runs in the page, before anything else. */
export const listenIn = (): void => {
  const recorder: Recorder = {
    context: undefined,
    firstLevel: undefined,
    levels: [],
    pictures: [],
    reports: [],
    metrics: [],
    degraded: [],
    ends: [],
  };
  Object.assign(window, { recorder });

  const prototype = AudioNode.prototype as { connect(to: unknown, ...rest: unknown[]): unknown };
  const connect = prototype.connect;
  prototype.connect = function (this: AudioNode, to, ...rest) {
    if (to instanceof AudioDestinationNode && recorder.context === undefined) {
      const context = this.context as AudioContext;
      recorder.context = context;
      void context.audioWorklet.addModule('/app/sync-tap.js').then(() => {
        const node = new AudioWorkletNode(context, 'sync-tap', { channelCount: 1 });
        node.port.addEventListener(
          'message',
          ({ data }: MessageEvent<{ first: number; levels: number[] }>) => {
            recorder.firstLevel ??= data.first;
            recorder.levels.push(...data.levels);
          },
        );
        node.port.start();
        connect.call(this, node);
        connect.call(node, to);
      });
    }
    return connect.call(this, to, ...rest);
  };

  const socket = WebSocket.prototype as { send(data: unknown): void };
  const send = socket.send;
  socket.send = function (data) {
    if (typeof data === 'string' && data.includes('"playback"')) {
      recorder.reports.push(JSON.parse(data) as PlaybackReport);
    }
    send.call(this, data);
  };
};

/** Looks at the mouth on the canvas in every frame of the page's screen. Runs in the page. */
const watchMouth = (): void => {
  const { recorder, tth } = window as unknown as TthPage;
  tth.on('metrics', (event) => recorder.metrics.push(event));
  tth.on('degraded_mode', (event) => recorder.degraded.push(event));
  for (const type of ['turn_completed', 'turn_stopped', 'turn_error']) {
    tth.on(type, () => recorder.ends.push(type));
  }
  const face = document.querySelector<HTMLCanvasElement>('[data-testid=face]')!;
  const sidePx = 64;
  const small = document.createElement('canvas');
  small.width = small.height = sidePx;
  const context = small.getContext('2d', { willReadFrequently: true })!;

  /** Share of the mouth's region that is dark red, as the inside of the mouth is, or white, as teeth are. */
  const inside = (): number => {
    const { width, height } = face;
    context.drawImage(face, width * 0.4, height * 0.55, width * 0.2, height * 0.2, 0, 0, sidePx, sidePx);
    const { data } = context.getImageData(0, 0, sidePx, sidePx);
    let count = 0;
    for (let n = 0; n < data.length; n += 4) {
      const [r, g, b] = [data[n]!, data[n + 1]!, data[n + 2]!];
      if ((r < 120 && g < 60 && b < 75) || Math.min(r, g, b) > 214) count += 1;
    }
    return count / sidePx ** 2;
  };

  const look = (): void => {
    requestAnimationFrame(look);
    const { contextTime = 0, performanceTime = 0 } = recorder.context?.getOutputTimestamp() ?? {};
    if (contextTime === 0) return;
    // Before the looking, whose own time is none of the page's.
    const heardMs = contextTime * 1000 + performance.now() - performanceTime;
    recorder.pictures.push([heardMs, inside()]);
  };
  // In the same frame, but after the client, which asks for its frames earlier.
  requestAnimationFrame(look);
};

/** What the server has to serve as its static files for it. */
export const recorderFiles = path.join(import.meta.dirname, 'page');

/** When the page's client is connected. */
export const startRecording = async (page: DrivenPage): Promise<void> => {
  await page.waitFor(() => (window as unknown as Partial<TthPage>).tth?.state === 'open');
  await page.evaluate(() => (window as unknown as TthPage).tth.enableAudio());
  await page.evaluate(watchMouth);
};

/** Says it and resolves with the type of the turn's end. */
export const sayInPage = async (page: DrivenPage, text: string, timeoutMs: number): Promise<string> => {
  const turns = await page.evaluate(() => (window as unknown as TthPage).recorder.ends.length);
  await page.evaluate((text) => (window as unknown as TthPage).tth.say(text), text);
  await page.waitFor(
    (turns) => (window as unknown as TthPage).recorder.ends.length > turns,
    turns,
    timeoutMs,
  );
  return page.evaluate(() => (window as unknown as TthPage).recorder.ends.at(-1)!);
};

export const recordingOf = (page: DrivenPage): Promise<Recording> =>
  page.evaluate(() => {
    const { recorder, tth } = window as unknown as TthPage;
    const { context: _, firstLevel, ...rest } = recorder;
    return { ...rest, firstLevel: firstLevel ?? 0, framesDropped: tth.stats().framesDropped };
  });
