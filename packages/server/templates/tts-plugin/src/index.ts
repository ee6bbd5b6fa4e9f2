import { apiVersion, definePlugin } from '@tth/core/plugin';
import { acmePlugin } from './tts.ts';

export default definePlugin({ name: 'acme-package', apiVersion, adapters: [acmePlugin] });
