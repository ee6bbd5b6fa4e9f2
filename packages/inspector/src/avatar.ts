import './strict-csp.ts';
import { defineAvatarElement } from '@tth/client';

// The module behind `/tth-avatar.js`. An avatar without a server of its own talks to the one that this came from.
defineAvatarElement({ server: new URL(import.meta.url).origin });
