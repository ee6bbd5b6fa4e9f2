import {
  type ControlOutcome,
  type Engine,
  type Failure,
  type LoggedEvent,
  type LooseControls,
  isTerminal,
} from '@tth/core';
import { reportLines } from './control-report.ts';

const print = (atMs: number, line: string): void => {
  process.stdout.write(`${(atMs / 1000).toFixed(1).padStart(6)} s  ${line}\n`);
};

const refusedOutcomes = ({ details }: Failure): readonly ControlOutcome[] =>
  (details?.['outcomes'] ?? []) as readonly ControlOutcome[];

/** Has a text spoken and prints, on the turn's own clock, what its client is told. Resolves when the turn has ended. */
export const playTurn = async (
  engine: Engine,
  text: string,
  controls: LooseControls | undefined,
): Promise<void> => {
  const session = engine.createSession({ accepts: { audio: ['pcm_s16le'], video: [] }, pacing: 'unpaced' });
  let soundMs = 0;
  const sentences = new Map<number, string>();
  const done = Promise.withResolvers<void>();
  const onEvent = (event: LoggedEvent): void => {
    if (event.type === 'sentence') sentences.set(event.sentence, event.text);
    if (event.type === 'control_report') {
      for (const line of reportLines(event.outcomes)) print(soundMs, line);
    }
    if (event.type === 'degraded_mode') {
      print(soundMs, `✗ ${event.from} failed (${event.reason}); ${event.to} takes over`);
    }
    if (event.type === 'audio_discard') {
      const halfMs = Math.round(soundMs - event.afterUs / 1000);
      soundMs = event.afterUs / 1000;
      print(soundMs, `  ${halfMs} ms of a half-said word are taken back`);
    }
    if (event.type === 'turn_completed') print(soundMs, '✓ everything was said, once');
    if (event.type === 'turn_error') print(soundMs, `✗ the turn failed: ${event.error.message}`);
    if (event.type === 'error') {
      print(soundMs, `✗ refused (${event.error.code}): ${event.error.message}`);
      for (const line of reportLines(refusedOutcomes(event.error))) print(soundMs, line);
    }
    if (isTerminal(event) || event.type === 'error') done.resolve();
  };
  session.attach({
    event: onEvent,
    replaced: () => {},
    media: (item) => {
      if (item.ptsUs === 0 || (item.sentenceEnd && item.durationUs === 0)) {
        const next = item.ptsUs === 0 ? item.sentence : item.sentence + 1;
        const spoken = sentences.get(next);
        if (spoken !== undefined) print(item.ptsUs / 1000, `♪ ${spoken}`);
      }
      soundMs = (item.ptsUs + item.durationUs) / 1000;
      return true;
    },
  });
  session.handle({ type: 'say', clientMsgId: 'demo', text, controls });
  await done.promise;
  await session.close('the demo is over');
};
