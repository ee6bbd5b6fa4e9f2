/** What a call threw, and how many requests were made for it. */
export interface Failure {
  /** `undefined`: nothing. */
  readonly error: unknown;
  readonly asked: number;
}

/** Makes a call that is expected to fail; `requests` are those that its vendor has noted so far. */
export const failureOf = async (
  call: () => Promise<unknown>,
  requests: readonly unknown[],
): Promise<Failure> => {
  const before = requests.length;
  const error = await call().then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  return { error, asked: requests.length - before };
};
