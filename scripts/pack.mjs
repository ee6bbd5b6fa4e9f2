// Builds every public package and packs it as it would be published: `npm run pack [folder]`, out/packages by default.
import { spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync, readdirSync, rmSync } from 'node:fs';
import path from 'node:path';

const pnpm = ['npx', ['--yes', 'pnpm@12.21.0']];
const root = path.resolve(import.meta.dirname, '..');
const folder = path.resolve(process.argv[2] ?? path.join(root, 'out', 'packages'));

const run = (command, args, cwd = root) => {
  const { status } = spawnSync(command, args, { cwd, stdio: ['ignore', 2, 2] });
  if (status === 0) return;
  console.error(`TTH: "${command} ${args.join(' ')}" failed in ${cwd}; what it printed says why.`);
  process.exit(status ?? 1);
};

const packagesIn = (...parts) =>
  readdirSync(path.join(root, ...parts), { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map((entry) => path.join(root, ...parts, entry.name));

const isPublic = (place) => {
  try {
    return JSON.parse(readFileSync(path.join(place, 'package.json'), 'utf8')).private !== true;
  } catch {
    return false;
  }
};

const places = [...packagesIn('packages'), ...packagesIn('packages', 'plugins')].filter(isPublic);

rmSync(folder, { recursive: true, force: true });
mkdirSync(folder, { recursive: true });
run(process.execPath, [path.join(root, 'scripts', 'build-web.mjs')]);
run(pnpm[0], [
  ...pnpm[1],
  '--recursive',
  '--filter=./packages/**',
  '--filter=!@tth/inspector',
  '--reporter=append-only',
  'run',
  'build',
]);
for (const place of places) run(pnpm[0], [...pnpm[1], 'pack', '--pack-destination', folder], place);
for (const file of readdirSync(folder)) console.log(path.join(folder, file));
