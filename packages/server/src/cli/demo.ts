import { type LoggedEvent, type PluginSource, isTerminal } from '@tth/core';
import {
  type AdapterDeps,
  type PluginDefinition,
  type TtsDefinition,
  type TtsImplementation,
  TthError,
  apiVersion,
  definePlugin,
} from '@tth/core/plugin';
import { loadSettings } from '../app/config.ts';
import { composeEngine } from '../app/compose.ts';
import { namedPlugins } from '../app/find-plugins.ts';
import { createLogger } from '../observability/logger.ts';

const story =
  'This is the first voice, and it feels fine. Now it is in the middle of a sentence when somebody pulls its plug. ' +
  'You have just heard another voice take over.';

/** How a voice of the demo behaves: how many pieces of sound it gives before it dies. */
interface Fate {
  readonly id: string;
  readonly livesFor: number;
}

const fates: readonly Fate[] = [
  { id: 'first-voice', livesFor: 45 },
  { id: 'second-voice', livesFor: 0 },
  { id: 'third-voice', livesFor: Number.POSITIVE_INFINITY },
];

/** A voice that dies for good after a number of pieces, over all its calls. */
const mortal = (voice: TtsImplementation, { livesFor }: Fate): TtsImplementation => {
  let given = 0;
  return {
    ...voice,
    async *inferStream(input, control, context) {
      for await (const piece of voice.inferStream(input, control, context)) {
        if (given >= livesFor)
          throw new TthError('provider.unavailable', 'The plug was pulled, as the demo wants.');
        given += 1;
        yield piece;
      }
    },
  };
};

const demoPlugin = (definition: TtsDefinition): PluginDefinition =>
  definePlugin({
    name: 'demo',
    apiVersion,
    adapters: fates.map((fate) => ({
      ...definition,
      id: fate.id,
      create: (options: unknown, deps: AdapterDeps) => mortal(definition.create(options, deps), fate),
    })),
  });

const isTts = (definition: { readonly stage: string }): definition is TtsDefinition =>
  definition.stage === 'tts';

/** The first voice that the project's plugins offer, as three that live for different times. */
const demoVoices = (root: string, names: readonly string[]): PluginSource => ({
  name: 'demo',
  load: async () => {
    for (const source of namedPlugins(root, names)) {
      const plugin = (await source.load()) as { readonly default: PluginDefinition };
      const voice = plugin.default.adapters?.find(isTts);
      if (voice !== undefined) return demoPlugin(voice);
    }
    throw new TthError('config.invalid', 'The demo needs a plugin with a voice, such as @tth/plugin-espeak.');
  },
});

/** `tth demo failover`: one voice dies in the middle of a sentence, the next refuses, the third talks on. */
export const demoFailover = async (): Promise<void> => {
  const settings = await loadSettings(process.cwd(), process.env, { routes: {}, adapters: {} });
  const names = settings.plugins ?? [];
  const engine = await composeEngine(settings, createLogger('silent'), [demoVoices(settings.root, names)]);
  const print = (atMs: number, line: string): void => {
    process.stdout.write(`${(atMs / 1000).toFixed(1).padStart(6)} s  ${line}\n`);
  };
  try {
    const session = engine.createSession({ accepts: { audio: ['pcm_s16le'], video: [] }, pacing: 'unpaced' });
    let soundMs = 0;
    const sentences = new Map<number, string>();
    const done = Promise.withResolvers<void>();
    const onEvent = (event: LoggedEvent): void => {
      if (event.type === 'sentence') sentences.set(event.sentence, event.text);
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
      if (isTerminal(event)) done.resolve();
    };
    session.attach({
      event: onEvent,
      replaced: () => {},
      media: (item) => {
        if (item.ptsUs === 0 || (item.sentenceEnd && item.durationUs === 0)) {
          const next = item.ptsUs === 0 ? item.sentence : item.sentence + 1;
          const text = sentences.get(next);
          if (text !== undefined) print(item.ptsUs / 1000, `♪ ${text}`);
        }
        soundMs = (item.ptsUs + item.durationUs) / 1000;
        return true;
      },
    });
    session.handle({ type: 'say', clientMsgId: 'demo', text: story });
    await done.promise;
  } finally {
    await engine.close();
  }
};
