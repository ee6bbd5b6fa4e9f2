/** Why a socket was closed. 4000–4499: connect again and resume. 4500–4999: do not come back with the same request. */
export const closeCodes = {
  draining: 4001,
  moved: 4002,
  fenced: 4003,
  slowConsumer: 4004,
  pingTimeout: 4005,
  overloaded: 4006,
  rateLimited: 4007,
  internal: 4008,
  tokenExpired: 4009,
  sequenceGap: 4011,
  badRequest: 4500,
  unauthenticated: 4501,
  forbidden: 4502,
  sessionNotFound: 4503,
  messageTooLarge: 4504,
  quotaExceeded: 4505,
  unsupportedVersion: 4506,
  abuse: 4507,
  replaced: 4510,
  sessionClosed: 4511,
} as const;

export type CloseReason = keyof typeof closeCodes;

/** True when a client may connect again: a lost connection (1006, 1001) or a code of the 4000 block. */
export const mayReconnect = (code: number): boolean =>
  code === 1006 || code === 1001 || (code >= 4000 && code < 4500);
