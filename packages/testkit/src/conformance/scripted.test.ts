import type { AdapterDefinition, PluginDefinition } from '@tth/core/plugin';
import { scriptedAvatar, scriptedLlm, scriptedManagedAvatar, scriptedTts } from '../fake-providers.ts';
import { startAdapter } from '../start-adapter.ts';
import { avatarConformance, llmConformance, ttsConformance } from './index.ts';

const pluginOf = ({ definition }: { readonly definition: AdapterDefinition }): PluginDefinition => ({
  name: '@tth/scripted',
  apiVersion: 1,
  adapters: [definition],
});

llmConformance('The scripted model', () => startAdapter(pluginOf(scriptedLlm()), 'llm', 'scripted-llm'));

ttsConformance('The scripted voice', () => startAdapter(pluginOf(scriptedTts()), 'tts', 'scripted-tts'));

const intraOnly = scriptedAvatar({ delivery: ['pose', 'jpeg'] });
avatarConformance('The scripted face', () => startAdapter(pluginOf(intraOnly), 'avatar', 'scripted-avatar'), [
  'pose',
  'jpeg',
]);
const interCoded = scriptedAvatar({ delivery: ['h264'], keyEvery: 1_000 });
avatarConformance(
  'The scripted face of video',
  () => startAdapter(pluginOf(interCoded), 'avatar', 'scripted-avatar'),
  ['h264'],
);
avatarConformance(
  'The scripted face that speaks',
  () => startAdapter(pluginOf(scriptedManagedAvatar()), 'avatar', 'scripted-managed-avatar'),
  ['pose'],
);
