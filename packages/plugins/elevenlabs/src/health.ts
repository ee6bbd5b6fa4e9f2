import { type Clock, type Health, type Http, isTthError } from '@tth/core/plugin';
import * as z from 'zod';
import { explain } from './errors.ts';

const models = z.array(z.looseObject({ model_id: z.string(), can_do_text_to_speech: z.boolean().nullish() }));
const subscription = z.object({ character_count: z.number(), character_limit: z.number() });

/** Credits are asked for no more often. */
const creditsEveryMs = 60_000;
/** Less than this share of the credits is worth a word. */
const scarce = 0.02;

export interface HealthOptions {
  readonly clock: Clock;
  readonly http: Http;
  readonly baseUrl: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly model: string;
}

/** Asks ElevenLabs what costs nothing: whether it knows the key and the model, and what credits are left. */
export const createHealthCheck = ({
  clock,
  http,
  baseUrl,
  headers,
  model,
}: HealthOptions): ((signal: AbortSignal) => Promise<Health>) => {
  let credits: { readonly health: Health; readonly untilMs: number } | undefined;

  const ask = async (path: string, signal: AbortSignal): Promise<unknown> =>
    await (await http.get(`${baseUrl}${path}`, { headers, signal, explain })).json();
  /** What ElevenLabs says of itself; where it refuses, `refused`. */
  const orElse = async (asked: Promise<Health>, refused: (message: string) => Health): Promise<Health> => {
    try {
      return await asked;
    } catch (error) {
      if (isTthError(error) && error.code === 'provider.misconfigured') return refused(error.message);
      throw error;
    }
  };
  const askModels = async (signal: AbortSignal): Promise<Health> => {
    const known = models.safeParse(await ask('/v1/models', signal)).data ?? [];
    const found = known.find(({ model_id: id }) => id === model);
    const isMissing = found === undefined && known.length > 0;
    return found?.can_do_text_to_speech === false || isMissing
      ? { status: 'down', detail: 'The ElevenLabs account has no such model for speech.' }
      : { status: 'ok' };
  };
  const askCredits = async (signal: AbortSignal): Promise<Health> => {
    const { data } = subscription.safeParse(await ask('/v1/user/subscription', signal));
    if (data === undefined || data.character_limit <= 0) return { status: 'ok' };
    const left = data.character_limit - data.character_count;
    if (left <= 0) return { status: 'down', detail: 'The ElevenLabs account has no credits left.' };
    const isScarce = left < data.character_limit * scarce;
    const detail = `${left} of ${data.character_limit} credits are left.`;
    return { status: isScarce ? 'degraded' : 'ok', detail };
  };

  return async (signal) => {
    const speech = await orElse(askModels(signal), (detail) => ({ status: 'down', detail }));
    if (speech.status !== 'ok') return speech;
    if (credits !== undefined && clock.monotonicMs() < credits.untilMs) return credits.health;
    // A key for speech alone may not read the account.
    const health = await orElse(askCredits(signal), () => speech);
    credits = { health, untilMs: clock.monotonicMs() + creditsEveryMs };
    return health;
  };
};
