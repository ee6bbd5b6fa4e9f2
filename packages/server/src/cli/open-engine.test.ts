import { afterEach, describe, expect, it } from 'vitest';
import { createProject, removeProjects, voiceFiles } from '../../test/project.ts';
import { loadSettings } from '../app/config.ts';
import { openEngine } from './open-engine.ts';

afterEach(removeProjects);

const toldWith = async (options: string, adapters: string): Promise<readonly string[]> => {
  const project = await createProject({
    'tth.config.mjs': `export default { plugins: ['./acme/index.js'], adapters: ${adapters} };\n`,
    ...voiceFiles('acme', { options }),
  });
  const told: string[] = [];
  const engine = await openEngine(await loadSettings(project.shell.root, {}), (line) => told.push(line));
  await engine.close();
  return told;
};

describe('the engine of a command for a person', () => {
  it('names the secret that is not set, and how it is set', async () => {
    const [line] = await toldWith("apiKey: secretRef('ACME_KEY')", "{ near: { adapter: 'acme' } }");

    expect(line).toBe(
      'near is not available: The secret ACME_KEY is not set: enter it with "tth config set ACME_KEY", or set the variable of that name.',
    );
  });

  it('names the option that is wrong', async () => {
    const [line] = await toldWith('speed: z.number()', "{ acme: { speed: 'fast' } }");

    expect(line).toMatch(/^acme is not available: .*expected number.* → at speed\)$/);
  });

  it('says nothing where everything starts', async () => {
    expect(await toldWith('', '{}')).toEqual([]);
  });
});
