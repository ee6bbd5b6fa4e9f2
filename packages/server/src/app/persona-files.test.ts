import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { readPersonas } from './persona-files.ts';

const nora = `
name: Nora
systemPrompt: |
  You are Nora, a cheerful tour guide.
language: en_gb
identity: mira
voices:
  espeak: nell
controls:
  character: { rate: +5% }
forbiddenTopics: [politics]
fillers: [Let me see.]
`;

describe('personas as files', () => {
  let root: string;
  const write = (name: string, text: string): Promise<void> =>
    writeFile(path.join(root, 'personas', name), text);
  beforeEach(async () => {
    root = await mkdtemp(path.join(tmpdir(), 'tth-personas-'));
    await mkdir(path.join(root, 'personas'));
  });
  afterEach(() => rm(root, { recursive: true }));

  it('are named after their file and read in any notation', async () => {
    await write('nora.yaml', nora);
    await write('notes.txt', 'not a persona');

    expect(await readPersonas({ root, personas: [] })).toEqual([
      {
        id: 'nora',
        name: 'Nora',
        systemPrompt: 'You are Nora, a cheerful tour guide.',
        language: 'en-GB',
        identity: 'mira',
        voices: { espeak: 'nell' },
        controls: { character: { rate: 1.05 } },
        forbiddenTopics: ['politics'],
        fillers: ['Let me see.'],
      },
    ]);
  });

  it('win over those of the configuration', async () => {
    await write('nora.yml', nora);
    const old = {
      id: 'nora',
      name: 'Old',
      systemPrompt: 'Hi.',
      language: 'en',
      identity: 'otto',
      voices: {},
    };
    const ann = { ...old, id: 'ann' };

    const personas = await readPersonas({ root, personas: [old, ann] });

    expect(personas.map(({ id, name }) => [id, name])).toEqual([
      ['nora', 'Nora'],
      ['ann', 'Old'],
    ]);
  });

  it('are all refused when one is wrong, naming each file and field', async () => {
    await write('ann.yaml', nora.replace('+5%', 'quick').replace('name: Nora', 'nmae: Nora'));
    await write('nora.yaml', nora);
    await write('torn.yaml', 'name: [');
    await write('twin.yaml', `id: nora\n${nora}`);

    await expect(readPersonas({ root, personas: [] })).rejects.toMatchObject({
      code: 'config.invalid',
      details: {
        problems: expect.arrayContaining([
          expect.stringMatching(/^personas\/ann\.yaml: name: /),
          expect.stringMatching(/^personas\/ann\.yaml: .*nmae/),
          expect.stringMatching(/^personas\/ann\.yaml: controls\.character\.rate: Expected a factor/),
          expect.stringMatching(/^personas\/torn\.yaml: .*line 1/),
          expect.stringMatching(/^personas\/twin\.yaml: id: personas\/nora\.yaml has the id nora/),
        ]),
      },
    });
  });

  it('are not needed', async () => {
    await rm(path.join(root, 'personas'), { recursive: true });

    expect(await readPersonas({ root, personas: [] })).toEqual([]);
  });
});
