/**
 * Whether a request was made for this very server. A page of another origin, or a foreign name that
 * resolves to this machine, is refused. A missing Origin (not a browser) passes.
 */
export const isOwnOrigin = (host: string | undefined, origin: string | undefined, port: number): boolean => {
  const own = ['127.0.0.1', 'localhost', '[::1]'].map((name) => `${name}:${port}`);
  if (host === undefined || !own.includes(host.toLowerCase())) return false;
  return origin === undefined || own.some((name) => origin.toLowerCase() === `http://${name}`);
};

/**
 * Whether a GET that costs something was made by a page of this very server, or by no page at all. Asked when the host
 * is known to be ours. A browser sends no Origin for a `<video>` in a page of another site, but says so elsewhere.
 */
export const isFromOwnPage = (header: (name: string) => string | undefined): boolean => {
  const site = header('sec-fetch-site');
  if (site !== undefined && site !== 'same-origin' && site !== 'none') return false;
  const origin = header('origin')?.toLowerCase();
  const host = header('host')?.toLowerCase();
  return origin === undefined || origin === `http://${host}` || origin === `https://${host}`;
};
