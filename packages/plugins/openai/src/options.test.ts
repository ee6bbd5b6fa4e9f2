import { describe, expect, it } from 'vitest';
import { chatOptions, responsesOptions } from './options.ts';

const fieldsRefused = (given: object): string[] => {
  const { error } = chatOptions.safeParse({ model: 'm1', ...given });
  return error?.issues.map(({ path }) => path.join('.')) ?? [];
};
const at = { baseUrl: 'http://host/v1' };

describe('the options of a model', () => {
  it.each<[string, object]>([
    ['OpenAI', {}],
    ['OpenAI elsewhere', { ...at, apiKey: 'MY_KEY' }],
    ['a local server', { flavour: 'ollama' }],
    ['a server of any make', { flavour: 'generic', ...at }],
    ['a model that thinks and may', { flavour: 'dashscope', model: 'qwq-32b', thinking: 'on' }],
    ['a gateway', { flavour: 'generic', ...at, headers: { 'x-team': 'a', 'x-key': { secret: 'GATEWAY' } } }],
  ])('are enough for %s', (_name, given) => {
    expect(fieldsRefused(given)).toEqual([]);
  });

  it.each<[string, object, string]>([
    ['no address for a server of any make', { flavour: 'generic' }, 'baseUrl'],
    ['the usual key at an unusual address', at, 'apiKey'],
    ['the usual key of DashScope elsewhere', { flavour: 'dashscope', ...at }, 'apiKey'],
    ['a key in an address', { apiKey: 'K', baseUrl: 'http://me:key@host/v1' }, 'baseUrl'],
    ['an address that is no HTTP', { apiKey: 'K', baseUrl: 'file:///etc' }, 'baseUrl'],
    ['effort where it is unknown', { flavour: 'vllm', reasoningEffort: 'low' }, 'reasoningEffort'],
    ['a project where there are none', { flavour: 'ollama', project: 'p' }, 'project'],
    ['a model that cannot but think', { flavour: 'dashscope', model: 'qwq-32b' }, 'model'],
    ['another that cannot', { flavour: 'dashscope', model: 'qwen3-235b-a22b-thinking-2507' }, 'model'],
    ['a key in the place of its name', { apiKey: 'sk-very-secret' }, 'apiKey'],
  ])('are refused for %s', (_name, given, field) => {
    expect(fieldsRefused(given)).toEqual([field]);
  });

  it('take an address with a slash at its end', () => {
    expect(chatOptions.parse({ model: 'm1', ...at, baseUrl: 'http://host/v1/', apiKey: 'K' }).baseUrl).toBe(
      'http://host/v1',
    );
  });

  it('of Responses know two flavours', () => {
    const parse = (flavour: string) =>
      responsesOptions.safeParse({ flavour, model: 'm1', ...at, apiKey: 'K' });

    expect([parse('openai').success, parse('generic').success, parse('vllm').success]).toEqual([
      true,
      true,
      false,
    ]);
  });
});
