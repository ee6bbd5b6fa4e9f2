import { type TthError, errorTable } from '../domain/errors.ts';

/** The providers of one stage during one turn: the one that serves it now, and those that may take over. */
export interface Relay<Provider> {
  readonly current: Provider;
  /** 0 for the first provider, +1 for each that took over. */
  readonly attempt: number;
  /**
   * Makes another provider the current one and announces it. False, and nothing changes, where nobody is
   * left or where another would meet the same `error`.
   */
  takeOver(error: TthError): boolean;
}

export interface RelayOptions<Provider> {
  readonly first: Provider;
  /** Somebody who may be called now and is none of `tried`. */
  readonly findNext: (tried: ReadonlySet<string>) => Provider | undefined;
  readonly announce: (from: Provider, to: Provider, error: TthError) => void;
}

/** Within a turn nobody is asked again after a failure: who took over stays. */
export const createRelay = <Provider extends { readonly id: string }>({
  first,
  findNext,
  announce,
}: RelayOptions<Provider>): Relay<Provider> => {
  const tried = new Set([first.id]);
  let current = first;
  return {
    get current() {
      return current;
    },
    get attempt() {
      return tried.size - 1;
    },
    takeOver: (error) => {
      if (errorTable[error.code].retry !== 'other_provider') return false;
      const next = findNext(tried);
      if (next === undefined) return false;
      const from = current;
      tried.add(next.id);
      current = next;
      announce(from, next, error);
      return true;
    },
  };
};
