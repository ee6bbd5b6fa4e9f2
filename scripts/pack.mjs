// Builds every public package, packs it as it would be published and checks the result: `npm run pack [folder]`,
// out/packages by default.
import { spawnSync } from 'node:child_process';
import { mkdirSync, readdirSync, rmSync } from 'node:fs';
import path from 'node:path';

const root = path.resolve(import.meta.dirname, '..');
const folder = path.resolve(process.argv[2] ?? path.join(root, 'out', 'packages'));

const run = (command, args) => {
  const { status } = spawnSync(command, args, { cwd: root, stdio: ['ignore', 2, 2] });
  if (status === 0) return;
  console.error(`TTH: "${command} ${args.join(' ')}" failed; what it printed says why.`);
  process.exit(status ?? 1);
};
const pnpm = (...args) =>
  run('npx', ['--yes', 'pnpm@12.21.0', '--recursive', '--filter=./packages/**', ...args]);

rmSync(folder, { recursive: true, force: true });
mkdirSync(folder, { recursive: true });
run(process.execPath, [path.join(root, 'scripts', 'build-web.mjs')]);
pnpm('--filter=!@tth/inspector', '--reporter=append-only', 'run', 'build');
pnpm('pack', '--pack-destination', folder);
for (const file of readdirSync(folder)) {
  run(path.join(root, 'node_modules', '.bin', 'publint'), ['run', path.join(folder, file), '--strict']);
  console.log(path.join(folder, file));
}
