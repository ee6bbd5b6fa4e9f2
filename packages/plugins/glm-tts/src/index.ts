import { apiVersion, definePlugin } from '@tth/core/plugin';
import { glmTts } from './tts.ts';

/** GLM-TTS speech, hosted or behind vLLM-Omni. */
export default definePlugin({ name: '@tth/plugin-glm-tts', apiVersion, adapters: [glmTts] });
