import { apiVersion, definePlugin } from '@tth/core/plugin';
import { puppetAvatar } from './avatar.ts';

/** A drawn face that needs no key, no network and no graphics card. */
export default definePlugin({ name: '@tth/plugin-puppet', apiVersion, adapters: [puppetAvatar] });
