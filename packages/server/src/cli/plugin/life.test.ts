import { existsSync } from 'node:fs';
import { afterEach, describe, expect, it } from 'vitest';
import { createProject, removeProjects, voiceFiles } from '../../../test/project.ts';
import { addPlugin } from './add.ts';
import { describePlugin } from './info.ts';
import { listPlugins } from './list.ts';
import { removePlugin } from './remove.ts';
import { testPlugin } from './test.ts';

afterEach(removeProjects);

const config = (plugins: string, more = ''): string => `export default { plugins: [${plugins}]${more} };\n`;

describe('tth plugin add', () => {
  it('installs a folder, names it in the configuration and says that it works', async () => {
    const project = await createProject({ 'tth.config.mjs': config(''), ...voiceFiles('acme') });

    const code = await addPlugin('./acme', {}, project.shell);

    expect(project.out.join('\n')).toMatch(/✓ +acme +1\.2\.3 +tts +acme +ok in \d+ ms/);
    expect(code).toBe(0);
    expect(project.commands).toEqual(['npm i acme']);
    expect(await project.read('tth.config.mjs')).toBe(config("'acme'"));
  });

  it('takes a package of the workspace from there', async () => {
    const project = await createProject({
      'pnpm-lock.yaml': '',
      'pnpm-workspace.yaml': 'packages: [packages/*]',
      'packages/acme/package.json': '{"name":"acme"}',
    });

    await addPlugin('acme', {}, project.shell).catch(() => {});

    expect(project.commands).toEqual(['pnpm add --workspace-root acme@workspace:*']);
  });

  it('names a file by its path and installs nothing', async () => {
    const project = await createProject({
      'tth.config.mjs': config("'./acme/index.js'"),
      ...voiceFiles('acme'),
      ...voiceFiles('other'),
    });

    const code = await addPlugin('./other/index.js', {}, project.shell);

    expect(code).toBe(0);
    expect(project.commands).toEqual([]);
    expect(await project.read('tth.config.mjs')).toBe(config("'./acme/index.js', './other/index.js'"));
  });

  it('changes nothing where packages are found by their keyword', async () => {
    const project = await createProject(voiceFiles('acme'));

    expect(await addPlugin('./acme', {}, project.shell)).toBe(0);
    expect(existsSync(project.path('tth.config.ts'))).toBe(false);
    expect(project.told.join('\n')).toContain('found by its keyword');
  });

  it('names a package without the keyword beside those that were found until now', async () => {
    const project = await createProject({
      ...voiceFiles('first'),
      ...voiceFiles('acme', { keywords: [] }),
    });

    await addPlugin('./first', {}, project.shell);
    expect(await addPlugin('./acme', {}, project.shell)).toBe(0);

    expect(await project.read('tth.config.ts')).toContain("plugins: [\n    'first',\n    'acme',\n  ],");
  });

  it('puts its adapter first when it is to be used', async () => {
    const project = await createProject({
      'tth.config.mjs': config("'./first/index.js'"),
      ...voiceFiles('first'),
      ...voiceFiles('acme'),
    });

    expect(await addPlugin('./acme', { use: true }, project.shell)).toBe(0);

    expect(await project.read('tth.config.mjs')).toBe(
      config("'./first/index.js', 'acme'", ", routes: { tts: ['acme', 'first'] }"),
    );
  });

  it('says of adapters that wait to be named how to name them, and names the one that is to be used', async () => {
    const project = await createProject({
      'tth.config.mjs': config(''),
      ...voiceFiles('acme', { more: 'optIn: true,' }),
    });

    await addPlugin('./acme', {}, project.shell);
    expect(project.out.join('\n')).toMatch(/· +acme +1\.2\.3 +tts +acme +waits to be named/);
    expect(project.out.join('\n')).toContain('"tth plugin add acme --use acme"');

    await addPlugin('./acme', { use: 'acme' }, project.shell);
    expect(await project.read('tth.config.mjs')).toBe(config("'acme'", ", routes: { tts: ['acme'] }"));
    await expect(addPlugin('./acme', { use: 'acne' }, project.shell)).rejects.toMatchObject({
      details: { adapter: 'acne', known: ['acme'] },
    });
  });

  it('leaves a configuration alone that it cannot change safely, and says what to write', async () => {
    const text = 'const plugins = [];\nexport default { plugins };\n';
    const project = await createProject({ 'tth.config.mjs': text, ...voiceFiles('acme') });

    expect(await addPlugin('./acme', {}, project.shell)).toBe(1);

    expect(await project.read('tth.config.mjs')).toBe(text);
    expect(project.told.at(-1)).toContain("Write there yourself: plugins: [..., 'acme'],");
  });

  it('says which secret is missing and notes its name, never its value', async () => {
    const project = await createProject({
      '.env.example': '# keys',
      ...voiceFiles('acme', { options: "apiKey: secretRef('ACME_KEY')" }),
    });

    expect(await addPlugin('./acme', {}, project.shell)).toBe(1);

    expect(project.out.join('\n')).toContain(
      'The secret ACME_KEY is not set: enter it with "tth config set ACME_KEY"',
    );
    expect(await project.read('.env.example')).toBe('# keys\nACME_KEY=\n');
  });

  it('takes out again what is no plugin', async () => {
    const project = await createProject({
      ...voiceFiles('acme'),
      'acme/index.js': 'export default { name: "acme" };',
    });

    await expect(addPlugin('./acme', {}, project.shell)).rejects.toMatchObject({ code: 'plugin.invalid' });

    expect(project.commands).toEqual(['npm i acme', 'npm uninstall acme']);
    expect(JSON.parse(await project.read('package.json'))).toMatchObject({ dependencies: {} });
  });

  it.each([
    ['a path that leads nowhere', './missing', 'There is no file or folder'],
    ['a folder without a package', './empty', 'has no package.json'],
    ['a package that cannot be installed', 'no-such-package', 'did not succeed'],
  ])('refuses %s', async (_, given, message) => {
    const project = await createProject({ 'empty/readme.md': '' });

    await expect(addPlugin(given, {}, project.shell)).rejects.toMatchObject({
      code: 'config.invalid',
      message: expect.stringContaining(message),
    });
  });
});

