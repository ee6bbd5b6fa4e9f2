import { afterEach, describe, expect, it } from 'vitest';
import { type TestProject, createProject, removeProjects, voiceFiles } from '../../../test/project.ts';
import { type DiagnoseOptions, diagnose } from './diagnose.ts';
import { doctor } from './doctor.ts';
import { nodeFindings, socketFindings } from './installation-findings.ts';

afterEach(removeProjects);

const model = `
export default {
  name: 'model', apiVersion: 1,
  adapters: [{
    stage: 'llm', id: 'model', options: { safeParse: (data) => ({ success: true, data }) },
    capabilities: { stage: 'llm', structured: false, tools: false, continuePrefix: false },
    create: () => ({ async *inferStream() {}, health: async () => ({ status: 'ok' }) }),
  }],
};`;
const config = (plugins: string, more = ''): string => `export default { plugins: [${plugins}]${more} };\n`;
const healthy = {
  'tth.config.mjs': config("'./model.js', './acme/index.js'"),
  'model.js': model,
  ...voiceFiles('acme'),
};

const look = ({ shell }: TestProject, more: Partial<DiagnoseOptions> = {}) =>
  diagnose(shell.root, { ...shell, loadSockets: async () => {}, ...more });
const problemsOf = async (project: TestProject): Promise<readonly string[]> =>
  (await look(project)).findings.flatMap(({ level, sentence }) => (level === 'problem' ? [sentence] : []));

