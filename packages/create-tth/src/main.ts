#!/usr/bin/env node
import { parseArgs } from 'node:util';
import { createApplication } from './create.ts';
import { version } from './packages.ts';

const help = `create-tth ${version}: makes an application of TTH

  npm create tth [folder] [-- options]

  --without-gpl         leave out the voice and the encoders, which are under the GPL
  --packages <folder>   take the packages of TTH from tarballs in this folder
  --help, --version
`;

const main = async (): Promise<void> => {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      'without-gpl': { type: 'boolean', default: false },
      packages: { type: 'string' },
      help: { type: 'boolean', short: 'h', default: false },
      version: { type: 'boolean', default: false },
    },
  });
  if (values.help) return void process.stdout.write(help);
  if (values.version) return void process.stdout.write(`${version}\n`);
  const [folder = 'my-avatar'] = positionals;
  await createApplication(folder, { withoutGpl: values['without-gpl'], packages: values.packages });
  process.stdout.write(
    `\n  ${folder} is a talking avatar. Next:\n\n    cd ${folder}\n    npm install\n    npm start\n\n`,
  );
};

try {
  await main();
} catch (error) {
  process.stderr.write(`create-tth: ${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 2;
}