describe('tth plugin remove', () => {
  it('takes it out of the configuration, with the options and routes of its adapters, and uninstalls it', async () => {
    const project = await createProject({
      'tth.config.mjs': config("'./first/index.js'"),
      ...voiceFiles('first'),
      ...voiceFiles('acme'),
    });
    await addPlugin('./acme', { use: true }, project.shell);
    await project.write(
      'tth.config.mjs',
      config(
        "'./first/index.js', 'acme'",
        ", routes: { tts: ['acme', 'first'] }, adapters: { acme: {}, second: { adapter: 'acme' } }",
      ),
    );

    expect(await removePlugin('acme', project.shell)).toBe(0);

    expect(await project.read('tth.config.mjs')).toBe(
      config("'./first/index.js'", ", routes: { tts: ['first'] }, adapters: {}"),
    );
    expect(project.commands.at(-1)).toBe('npm uninstall acme');
    expect(project.told).toContain('adapters.second named it and was taken out.');
  });

  it('says what to change by hand where the configuration does not write it out', async () => {
    const text =
      "const routes = { tts: ['acme'] };\nexport default { plugins: ['./acme/index.js'], routes };\n";
    const project = await createProject({ 'tth.config.mjs': text, ...voiceFiles('acme') });

    expect(await removePlugin('./acme/index.js', project.shell)).toBe(1);

    expect(await project.read('tth.config.mjs')).toBe(text.replace("'./acme/index.js'", ''));
    expect(project.told.join('\n')).toContain('Write yourself: routes.tts: without acme');
    expect(existsSync(project.path('acme/index.js'))).toBe(true);
  });

  it('says that a secret of it is still kept', async () => {
    const project = await createProject({
      '.env': 'ACME_KEY=x\n',
      'tth.config.mjs': config("'./acme/index.js'"),
      ...voiceFiles('acme', { options: "apiKey: secretRef('ACME_KEY')" }),
    });

    await removePlugin('./acme/index.js', project.shell);

    expect(project.told.join('\n')).toContain('"tth config unset ACME_KEY"');
  });

  it('refuses a name that is not there and tells those that are', async () => {
    const project = await createProject({ 'tth.config.mjs': config("'./acme/index.js'") });

    await expect(removePlugin('other', project.shell)).rejects.toMatchObject({
      code: 'config.invalid',
      details: { plugin: 'other', known: ['./acme/index.js'] },
    });
  });
});

