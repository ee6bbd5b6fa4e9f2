/**
 * A random id for a command. `crypto.randomUUID` exists on secure pages only, so this does not use it.
 */
export const randomId = (): string =>
  Array.from(crypto.getRandomValues(new Uint8Array(12)), (byte) => byte.toString(16).padStart(2, '0')).join(
    '',
  );
