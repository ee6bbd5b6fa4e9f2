/**
 * Whether a request was made for this very server. A page of another origin, or a foreign name that
 * resolves to this machine, is refused. A missing Origin (not a browser) passes.
 */
export const isOwnOrigin = (host: string | undefined, origin: string | undefined, port: number): boolean => {
  const own = ['127.0.0.1', 'localhost', '[::1]'].map((name) => `${name}:${port}`);
  if (host === undefined || !own.includes(host.toLowerCase())) return false;
  return origin === undefined || own.some((name) => origin.toLowerCase() === `http://${name}`);
};
