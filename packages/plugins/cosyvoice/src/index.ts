import { apiVersion, definePlugin } from '@tth/core/plugin';
import { cosyvoiceTts } from './tts.ts';

/** CosyVoice speech: a server from its own repository, vLLM-Omni, or hosted. */
export default definePlugin({ name: '@tth/plugin-cosyvoice', apiVersion, adapters: [cosyvoiceTts] });
