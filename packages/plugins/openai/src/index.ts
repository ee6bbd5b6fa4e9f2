import { apiVersion, definePlugin } from '@tth/core/plugin';

export default definePlugin({ name: '@tth/plugin-openai', apiVersion, adapters: [] });
