import { tmpdir } from 'node:os';
import { describe, expect, it } from 'vitest';
import { defaultPolicies } from '@tth/core';
import { loadSettings } from './config.ts';

const load = (env: NodeJS.ProcessEnv, overrides = {}) => loadSettings(tmpdir(), env, overrides);

describe('configuration', () => {
  it('has a default for everything', async () => {
    expect(await load({})).toMatchObject({ host: '127.0.0.1', port: 8080, logLevel: 'warn', policies: {} });
  });

  it('takes the command line over the environment', async () => {
    expect((await load({ TTH_PORT: '9000' })).port).toBe(9000);
    expect((await load({ TTH_PORT: '9000' }, { port: 9001 })).port).toBe(9001);
  });

  it('says that the environment is wrong where it is', async () => {
    await expect(load({ TTH_PORT: 'many' })).rejects.toMatchObject({
      code: 'config.invalid',
      details: { source: expect.stringContaining('TTH_PORT'), problems: [expect.stringContaining('port:')] },
    });
  });

  it('keeps the other defaults of a group of policies that is set in part', async () => {
    const { policies } = await load({}, { policies: { aheadMs: 200, tts: { firstItemMs: 60_000 } } });

    expect(policies).toEqual({ aheadMs: 200, tts: { ...defaultPolicies.tts, firstItemMs: 60_000 } });
  });

  it('knows every policy and no other', async () => {
    await expect(load({}, { policies: { haste: 1 } })).rejects.toMatchObject({
      details: { problems: [expect.stringContaining('haste')] },
    });
    const settings = await load({}, { policies: structuredClone(defaultPolicies) });
    expect(settings.policies).toEqual(defaultPolicies);
  });

  it('takes routes as ids, or with priority, weight and tags, and names the entry that is wrong', async () => {
    const tts = ['espeak', { id: 'cloud-tts', priority: 0, weight: 3, tags: ['eu'] }];

    expect((await load({}, { routes: { tts } })).routes).toEqual({ tts });
    await expect(load({}, { routes: { tts: [{ id: 'espeak', weight: -1 }] } })).rejects.toMatchObject({
      details: { problems: [expect.stringContaining('routes.tts.0')] },
    });
  });
});
