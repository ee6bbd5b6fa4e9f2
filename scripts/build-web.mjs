// Builds the web app (studio and inspector) when its sources changed since the last build. Runs may overlap, such
// as `npm start` beside `npm test`: each builds into a folder of its own and moves it into place whole.
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, readdirSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';

const lockPatienceMs = 120_000;
const root = path.resolve(import.meta.dirname, '..');
const web = path.join(root, 'packages', 'inspector');
const dist = path.join(web, 'dist');
const lock = path.join(web, 'node_modules', '.build-web.lock');
const fresh = path.join(web, 'node_modules', `.build-web-${process.pid}`);

const sources = [
  ...['src', 'public', 'index.html', 'inspector.html', 'vite.config.ts', 'package.json'].map((name) =>
    path.join(web, name),
  ),
  ...['client', 'face', 'protocol'].map((name) => path.join(root, 'packages', name, 'src')),
  path.join(root, 'pnpm-lock.yaml'),
];

const isTest = (file) => /\.test\.tsx?$/.test(file);

const filesOf = (entry) => {
  if (!statSync(entry).isDirectory()) return isTest(entry) ? [] : [entry];
  return readdirSync(entry)
    .sort()
    .flatMap((name) => filesOf(path.join(entry, name)));
};

const hashSources = () => {
  const hash = createHash('sha256');
  for (const file of sources.flatMap(filesOf)) {
    hash
      .update(`${path.relative(root, file).replaceAll(path.sep, '/')}\0`)
      .update(readFileSync(file))
      .update('\0');
  }
  return hash.digest('hex');
};

const stamp = path.join(dist, '.build-hash');
const isBuilt = (hash) => existsSync(stamp) && readFileSync(stamp, 'utf8') === hash;

const pause = (ms) => Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms);

/** True when whoever made the lock was killed before it could take it away. */
const isAbandoned = () => {
  if (Date.now() - statSync(lock).mtimeMs > lockPatienceMs) return true;
  const owner = Number(readFileSync(lock, 'utf8'));
  try {
    if (owner > 0) process.kill(owner, 0);
    return false;
  } catch (error) {
    return error.code === 'ESRCH';
  }
};

const acquireLock = () => {
  for (;;) {
    try {
      writeFileSync(lock, String(process.pid), { flag: 'wx' });
      return;
    } catch (error) {
      if (error.code !== 'EEXIST') throw error;
    }
    try {
      if (isAbandoned()) rmSync(lock, { force: true });
    } catch {
      // The other build has just finished.
    }
    pause(100);
  }
};

const build = () => {
  const manifest = createRequire(path.join(web, 'package.json')).resolve('vite/package.json');
  const vite = path.join(path.dirname(manifest), 'bin', 'vite.js');
  const args = [vite, 'build', '--outDir', fresh, '--emptyOutDir', '--logLevel', 'warn'];
  return spawnSync(process.execPath, args, { cwd: web, stdio: ['ignore', 2, 2] }).status ?? 1;
};

/** A server reads the files once, at its start: it gets the old app or the new one, never a mixture. */
const moveIntoPlace = () => {
  const old = `${fresh}-old`;
  if (existsSync(dist)) renameSync(dist, old);
  renameSync(fresh, dist);
  rmSync(old, { recursive: true, force: true });
};

if (isBuilt(hashSources())) process.exit(0);
acquireLock();
for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => process.exit(1));
process.on('exit', () => {
  rmSync(lock, { force: true });
  rmSync(fresh, { recursive: true, force: true });
});
const hash = hashSources();
if (isBuilt(hash)) process.exit(0);

console.error('TTH: building the web app (once per change of its sources)…');
const status = build();
if (status !== 0) {
  console.error(`TTH: the web app could not be built (exit ${status}); the reason is above.`);
  process.exit(status);
}
writeFileSync(path.join(fresh, '.build-hash'), hash);
moveIntoPlace();
