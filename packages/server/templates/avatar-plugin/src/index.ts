import { apiVersion, definePlugin } from '@tth/core/plugin';
import { acmePlugin } from './avatar.ts';

export default definePlugin({ name: 'acme-package', apiVersion, adapters: [acmePlugin] });
