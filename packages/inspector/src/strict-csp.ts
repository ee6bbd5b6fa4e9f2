/**
 * First import of every entry. The served pages forbid `eval`, and zod looks for it once unless told not to; the
 * attempt is harmless but is reported as a violation. zod reads this global when it is first loaded.
 */
const global = globalThis as { __zod_globalConfig?: { jitless?: boolean } };
global.__zod_globalConfig = { ...global.__zod_globalConfig, jitless: true };
