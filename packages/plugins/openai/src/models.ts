import { type Health, type Http, TthError, isTthError } from '@tth/core/plugin';
import * as z from 'zod';

/** A model that a server offers. */
export interface ModelInfo {
  readonly id: string;
  /** ISO date on which it is switched off, where that is known. */
  readonly shutdownDate?: string;
}

const list = z.looseObject({
  data: z.array(
    z.looseObject({
      id: z.string(),
      shutdown_date: z.string().nullish().catch(undefined),
    }),
  ),
});

export interface ListOptions {
  /** Of the API, such as `http://localhost:8000/v1`. */
  readonly baseUrl: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly signal: AbortSignal;
}

/** The models that a server lists under `/models`. Throws the codes of `http.get`. */
const listModels = async (
  http: Pick<Http, 'get'>,
  { baseUrl, headers, signal }: ListOptions,
): Promise<readonly ModelInfo[]> => {
  const response = await http.get(`${baseUrl}/models`, { headers, signal });
  const read = list.safeParse(await response.json());
  if (!read.success) {
    throw new TthError(
      'provider.protocol_error',
      'The provider lists its models in a way that nobody knows.',
    );
  }
  return read.data.data.map(({ id, shutdown_date }) => ({
    id,
    ...(shutdown_date && { shutdownDate: shutdown_date }),
  }));
};

/** More names than anybody reads. */
const listedAtMost = 200;

/** Addresses that a server does not have say nothing about its health. */
const isUnknownAddress = (error: unknown): boolean =>
  isTthError(error) && [404, 405, 501].includes(error.details['status'] as number);

/** A server's list where it has one. */
export const findModels = async (
  http: Pick<Http, 'get'>,
  options: ListOptions,
): Promise<readonly ModelInfo[] | undefined> => {
  try {
    return await listModels(http, options);
  } catch (error) {
    if (isUnknownAddress(error)) return undefined;
    throw error;
  }
};

/** What a list of models says about the one that is configured. */
export const judgeModel = (
  model: string,
  models: readonly ModelInfo[] | undefined,
): Pick<Health, 'status' | 'detail' | 'models'> => {
  if (models === undefined) return { status: 'ok' };
  const names = models
    .map(({ id }) => id)
    .toSorted()
    .slice(0, listedAtMost);
  // Ollama lists a name without a tag with the one that is meant.
  const ours = models.find(({ id }) => id === model || id === `${model}:latest`);
  if (ours === undefined) {
    const known = names.length > 0 && names.length <= 8 ? ` It lists ${names.join(', ')}.` : '';
    return {
      status: 'degraded',
      detail: `It does not list the model ${model}; correct model.${known}`,
      models: names,
    };
  }
  if (ours.shutdownDate !== undefined) {
    return {
      status: 'ok',
      detail: `The model ${model} is switched off on ${ours.shutdownDate}.`,
      models: names,
    };
  }
  return { status: 'ok', models: names };
};