describe('tth doctor', () => {
  it('says that everything works where it does, with how long the first health call took', async () => {
    const project = await createProject(healthy);

    expect(await doctor({}, project.shell)).toBe(0);

    expect(project.out.join('\n')).toMatch(/✓ +\.\/model\.js .* ok in \d+ ms/);
    expect(project.out.at(-1)).toBe('Everything works.');
  });

  it.each<[what: string, files: Readonly<Record<string, string>>, sentence: string | RegExp]>([
    [
      'a plugin that is not installed',
      { 'tth.config.mjs': config("'./model.js', './acme/index.js', '@tth/plugin-gone'") },
      '@tth/plugin-gone is not installed: run "npm i @tth/plugin-gone", or take it out with "tth plugin remove @tth/plugin-gone".',
    ],
    [
      'a path that leads nowhere',
      { 'tth.config.mjs': config("'./model.js', './acme/index.js', './gone.js'") },
      'There is no plugin at ./gone.js: correct the path in "plugins" of the configuration.',
    ],
    [
      'a plugin for another version of the contract',
      { 'model.js': model.replace('apiVersion: 1', 'apiVersion: 2') },
      './model.js is written for version 2 of the plugin contract and this is version 1: install a version of it that matches.',
    ],
    [
      'a module that throws',
      { 'model.js': "throw new Error('no such file');" },
      /could not be loaded.*It says: no such file/,
    ],
    [
      'a plugin that brings nothing',
      {
        'tth.config.mjs': config("'./model.js', './acme/index.js', './empty.js'"),
        'empty.js': "export default { name: 'empty', apiVersion: 1 };",
      },
      './empty.js brings neither adapters nor services: give it one, or remove it.',
    ],
    [
      'capabilities that are not sound',
      { 'model.js': model.replace('structured: false', "structured: 'often'") },
      /does not describe model as the contract asks \(capabilities\.structured: .*\): correct the plugin\./,
    ],
    [
      'an adapter that is down',
      {
        'model.js': model.replace("status: 'ok'", "status: 'down', detail: 'Its file is missing; fetch it.'"),
      },
      'model is down: Its file is missing; fetch it.',
    ],
    [
      'a health check that fails with a code',
      {
        'model.js': `import { TthError } from '@tth/core/plugin';\n${model.replace(
          "async () => ({ status: 'ok' })",
          "async () => { throw new TthError('provider.unavailable', 'The provider could not be reached.', { details: { host: 'acme.example' } }); }",
        )}`,
      },
      'model is down: The provider could not be reached. (host: acme.example) See whether it runs and can be reached from here.',
    ],
    [
      'options that are not as expected',
      { 'tth.config.mjs': config("'./model.js', './acme/index.js'", ', adapters: { acme: { speed: 1 } }') },
      /options of an adapter are not as its plugin expects\. \(field: adapters\.acme; problem: .*speed/,
    ],
    [
      'options that have to be given',
      voiceFiles('acme', { options: 'model: z.string(), speed: z.number()' }),
      'acme needs options that have no default: write adapters: { acme: { model: …, speed: … } } into the configuration.',
    ],
    [
      'options of an adapter that nobody brings',
      { 'tth.config.mjs': config("'./model.js', './acme/index.js'", ', adapters: { acne: {} }') },
      /No plugin that runs has this adapter.*field: adapters\.acne/,
    ],
    [
      'a route to an adapter that nobody brings',
      { 'tth.config.mjs': config("'./model.js', './acme/index.js'", ", routes: { tts: ['acme', 'acne'] }") },
      'routes.tts names acne, and no plugin brings an adapter of this stage and name: correct the name, or add its plugin.',
    ],
    [
      'nobody who answers',
      { 'tth.config.mjs': config("'./acme/index.js'") },
      'Nothing answers: no plugin brings a model; add one, such as "tth plugin add @tth/plugin-local-llm".',
    ],
    [
      'a configuration with a wrong field',
      { 'tth.config.mjs': config("'./model.js', './acme/index.js'", ', colour: 1') },
      /The configuration is not as expected\. \(source: tth\.config\.mjs; problems: .*colour/,
    ],
    [
      'a persona that is wrong',
      { 'personas/ann.yaml': 'nmae: Ann' },
      /A persona is not as expected.*personas\/ann\.yaml/,
    ],
    [
      'a secret that is not set',
      voiceFiles('acme', { options: "apiKey: secretRef('ACME_KEY')" }),
      'The secret ACME_KEY is not set: enter it with "tth config set ACME_KEY", or set the variable of that name.',
    ],
  ])('says of %s what to do, and ends with 1', async (_, files, sentence) => {
    const project = await createProject({ ...healthy, ...files });

    expect(await problemsOf(project)).toEqual([
      typeof sentence === 'string' ? sentence : expect.stringMatching(sentence),
    ]);
    expect(await doctor({ json: true }, project.shell)).toBe(1);
    expect(JSON.parse(project.out.join(''))).toMatchObject({ ok: false });
  });

  it.each(['export default { plugnis: [] };', 'export default { plugins: ['])(
    'names the file of a configuration that cannot be used: %s',
    async (text) => {
      const project = await createProject({ ...healthy, 'tth.config.mjs': text });

      await doctor({}, project.shell);

      expect(project.out[0]).toMatch(/, tth\.config\.mjs$/);
    },
  );

  it('does not wait for a health check that never answers', async () => {
    const never = model.replace("async () => ({ status: 'ok' })", '() => new Promise(() => {})');
    const project = await createProject({ ...healthy, 'model.js': never });

    const { findings } = await look(project, { healthTimeoutMs: 20 });

    expect(findings.find(({ level }) => level === 'problem')?.sentence).toMatch(
      /^model did not answer its health check within \d\.\d s: see whether its provider runs/,
    );
  });

  it.each<[what: string, files: Readonly<Record<string, string>>, sentence: RegExp]>([
    [
      'an adapter that no route names',
      {
        'tth.config.mjs': config(
          "'./model.js', './acme/index.js', './spare/index.js'",
          ", routes: { tts: ['acme'] }",
        ),
        ...voiceFiles('spare'),
      },
      /^spare is installed but routes\.tts does not name it/,
    ],
    [
      'an adapter that works in part',
      { 'model.js': model.replace("status: 'ok'", "status: 'degraded', detail: 'Slow today.'") },
      /^model works, but not fully: Slow today\.$/,
    ],
    [
      'a voice that waits to be named',
      {
        'tth.config.mjs': config("'./model.js', './acme/index.js', './spare/index.js'"),
        ...voiceFiles('spare', { more: 'optIn: true,' }),
      },
      /put spare into routes\.tts, or run "tth plugin add .* --use spare"\.$/,
    ],
    [
      'a voice that waits to be named and needs an option',
      {
        'tth.config.mjs': config("'./model.js', './acme/index.js', './spare/index.js'"),
        ...voiceFiles('spare', { options: 'model: z.string()', more: 'optIn: true,' }),
      },
      /write adapters: \{ spare: \{ model: … \} \} into the configuration, then run "tth plugin add .* --use spare"\.$/,
    ],
    ['no pages', {}, /add the package @tth\/inspector/],
    ['no face', {}, /^There is no face/],
  ])('notes %s and still ends with 0', async (_, files, sentence) => {
    const project = await createProject({ ...healthy, ...files });

    const { ok, findings } = await look(project);

    expect(ok).toBe(true);
    expect(findings).toContainEqual({
      level: 'notice',
      about: expect.any(String),
      sentence: expect.stringMatching(sentence),
    });
  });

  it('says once what several adapters miss', async () => {
    const project = await createProject({
      ...healthy,
      ...voiceFiles('acme', { options: "apiKey: secretRef('ACME_KEY')" }),
      'tth.config.mjs': config(
        "'./model.js', './acme/index.js'",
        ", adapters: { near: { adapter: 'acme' }, far: { adapter: 'acme' } }",
      ),
    });

    await doctor({}, project.shell);

    expect(project.out.filter((line) => line.includes('ACME_KEY is not set'))).toHaveLength(1);
    expect(project.out.at(-1)).toBe('1 thing to do.');
  });

  it('does not say that everything works where something works in part', async () => {
    const degraded = model.replace("status: 'ok'", "status: 'degraded', detail: 'Slow today.'");
    const project = await createProject({ ...healthy, 'model.js': degraded });

    await doctor({}, project.shell);

    expect(project.out.at(-1)).toBe('Everything runs; not fully: model.');
  });

  it.each([
    ['GPL-3.0-or-later', /^acme: under the GPL\. Running it obliges you to nothing/],
    ['AGPL-3.0-only', /^acme: under the GPL/],
    ['BUSL-1.1', /^acme: its licence limits what you may offer/],
    ['UNLICENSED', /^acme: no licence/],
    ['MIT', undefined],
    ['MIT OR GPL-2.0-only', undefined],
    ['LGPL-3.0-or-later', undefined],
  ])('tells of the licence %s of an installed plugin', async (license, sentence) => {
    const installed = Object.entries(voiceFiles('acme', { license })).map(([file, text]) => [
      `node_modules/${file}`,
      text,
    ]);
    const project = await createProject({
      ...healthy,
      ...(Object.fromEntries(installed) as Record<string, string>),
      'tth.config.mjs': config("'./model.js', 'acme'"),
    });

    const { findings } = await look(project);

    const told = findings.filter(({ about }) => about === 'licences').map((finding) => finding.sentence);
    expect(told).toEqual(sentence === undefined ? [] : [expect.stringMatching(sentence)]);
  });

  it('notices packages of TTH that are not of one version', async () => {
    const project = await createProject({
      ...healthy,
      'node_modules/@tth/protocol/package.json': '{"name":"@tth/protocol","version":"0.0.9"}',
    });

    const { findings } = await look(project);

    expect(findings.map(({ sentence }) => sentence)).toContain(
      '@tth/protocol is 0.0.9 and the tth that runs is 0.1.0: install the same version of both, and type "npx tth".',
    );
  });

  it('looks at one plugin alone when asked to', async () => {
    const project = await createProject({ ...healthy, 'model.js': 'export default {};' });

    expect(await doctor({ plugins: ['./acme/index.js'] }, project.shell)).toBe(0);
    expect(await doctor({ plugins: ['./model.js'] }, project.shell)).toBe(1);
  });

  it.each([
    ['20.20.2', 1],
    ['22.14.0', 1],
    ['22.15.0', 0],
    ['24.1.0', 0],
  ])('judges Node.js %s', (version, problems) => {
    expect(nodeFindings(version)).toHaveLength(problems);
  });

  it('says where the socket library does not load', async () => {
    const [finding] = await socketFindings(() => Promise.reject(new Error('no such binary')));

    expect(finding).toMatchObject({
      level: 'problem',
      sentence: expect.stringContaining('run TTH with Node.js 22'),
    });
  });
});
