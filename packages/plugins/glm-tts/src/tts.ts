import { readFile } from 'node:fs/promises';
import { createServedVoice, defineTts, servedCapabilities } from '@tth/core/plugin';
import { hostedCapabilities, hostedVoice } from './hosted.ts';
import { glmTtsOptions } from './options.ts';

/** GLM-TTS, by whom its options say: the hosted service, or the open model behind vLLM-Omni. */
export const glmTts = defineTts({
  id: 'glm-tts',
  optIn: true,
  options: glmTtsOptions,
  capabilities: (options) =>
    options.server === 'hosted' ? hostedCapabilities(options) : servedCapabilities(options, ['zh', 'en']),
  create: (options, deps) =>
    options.server === 'hosted'
      ? hostedVoice(options, deps)
      : createServedVoice(options, { ...deps, readFile: (path) => readFile(path) }),
});
