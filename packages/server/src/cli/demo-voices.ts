import type { PluginSource } from '@tth/core';
import {
  type AdapterDeps,
  type PluginDefinition,
  type TtsCapabilities,
  type TtsDefinition,
  type TtsImplementation,
  TthError,
  apiVersion,
  definePlugin,
} from '@tth/core/plugin';
import { namedPlugins } from '../app/find-plugins.ts';

/** A voice of a demo: how many pieces of sound it gives before it dies, and what it has less than the real one. */
export interface DemoVoice {
  readonly id: string;
  readonly livesFor: number;
  readonly has?: Partial<TtsCapabilities>;
}

/** A voice that dies for good after a number of pieces, over all its calls. */
const mortal = (voice: TtsImplementation, livesFor: number): TtsImplementation => {
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

const demoPlugin = (definition: TtsDefinition, voices: readonly DemoVoice[]): PluginDefinition =>
  definePlugin({
    name: 'demo',
    apiVersion,
    adapters: voices.map(({ id, livesFor, has }): TtsDefinition => {
      const { capabilities } = definition;
      return {
        ...definition,
        id,
        capabilities: (options, services) => ({
          ...(typeof capabilities === 'function' ? capabilities(options, services) : capabilities),
          ...has,
        }),
        create: (options: unknown, deps: AdapterDeps) => mortal(definition.create(options, deps), livesFor),
      };
    }),
  });

const isTts = (definition: { readonly stage: string }): definition is TtsDefinition =>
  definition.stage === 'tts';

/** The first voice that the project's plugins offer, as several that differ. */
export const demoVoices = (
  root: string,
  names: readonly string[],
  voices: readonly DemoVoice[],
): PluginSource => ({
  name: 'demo',
  load: async () => {
    for (const source of namedPlugins(root, names)) {
      const plugin = (await source.load()) as { readonly default: PluginDefinition };
      const voice = plugin.default.adapters?.find(isTts);
      if (voice !== undefined) return demoPlugin(voice, voices);
    }
    throw new TthError('config.invalid', 'The demo needs a plugin with a voice, such as @tth/plugin-espeak.');
  },
});
