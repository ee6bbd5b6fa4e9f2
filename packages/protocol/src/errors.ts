import * as z from 'zod';

/** Every error code that can reach a client, as `family.reason`. The family says whose move it is. */
export const errorCodes = [
  'protocol.invalid_message',
  'protocol.message_too_large',
  'protocol.unsupported_version',
  'protocol.controls_refused',
  'protocol.turn_running',
  'protocol.not_found',
  'auth.forbidden',
  'capacity.rate_limited',
  'capacity.overloaded',
  'capacity.draining',
  'provider.unavailable',
  'provider.timeout',
  'provider.stalled',
  'provider.protocol_error',
  'provider.rate_limited',
  'provider.rejected',
  'provider.misconfigured',
  'provider.none_available',
  'provider.format_mismatch',
  'session.not_found',
  'session.conflict',
  'session.owner_lost',
  'turn.budget',
  'turn.deadline',
  'guard.input_rejected',
  'guard.output_blocked',
  'store.unavailable',
  'config.invalid',
  'config.port_in_use',
  'plugin.invalid',
  'plugin.error',
  'internal.unexpected',
] as const;

export const errorCode = z.enum(errorCodes);
export type WireErrorCode = z.infer<typeof errorCode>;

/** What every refusal says. `message` never carries provider text, paths or secrets. */
export const wireError = z.object({
  code: errorCode,
  message: z.string(),
  retryable: z.boolean(),
  retryAfterMs: z.number().int().nonnegative().optional(),
  details: z.record(z.string(), z.unknown()).optional(),
});
export type WireError = z.infer<typeof wireError>;
