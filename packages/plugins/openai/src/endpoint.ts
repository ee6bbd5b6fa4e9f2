import { type AdapterDeps, type Health, type SecretRef, type TthError, isTthError } from '@tth/core/plugin';
import { type Connection, connect } from './connection.ts';
import { revealHeaders } from './own-headers.ts';
import { findModels, judgeModel } from './models.ts';
import { type ChatOptions, type ResponsesOptions, resolve } from './options.ts';

/** What both APIs of a server share. */
export interface Endpoint {
  readonly connection: Connection;
  health(signal: AbortSignal): Promise<Health>;
  /** Opens the connection; `load` where the server loads a model when it is first asked for it. */
  warmup(signal: AbortSignal, load: () => Promise<void>): Promise<void>;
  /** Names a call of a tool that its model gave no name. */
  makeId(): string;
}

/** What somebody has to do who finds the vendor down. */
const explainHealth = ({ code, message, details }: TthError, host: string, key?: SecretRef): string => {
  if (code === 'provider.unavailable') {
    return `${message} Look whether it runs at ${host}, or correct baseUrl.`;
  }
  const { status } = details;
  if (key !== undefined && (status === 401 || status === 403)) {
    return `It refuses the key; correct the secret ${key.secret}, or what its account may do.`;
  }
  return message;
};

export const openEndpoint = (options: ChatOptions | ResponsesOptions, deps: AdapterDeps): Endpoint => {
  const { http, secrets, clock, log, random } = deps;
  const { flavour, baseUrl } = resolve(options);
  const reveal = (ref: SecretRef): string => secrets.reveal(ref);
  const usual = options.baseUrl === undefined && flavour.secret ? { secret: flavour.secret } : undefined;
  const key = options.apiKey ?? usual;
  const connection = connect(
    {
      baseUrl,
      errors: flavour.errors,
      ...(key && { apiKey: reveal(key) }),
      ...(options.organization && { organization: options.organization }),
      ...(options.project && { project: options.project }),
      headers: revealHeaders(options.headers, secrets),
    },
    deps,
  );
  const { headers } = connection;
  const root = baseUrl.replace(/\/v1$/, '');

  const look = async (signal: AbortSignal): Promise<Health> => {
    if (flavour.alivePath !== undefined) {
      const alive = await http.fetch(`${root}${flavour.alivePath}`, { headers, signal });
      await alive.body?.cancel();
      if (!alive.ok) throw connection.failOf(undefined, alive.status, alive.headers);
    }
    return judgeModel(options.model, await findModels(http, { baseUrl, headers, signal }));
  };

  return {
    connection,
    health: async (signal) => {
      const startedMs = clock.monotonicMs();
      try {
        return { ...(await look(signal)), latencyMs: Math.round(clock.monotonicMs() - startedMs) };
      } catch (error) {
        if (signal.aborted || !isTthError(error)) throw error;
        return { status: 'down', detail: explainHealth(error, connection.host, key) };
      }
    },
    warmup: async (signal, load) => {
      const { status, detail } = await look(signal);
      if (detail !== undefined)
        log.warn({ host: connection.host, status, detail }, 'a model needs attention');
      if (flavour.loadsLate === true) await load();
    },
    makeId: () => `call_${Math.floor(random.next() * 2 ** 48).toString(36)}`,
  };
};
