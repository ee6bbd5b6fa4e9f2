import { apiVersion, definePlugin } from '@tth/core/plugin';
import { espeakTts } from './tts.ts';

/** espeak-ng speech: local, keyless, over a hundred languages, with measured word and phoneme times. */
export default definePlugin({ name: '@tth/plugin-espeak', apiVersion, adapters: [espeakTts] });
