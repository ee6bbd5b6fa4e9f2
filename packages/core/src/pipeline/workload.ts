import { usToMs } from '../domain/time.ts';
import type { AvatarOutput, AvatarSpeech, AvatarText } from '../plugin/adapter.ts';

/** What an avatar was offered and what it gave: whether being late is its own doing. */
export interface Workload {
  /** Notes speech or text on its way in. */
  offered(item: AvatarSpeech | AvatarText): void;
  /** Notes that nothing more will be offered. */
  complete(): void;
  /** Notes what came out. */
  gave(output: AvatarOutput): void;
  /** True when the avatar has been offered enough for another item. */
  owes(): boolean;
}

/** Pictures come in runs: nobody is late who is behind the speech by less than this. */
const slackMs = 1_000;

/** `prebufferMs`: speech that the avatar takes in before it gives a picture. */
export const createWorkload = (prebufferMs: number): Workload => {
  let offeredMs = 0;
  let givenMs = 0;
  let texts = 0;
  let spoken = 0;
  let isComplete = false;
  return {
    offered: (item) => {
      if ('pcm' in item) offeredMs = usToMs(item.ptsUs + item.durationUs);
      else texts += 1;
    },
    complete: () => {
      isComplete = true;
    },
    gave: (output) => {
      if (output.type === 'picture') givenMs = usToMs(output.frame.ptsUs + output.frame.durationUs);
      if (output.type === 'audio' && output.sentenceEnd) spoken += 1;
    },
    owes: () => isComplete || offeredMs - givenMs > prebufferMs + slackMs || texts > spoken,
  };
};
