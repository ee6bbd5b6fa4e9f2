import { existsSync, readFileSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { parseEnv } from 'node:util';
import { createEngine } from '@tth/core';
import { loadSettings } from '@tth/server';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';

const folder = path.resolve(import.meta.dirname, '../deploy');
const read = (file: string): string => readFileSync(path.join(folder, file), 'utf8');

interface Service {
  readonly image?: string;
  readonly build?: { readonly context: string; readonly dockerfile: string };
  readonly ports?: readonly string[];
  readonly volumes?: readonly string[];
}
interface Compose {
  readonly services: Readonly<Record<string, Service>>;
  readonly volumes?: Readonly<Record<string, unknown>>;
}

const composeFiles = readdirSync(folder).filter((name) => /^compose(\.[a-z]+)?\.yaml$/.test(name));
const compose = (file: string): Compose => parse(read(file)) as Compose;
const services = composeFiles.flatMap((file) =>
  Object.entries(compose(file).services).map(([name, service]) => ({ file, name, ...service })),
);

/** `${NAME}`, also with a default or an objection. */
const variablesIn = (text: string): string[] =>
  [...text.matchAll(/\$\{(\w+)[^}]*\}/g)].map(([, name = '']) => name);

describe('the compose files', () => {
  it('each start something', () => {
    expect(composeFiles.toSorted()).toEqual([
      'compose.models.yaml',
      'compose.shared.yaml',
      'compose.watch.yaml',
      'compose.yaml',
    ]);
    for (const file of composeFiles) expect(Object.keys(compose(file).services)).not.toEqual([]);
  });

  it('pin every image that they do not build to a version', () => {
    const loose = services.filter(
      ({ image, build }) => build === undefined && !/^[\w./-]+:v?\d[\w.-]*$/.test(image ?? ''),
    );

    expect(loose.map(({ file, name }) => `${file}: ${name}`)).toEqual([]);
  });

  it('publish ports on the loopback address alone, each once', () => {
    const ports = services.flatMap(({ ports: given = [] }) => given);

    expect(ports.length).toBeGreaterThan(3);
    expect(ports.filter((port) => !/^127\.0\.0\.1:\d+:\d+$/.test(port))).toEqual([]);
    expect(new Set(ports).size).toBe(ports.length);
  });

  it('mount and build only what is there', () => {
    const mounted = services.flatMap(({ volumes = [] }) => volumes.map((volume) => volume.split(':')[0]!));
    const files = mounted.filter((source) => source.startsWith('.'));
    const built = services.flatMap(({ build }) =>
      build === undefined ? [] : [path.join(build.context, build.dockerfile)],
    );
    const named = mounted.filter((source) => !source.startsWith('.'));
    const declared = composeFiles.flatMap((file) => Object.keys(compose(file).volumes ?? {}));

    expect([...files, ...built].filter((file) => !existsSync(path.join(folder, file)))).toEqual([]);
    expect(new Set(named)).toEqual(new Set(declared));
  });

  it('read the variables that .env.example tells of', () => {
    const variables = composeFiles.flatMap((file) => variablesIn(read(file)));

    expect(new Set(variables)).toEqual(new Set(Object.keys(parseEnv(read('.env.example')))));
  });
});

describe('the configuration of a deployment', () => {
  const settings = loadSettings(folder, {});

  it('names secrets that .env.example tells of', async () => {
    const secrets = [...JSON.stringify((await settings).adapters).matchAll(/"apiKey":"(\w+)"/g)].map(
      ([, name]) => name,
    );

    expect(secrets.length).toBeGreaterThan(0);
    for (const secret of secrets) expect(parseEnv(read('.env.example'))).toHaveProperty([secret!]);
  });

  const start = async (keys: Readonly<Record<string, string>>) => {
    const { plugins = [], adapters, routes } = await settings;
    return createEngine({
      plugins: plugins.map((name) => ({ name, load: () => import(name) as Promise<unknown> })),
      adapterOptions: adapters,
      routes,
      ...(Object.keys(keys).length > 0 && { secrets: { reveal: ({ secret }) => keys[secret]! } }),
    });
  };

  it('starts every provider where the keys are set', async () => {
    const engine = await start({ DASHSCOPE_API_KEY: 'key-of-a-test' });
    const ids = engine.adapters().map(({ id }) => id);
    await engine.close();

    expect(engine.failures).toEqual([]);
    expect(ids).toEqual(
      expect.arrayContaining([
        'qwen',
        'qwen-cloud',
        'local-llm',
        'cosyvoice',
        'cosyvoice-cloud',
        'espeak',
        'puppet',
      ]),
    );
  });

  it('starts without a key, and leaves out who needs one', async () => {
    const engine = await start({});
    const ids = engine.adapters().map(({ id }) => id);
    await engine.close();

    const named = Object.keys((await settings).adapters);
    expect(named.filter((id) => !ids.includes(id))).toEqual(['qwen-cloud', 'cosyvoice-cloud']);
    expect(ids).toEqual(expect.arrayContaining(['qwen', 'local-llm', 'cosyvoice', 'espeak', 'puppet']));
  });

  it('looks for its models where the compose files publish them', async () => {
    const addresses = [...JSON.stringify((await settings).adapters).matchAll(/http:\/\/(127[\d.]+:\d+)/g)];
    const published = services.flatMap(({ ports = [] }) => ports.map((port) => port.replace(/:\d+$/, '')));

    expect(addresses).toHaveLength(2);
    expect(addresses.filter(([, address]) => !published.includes(address!))).toEqual([]);
  });
});

describe('the text about deployments', () => {
  it('tells of every file', () => {
    const files = readdirSync(folder).filter((name) => !['README.md', '.env'].includes(name));
    const text = read('README.md');

    expect(files.filter((name) => name !== 'Dockerfile.dockerignore' && !text.includes(name))).toEqual([]);
  });
});
