/** The protocol version this package speaks. It is `v` in every message. */
export const protocolVersion = 1;

/** Versions the server accepts in `hello`. */
export const supportedVersions: readonly number[] = [1];

/** The WebSocket subprotocol, echoed by the server when the client offers it. */
export const subprotocol = 'tth.v1';

/** What each version added. */
export const versionHistory: Readonly<Record<number, string>> = {
  1: 'Sessions, turns, interrupts, controls, credit, playback reports, binary media frames, inspection feed.',
};
