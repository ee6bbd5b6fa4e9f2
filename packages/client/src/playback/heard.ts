import type { PlayoutReport } from './audio-output.ts';

/** A place in a turn. `playing` is false in the silence after it. */
export interface HeardPosition {
  readonly turn: number;
  readonly ptsUs: number;
  readonly playing: boolean;
}

interface Run {
  readonly turn: number;
  readonly ptsUs: number;
  readonly startS: number;
  endS: number;
}

const runsKept = 16;

/**
 * Turns the reports of an output into the place that is heard at a time of its clock. Reports run ahead of the ear
 * by the output's latency, so several runs are kept.
 */
export const createHeardTimeline = () => {
  let runs: Run[] = [];
  let generation = 0;

  return {
    /** Forgets everything; reports from before the cut are ignored from now on. */
    cut(to: number): void {
      generation = to;
      runs = [];
    },

    add(report: PlayoutReport): void {
      if (report.generation !== generation) return;
      for (const event of report.events) {
        const last = runs.at(-1);
        if (last !== undefined && last.endS === Infinity) last.endS = event.timeS;
        if (event.type === 'run') {
          runs.push({ turn: event.turn, ptsUs: event.ptsUs, startS: event.timeS, endS: Infinity });
        }
      }
      runs = runs.slice(-runsKept);
    },

    at(timeS: number): HeardPosition | undefined {
      const run = runs.findLast(({ startS }) => startS <= timeS);
      if (run === undefined) return undefined;
      const heardS = Math.min(timeS, run.endS) - run.startS;
      return { turn: run.turn, ptsUs: run.ptsUs + heardS * 1_000_000, playing: timeS < run.endS };
    },
  };
};
