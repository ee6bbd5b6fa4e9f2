import { gplPlugins, inner, plugins, runtimeFor, version } from './packages.ts';

export interface ApplicationOptions {
  /** Of the application; a package name. */
  readonly name: string;
  /** Such as `linux-x64`. */
  readonly platform: string;
  /** Leaves out the plugins under the GPL. */
  readonly withoutGpl?: boolean;
  /** Where a package of TTH comes from, when not from the registry: a path to its tarball. */
  readonly tarball?: (name: string) => string | undefined;
}

const manifestOf = ({ name, platform, withoutGpl = false, tarball }: ApplicationOptions): string => {
  const chosen = Object.values(plugins).filter((plugin) => !withoutGpl || !gplPlugins.includes(plugin));
  const wanted = ['@tth/server', '@tth/inspector', ...chosen, ...(tarball === undefined ? [] : inner)];
  const specOf = (each: string): string => {
    const file = tarball?.(each);
    return file === undefined ? `^${version}` : `file:${file}`;
  };
  const testkit = tarball?.('@tth/testkit');
  const manifest = {
    name,
    private: true,
    type: 'module',
    scripts: { start: 'tth serve', say: 'tth say', doctor: 'tth doctor' },
    dependencies: Object.fromEntries(wanted.toSorted().map((each) => [each, specOf(each)])),
    ...(testkit !== undefined && { devDependencies: { '@tth/testkit': `file:${testkit}` } }),
    optionalDependencies: runtimeFor(platform),
  };
  return `${JSON.stringify(manifest, null, 2)}\n`;
};

const configOf = (withoutGpl: boolean): string => {
  const { model, voice, encoders, face } = plugins;
  const named = [model, ...(withoutGpl ? [] : [voice, encoders]), face];
  return [
    `import { defineConfig } from '@tth/server';`,
    ``,
    `export default defineConfig({`,
    `  plugins: [`,
    ...named.map((plugin) => `    '${plugin}',`),
    `  ],`,
    `  // Who is asked first: routes: { tts: ['my-voice', 'espeak'] },`,
    `  // Options of an adapter: adapters: { 'local-llm': { wordsPerSecond: 20 } },`,
    `});`,
    ``,
  ].join('\n');
};

const envExample = `# Copy this file to .env and fill in what your plugins ask for. The environment wins over it.
# TTH_PORT=8080
# TTH_LOG_LEVEL=info
`;

const gplNote = `Two of the packages, \`@tth/plugin-espeak\` (the voice) and \`@tth/plugin-codecs\` (mp4, webm and Opus), are under the GPL, version 3 or
later. Running them obliges you to nothing; passing your application on with them means doing so under the terms of the GPL. To stay
clear of it: \`npx tth plugin remove @tth/plugin-espeak\`, the same for codecs, and a voice of your own.`;

const noVoiceNote = `There is no voice yet: the built-in one is under the GPL and was left out. Add one with \`npx tth plugin add <package>\`, or make
one with \`npx tth plugin new my-voice --stage tts\`.`;

const readmeOf = (name: string, withoutGpl: boolean): string => `# ${name}

A talking avatar, made with TTH.

\`\`\`sh
npm install
npm start          # prints the address of the page to talk in
npm run doctor     # says what is there, and what to do
\`\`\`

| to                              | type                                             |
| ------------------------------- | ------------------------------------------------ |
| make a video                    | \`npm run -s say -- "Hello." --out hello.mp4\`     |
| see what runs                   | \`npx tth plugin list\`                            |
| add a model, a voice or a face  | \`npx tth plugin add <package or path>\`           |
| make one                        | \`npx tth plugin new my-voice --stage tts\`        |

Keys go into \`.env\` (see \`.env.example\`), everything else into \`tth.config.ts\`. Characters are files in a folder \`personas\`.

${withoutGpl ? noVoiceNote : gplNote}
`;

/** The files of a new application, by name. */
export const applicationFiles = (options: ApplicationOptions): ReadonlyMap<string, string> => {
  const { name, withoutGpl = false } = options;
  return new Map([
    ['package.json', manifestOf(options)],
    ['tth.config.ts', configOf(withoutGpl)],
    ['.env.example', envExample],
    ['.gitignore', 'node_modules\n.env\n*.mp4\n*.webm\n*.wav\n'],
    ['README.md', readmeOf(name, withoutGpl)],
  ]);
};
