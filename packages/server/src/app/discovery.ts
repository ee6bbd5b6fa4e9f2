import type { Environment } from './environment.ts';

/** A key that somebody has: the plugin that can use it, and what that would be good for. */
interface KnownKey {
  readonly variable: string;
  readonly vendor: string;
  readonly plugin: string;
  /** What the configuration would say. */
  readonly adapter: string;
}

/** A server of models that listens on its usual port of this machine. */
interface LocalServer {
  readonly port: number;
  /** A question that costs nothing and is answered with 200 by this server. */
  readonly path: string;
  readonly name: string;
  readonly plugin: string;
  /** What the configuration would say. */
  readonly adapter: string;
}

export const knownKeys: readonly KnownKey[] = [
  {
    variable: 'OPENAI_API_KEY',
    vendor: 'OpenAI',
    plugin: '@tth/plugin-openai',
    adapter: "{ adapter: 'openai', model: '…' }",
  },
  {
    variable: 'DASHSCOPE_API_KEY',
    vendor: 'DashScope (Qwen)',
    plugin: '@tth/plugin-openai',
    adapter: "{ adapter: 'openai', flavour: 'dashscope', model: '…' }",
  },
  {
    variable: 'ELEVENLABS_API_KEY',
    vendor: 'ElevenLabs',
    plugin: '@tth/plugin-elevenlabs',
    adapter: "{ adapter: 'elevenlabs' }",
  },
  {
    variable: 'BIGMODEL_API_KEY',
    vendor: 'BigModel (GLM-TTS)',
    plugin: '@tth/plugin-glm-tts',
    adapter: "{ adapter: 'glm-tts', server: 'hosted' }",
  },
];

export const localServers: readonly LocalServer[] = [
  {
    port: 11_434,
    path: '/api/version',
    name: 'Ollama',
    plugin: '@tth/plugin-openai',
    adapter: "{ adapter: 'openai', flavour: 'ollama', model: '…' }",
  },
  {
    port: 1_234,
    path: '/v1/models',
    name: 'LM Studio',
    plugin: '@tth/plugin-openai',
    adapter: "{ adapter: 'openai', flavour: 'lmstudio', model: '…' }",
  },
  {
    port: 8_000,
    path: '/version',
    name: 'vLLM',
    plugin: '@tth/plugin-openai',
    adapter: "{ adapter: 'openai', flavour: 'vllm', model: '…' }",
  },
  {
    port: 4_000,
    path: '/health/liveliness',
    name: 'LiteLLM',
    plugin: '@tth/plugin-openai',
    adapter: "{ adapter: 'openai', flavour: 'litellm', model: '…' }",
  },
  {
    port: 8_880,
    path: '/v1/audio/voices',
    name: 'Kokoro',
    plugin: '@tth/plugin-openai',
    adapter: "{ adapter: 'openai-speech', flavour: 'kokoro' }",
  },
  {
    port: 8_091,
    path: '/v1/audio/voices',
    name: 'vLLM-Omni',
    plugin: '@tth/plugin-cosyvoice',
    adapter: "{ adapter: 'cosyvoice', server: 'vllm-omni', voices: { … } }",
  },
  {
    port: 50_000,
    path: '/openapi.json',
    name: 'CosyVoice',
    plugin: '@tth/plugin-cosyvoice',
    adapter: "{ adapter: 'cosyvoice', server: 'fastapi', voices: { … } }",
  },
];

/** How long a server of this machine may take to say that it is there. */
const patienceMs = 300;

const answers = async ({ port, path }: LocalServer): Promise<boolean> => {
  try {
    const response = await fetch(`http://127.0.0.1:${port}${path}`, {
      redirect: 'error',
      signal: AbortSignal.timeout(patienceMs),
    });
    await response.body?.cancel();
    return response.ok;
  } catch {
    return false;
  }
};

const howTo = ({ plugin, adapter }: { readonly plugin: string; readonly adapter: string }): string =>
  `"tth plugin add ${plugin}", then adapters: { mine: ${adapter} } and mine in a route.`;

export interface DiscoveryRequest {
  readonly environment: Environment;
  /** Plugins that the configuration names: what they can use needs no hint. */
  readonly plugins: readonly string[];
  readonly servers?: readonly LocalServer[];
}

/**
 * What could be used and is not, a line each. Looks at names of variables, and asks the usual ports of this machine
 * for their health; nothing leaves the machine, and no key is read.
 */
export const discover = async ({
  environment,
  plugins,
  servers = localServers,
}: DiscoveryRequest): Promise<string[]> => {
  const isNew = ({ plugin }: { readonly plugin: string }): boolean => !plugins.includes(plugin);
  const keys = knownKeys.filter((key) => isNew(key) && (environment[key.variable] ?? '') !== '');
  const candidates = servers.filter(isNew);
  const found = await Promise.all(candidates.map(answers));
  return [
    ...keys.map(({ variable, vendor, ...use }) => `${variable} is set, for ${vendor}: ${howTo(use)}`),
    ...candidates
      .filter((_, place) => found[place])
      .map(({ name, port, ...use }) => `${name} answers on port ${port}: ${howTo(use)}`),
  ];
};
