import './strict-csp.ts';

// Served as `/tth-client.js`: the whole public client for pages without a build step. Whatever it exports, this does.
export * from '@tth/client';
