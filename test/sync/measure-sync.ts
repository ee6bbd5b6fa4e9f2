import type { DrivenPage } from '../support/driven-page.ts';
import type { TestServer } from '../support/start-tth.ts';
import { alignmentAsMade } from './as-made.ts';
import { type Alignment, align, onGrid } from './correlate.ts';
import { type Recording, levelMs, recordingOf, sayInPage, startRecording } from './recorder.ts';

/** Further apart than this nobody looks for the mouth of a sound. */
const mostMs = 400;
const windowMs = 30_000;
/** A level above this is speech. */
const audible = 0.003;

export interface SyncOptions {
  /** Said in each turn. */
  readonly text: string;
  /** Turns are begun until so much speech was heard. */
  readonly speechMs: number;
  /** How many times slower the page's processor is. */
  readonly throttle: number;
}

/** What a page did, by its own reports and by what was recorded of it. Leads are of the mouth, over the sound. */
export interface SyncReport {
  readonly turns: number;
  readonly speechMs: number;
  readonly recording: Recording;
  /** By the reports of the page's client: shown minus heard, in milliseconds, ascending. */
  readonly skewsMs: readonly number[];
  readonly underruns: number;
  readonly asMade: Alignment;
  readonly asRecorded: Alignment;
  /** The recorded lead less that of the server's own data: what playing and showing added. */
  readonly addedMs: number;
  /** The same for each half minute. */
  readonly addedByWindowMs: readonly number[];
  readonly problems: readonly string[];
}

const speechMsOf = ({ levels }: Recording): number =>
  levels.filter((level) => level > audible).length * levelMs;

/** Sound and mouth of a recording on one grid, from the first picture on. */
const signalsOf = ({ firstLevel, levels, pictures }: Recording): { sound: number[]; mouth: number[] } => {
  const skipped = Math.max(0, Math.ceil((pictures[0]?.[0] ?? 0) / levelMs) - firstLevel);
  const sound = levels.slice(skipped);
  const looks = pictures.map(([atMs, value]) => ({ atMs, value }));
  // A level belongs to the middle of its time.
  const fromMs = (firstLevel + skipped + 0.5) * levelMs;
  return { sound, mouth: onGrid(looks, fromMs, levelMs, sound.length) };
};

/** Opens a page that is listened in on before anything of its own runs. */
export type OpenRecorded = (url: string) => Promise<DrivenPage>;

export const measureSync = async (
  server: TestServer,
  open: OpenRecorded,
  { text, speechMs, throttle }: SyncOptions,
): Promise<SyncReport> => {
  const asMade = await alignmentAsMade(server, text, mostMs);
  const page = await open(server.url);
  const { problems } = page;
  await startRecording(page);
  if (throttle !== 1) await page.slowDown(throttle);

  let turns = 0;
  let recording: Recording;
  do {
    await sayInPage(page, text, 120_000 + speechMs);
    turns += 1;
    recording = await recordingOf(page);
    if (recording.levels.length === 0) throw new Error(`nothing was heard: ${problems.join('; ')}`);
  } while (speechMsOf(recording) < speechMs);
  await page.close();

  const { sound, mouth } = signalsOf(recording);
  const asRecorded = align(sound, mouth, levelMs, mostMs);
  const size = windowMs / levelMs;
  const windows = Array.from({ length: Math.floor(sound.length / size) }, (_, n) =>
    align(sound.slice(n * size, (n + 1) * size), mouth.slice(n * size, (n + 1) * size), levelMs, mostMs),
  );
  return {
    turns,
    speechMs: speechMsOf(recording),
    recording,
    skewsMs: recording.reports.flatMap(({ skewMs }) => skewMs ?? []).toSorted((a, b) => a - b),
    underruns: Math.max(0, ...recording.reports.map(({ underruns }) => underruns ?? 0)),
    asMade,
    asRecorded,
    addedMs: asRecorded.leadMs - asMade.leadMs,
    addedByWindowMs: windows.map(({ leadMs }) => leadMs - asMade.leadMs),
    problems,
  };
};