describe('tth plugin list and info', () => {
  const files = {
    'tth.config.mjs': config(
      "'./acme/index.js', './gone.js'",
      ", adapters: { acme: {}, twin: { adapter: 'acme' } }",
    ),
    ...voiceFiles('acme', {
      options: "apiKey: secretRef('ACME_KEY'), speed: z.int().min(1).max(9).default(2)",
    }),
  };

  it('lists plugins, every adapter made of them, versions and health, also those that do not load', async () => {
    const project = await createProject(files, { ACME_KEY: 'x' });

    await listPlugins({}, project.shell);

    expect(project.out[0]).toMatch(/✓ +\.\/acme\/index\.js +1\.2\.3 +tts +acme +ok in/);
    expect(project.out[1]).toMatch(/✓ +\.\/acme\/index\.js +1\.2\.3 +tts +twin +ok in/);
    expect(project.out[2]).toMatch(/✗ +\.\/gone\.js .*not loaded/);
  });

  it('prints the same as JSON', async () => {
    const project = await createProject(files);

    await listPlugins({ json: true }, project.shell);

    expect(JSON.parse(project.out.join(''))).toMatchObject({
      plugins: [
        { name: './acme/index.js', version: '1.2.3' },
        { name: './gone.js', error: { code: 'plugin.invalid' } },
      ],
      adapters: [{ id: 'acme', error: { code: 'config.invalid' } }, { id: 'twin' }],
    });
  });

  it('describes options with their defaults, the secrets it wants and the controls it honours', async () => {
    const project = await createProject(files);

    await describePlugin('./acme', {}, project.shell);

    const text = project.out.join('\n');
    expect(text).toMatch(/apiKey +secret +default ACME_KEY/);
    expect(text).toMatch(/speed +integer 1 to 9 +default 2/);
    expect(text).toMatch(/rate +0\.5 to 2/);
    expect(text).toContain('ACME_KEY, for apiKey');
  });
});

describe('tth plugin test', () => {
  it('runs the tests of the folder with its own vitest and passes its exit code on', async () => {
    const project = await createProject({
      ...voiceFiles('acme'),
      'node_modules/vitest/package.json': '{"name":"vitest","exports":{"./package.json":"./package.json"}}',
      'node_modules/@tth/testkit/package.json':
        '{"name":"@tth/testkit","exports":{"./report":"./report.js"}}',
      'node_modules/@tth/testkit/report.js': '',
    });
    const ran: string[] = [];
    const run = async (_command: string, args: readonly string[], cwd: string): Promise<number> => {
      ran.push(...args, cwd);
      return 3;
    };

    expect(await testPlugin('acme', { ...project.shell, run })).toBe(3);
    expect(ran).toEqual([
      project.path('node_modules/vitest/vitest.mjs'),
      'run',
      '--reporter=default',
      `--reporter=${project.path('node_modules/@tth/testkit/report.js')}`,
      project.path('acme'),
    ]);
  });

  it('says what to type where vitest is not installed', async () => {
    const project = await createProject(voiceFiles('acme'));

    await expect(testPlugin('acme', project.shell)).rejects.toMatchObject({
      message: expect.stringContaining('npm install'),
    });
  });
});
