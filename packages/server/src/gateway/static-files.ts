import { createHash } from 'node:crypto';
import { readFile, readdir } from 'node:fs/promises';
import path from 'node:path';
import type { HttpReply } from './connection.ts';

const types: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.json': 'application/json; charset=utf-8',
  '.jsonl': 'application/x-ndjson; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.ico': 'image/x-icon',
  '.webmanifest': 'application/manifest+json',
  '.woff2': 'font/woff2',
};

/** What every page is allowed: its own files and its own server, nothing from elsewhere, nothing inline. */
const pageHeaders: Readonly<Record<string, string>> = {
  'content-security-policy':
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self' ws: wss:; " +
    "img-src 'self' blob: data:; media-src 'self' blob:; worker-src 'self'; font-src 'self'; " +
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
  'cross-origin-opener-policy': 'same-origin',
  'permissions-policy': 'camera=(), microphone=(), geolocation=()',
};

export type StaticFiles = ReadonlyMap<string, HttpReply>;

/**
 * Reads a folder once into an exact table of paths: what is not in it does not exist, so no request can
 * reach outside. Dot files are left out. `index.html` answers for its folder, `name.html` for `/name`.
 */
export const readStaticFiles = async (folder: string, mount = '/'): Promise<StaticFiles> => {
  const table = new Map<string, HttpReply>();
  for (const entry of await readdir(folder, { recursive: true, withFileTypes: true })) {
    const relative = path.relative(folder, path.join(entry.parentPath, entry.name)).split(path.sep).join('/');
    const type = types[path.extname(entry.name)];
    if (!entry.isFile() || type === undefined || relative.split('/').some((part) => part.startsWith('.')))
      continue;
    const body = await readFile(path.join(folder, relative));
    const reply: HttpReply = {
      status: 200,
      headers: {
        ...pageHeaders,
        'content-type': type,
        'cache-control': relative.startsWith('assets/') ? 'public, max-age=31536000, immutable' : 'no-cache',
        etag: `"${createHash('sha256').update(body).digest('hex').slice(0, 16)}"`,
      },
      body,
    };
    table.set(mount + relative, reply);
    if (path.basename(relative) === 'index.html')
      table.set(mount + relative.slice(0, -'index.html'.length), reply);
    else if (relative.endsWith('.html')) table.set(mount + relative.slice(0, -'.html'.length), reply);
  }
  return table;
};
