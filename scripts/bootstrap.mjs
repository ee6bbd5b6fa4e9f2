// Installs pnpm's view of the workspace when it is missing or stale. No dependencies: it runs on any
// Node >= 20.11 before anything is installed. `--prod` leaves out what only tests and checks need.
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';

const pnpmVersion = '12.21.0';
const lockPatienceMs = 600_000;
const root = path.resolve(import.meta.dirname, '..');
const at = (...parts) => path.join(root, ...parts);

const lock = at('.bootstrap.lock');
const stamps = { full: at('node_modules', '.bootstrap'), prod: at('node_modules', '.bootstrap-prod') };
// Where everything was installed once, everything is kept up to date: a smaller install would remove tools.
const prod = process.argv.includes('--prod') && !existsSync(stamps.full);

const key = (() => {
  const hash = createHash('sha256').update(`${pnpmVersion} ${process.platform}-${process.arch}`);
  for (const file of ['pnpm-lock.yaml', 'pnpm-workspace.yaml', '.pnpmfile.mjs', 'package.json']) {
    hash.update(readFileSync(at(file)));
  }
  return hash.digest('hex');
})();

const isStamped = (file) => existsSync(file) && readFileSync(file, 'utf8') === key;
const ready = () => isStamped(stamps.full) || (prod && isStamped(stamps.prod));

const acquireLock = () => {
  for (;;) {
    try {
      mkdirSync(lock);
      return;
    } catch {
      if (ready()) process.exit(0);
      try {
        if (Date.now() - statSync(lock).mtimeMs > lockPatienceMs)
          rmSync(lock, { recursive: true, force: true });
      } catch {
        // The other installer has just finished.
      }
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 200);
    }
  }
};

/** What `npm run` exports would redirect pnpm's own settings; network settings must survive. */
const cleanEnvironment = () => {
  const env = { CI: '1' };
  for (const [name, value] of Object.entries(process.env)) {
    if (!/^npm_(lifecycle|package|config_(?!registry|.*proxy|cafile|userconfig|cache))/i.test(name))
      env[name] = value;
  }
  return env;
};

const install = () => {
  const args = ['install', '--frozen-lockfile', '--reporter=append-only', ...(prod ? ['--prod'] : [])];
  const run = (command, list, shell = false) =>
    spawnSync(command, list, { cwd: root, env: cleanEnvironment(), stdio: ['ignore', 2, 2], shell }).status ??
    1;
  const caller = process.env.npm_execpath ?? '';
  if (/pnpm/.test(path.basename(caller))) {
    return caller.endsWith('js') ? run(process.execPath, [caller, ...args]) : run(caller, args);
  }
  if (caller.endsWith('npm-cli.js')) {
    return run(process.execPath, [
      caller,
      'exec',
      '--yes',
      `--package=pnpm@${pnpmVersion}`,
      '--',
      'pnpm',
      ...args,
    ]);
  }
  return run('npx', ['--yes', `pnpm@${pnpmVersion}`, ...args], process.platform === 'win32');
};

if (ready()) process.exit(0);
acquireLock();
process.on('exit', () => rmSync(lock, { recursive: true, force: true }));
if (ready()) process.exit(0);

console.error('TTH: installing dependencies (once per change of the lock file)…');
const status = install();
if (status !== 0) {
  console.error(
    `\nTTH: the installation failed (exit ${status}). Check the network and run the command again.`,
  );
  process.exit(status);
}
writeFileSync(prod ? stamps.prod : stamps.full, key);
