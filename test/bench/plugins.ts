import {
  type PluginHost,
  neutralControls,
  silentLog,
  startPlugins,
  systemClock,
  systemRandom,
} from '@tth/core';
import type { AvatarAdapter, SpeechControl, SpeechOutput, TtsAdapter } from '@tth/core/plugin';
import { createInferContext } from '@tth/testkit';

/** Starts plugin packages as the engine does. `options`: by adapter id. Throws when one does not start. */
export const startPackages = async (
  names: readonly string[],
  options: Readonly<Record<string, unknown>>,
): Promise<PluginHost> => {
  const sources = names.map((name) => ({ name, load: () => import(name) as Promise<unknown> }));
  const host = await startPlugins(sources, options, {
    clock: systemClock,
    random: systemRandom,
    log: silentLog,
    secrets: { reveal: () => '' },
  });
  for (const { error } of host.failures) throw error;
  return host;
};

interface AdapterOf {
  readonly tts: TtsAdapter;
  readonly avatar: AvatarAdapter;
}

const speechControl: SpeechControl = { ...neutralControls.character, emotion: neutralControls.emotion };

/** The one adapter of a stage. */
export const adapterOf = <S extends keyof AdapterOf>(host: PluginHost, stage: S): AdapterOf[S] =>
  host.adapters.find((adapter) => adapter.capabilities().stage === stage) as AdapterOf[S];

/** A whole sentence in the voice's own way of speaking. */
export const synthesize = async (voice: TtsAdapter, text: string): Promise<SpeechOutput[]> => {
  const outputs: SpeechOutput[] = [];
  const input = { text, previousText: '', nextText: '' };
  for await (const output of voice.inferStream(input, speechControl, createInferContext())) {
    outputs.push(output);
  }
  return outputs;
};
