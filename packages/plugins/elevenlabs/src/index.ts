import { apiVersion, definePlugin } from '@tth/core/plugin';
import { elevenLabsTts } from './tts.ts';

/** Voices of ElevenLabs, with measured word times. */
export default definePlugin({ name: '@tth/plugin-elevenlabs', apiVersion, adapters: [elevenLabsTts] });
