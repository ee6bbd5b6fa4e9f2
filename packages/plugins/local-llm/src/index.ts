import { apiVersion, definePlugin } from '@tth/core/plugin';
import { localLlm } from './llm.ts';

export default definePlugin({ name: '@tth/plugin-local-llm', apiVersion, adapters: [localLlm] });
