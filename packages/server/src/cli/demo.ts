import type { Engine } from '@tth/core';
import { composeEngine } from '../app/compose.ts';
import { loadSettings } from '../app/config.ts';
import { createLogger } from '../observability/logger.ts';
import { playTurn } from './demo-turn.ts';
import { type DemoVoice, demoVoices } from './demo-voices.ts';

/** A voice here ends when the demo wants it, not because this machine is slow. */
const patient = { firstItemMs: 60_000, idleMs: 60_000 };

/** Runs `play` on an engine of these voices and no other provider. */
const withVoices = async (
  voices: readonly DemoVoice[],
  play: (engine: Engine) => Promise<void>,
): Promise<void> => {
  const given = await loadSettings(process.cwd(), process.env, { routes: {}, adapters: {} });
  const settings = { ...given, policies: { ...given.policies, tts: patient } };
  const plugin = demoVoices(settings.root, settings.plugins ?? [], voices);
  const engine = await composeEngine(settings, createLogger('silent'), [plugin]);
  try {
    await play(engine);
  } finally {
    await engine.close();
  }
};

const story =
  'This is the first voice, and it feels fine. Now it is in the middle of a sentence when somebody pulls its plug. ' +
  'You have just heard another voice take over.';

/** `tth demo failover`: one voice dies in the middle of a sentence, the next refuses, the third talks on. */
export const demoFailover = (): Promise<void> =>
  withVoices(
    [
      { id: 'first-voice', livesFor: 45 },
      { id: 'second-voice', livesFor: 0 },
      { id: 'third-voice', livesFor: Number.POSITIVE_INFINITY },
    ],
    (engine) => playTurn(engine, story, undefined),
  );

const say = (line: string): void => {
  process.stdout.write(`\n  ${line}\n`);
};

/** `tth demo controls`: what becomes of the same wishes at a poor voice, at a rich one that dies, and where they are strict. */
export const demoControls = async (): Promise<void> => {
  const plain: DemoVoice = {
    id: 'plain-voice',
    livesFor: Number.POSITIVE_INFINITY,
    has: { voices: ['ava'], controls: { emotions: [], rate: { min: 0.8, max: 1.2 } } },
  };
  const wishes = {
    emotion: { label: 'joyful', intensity: '90%' },
    character: { rate: '+35%', pitch: '+2st', volume: '-3dB', voice: 'nell', language: 'en_us' },
  };
  say('A rich request on a poor voice: no feelings, no pitch, no volume, rates from 0.8 to 1.2.');
  await withVoices([plain], (engine) => playTurn(engine, 'What a wonderful day.', wishes));
  say('The same on a rich voice, which dies in the middle of the turn; the poor one takes over.');
  await withVoices([{ id: 'rich-voice', livesFor: 25 }, plain], (engine) =>
    playTurn(engine, 'What a wonderful day. I could sing about it from morning till night.', wishes),
  );
  say('The same once more on the poor voice, with strict: honour all of it or refuse.');
  await withVoices([plain], async (engine) => {
    await playTurn(engine, 'What a wonderful day.', { ...wishes, strict: true });
  });
};
