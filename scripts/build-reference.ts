import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { createEngine } from '@tth/core';
import config from '../tth.config.ts';
import { commandsPage } from './reference/commands-page.ts';
import { conformancePage } from './reference/conformance-page.ts';
import {
  capabilitiesPage,
  closeCodesPage,
  controlsPage,
  errorsPage,
  made,
  mediaFramePage,
  messagesPage,
  policiesPage,
} from './reference/pages.ts';
import { segmentationPage } from './reference/segmentation-page.ts';
import { root } from './reference/sources.ts';

const adapters = async () => {
  const plugins = (config.plugins ?? []).map((name) => ({
    name,
    load: () => import(name) as Promise<unknown>,
  }));
  const engine = await createEngine({ plugins });
  const [failure] = engine.failures;
  const found = engine.adapters();
  await engine.close();
  if (failure !== undefined) throw failure.error;
  return found;
};

/** The pages of docs/reference by file name, made from the code as it is. */
export const buildReference = async (): Promise<ReadonlyMap<string, string>> =>
  new Map([
    ['messages.md', messagesPage()],
    ['media-frame.md', mediaFramePage()],
    ['errors.md', errorsPage()],
    ['close-codes.md', closeCodesPage()],
    ['controls.md', controlsPage()],
    ['capabilities.md', capabilitiesPage(await adapters())],
    ['commands.md', commandsPage(made)],
    ['policies.md', policiesPage()],
    ['segmentation.md', segmentationPage(made)],
    ['conformance.md', conformancePage(made)],
  ]);

/** Where the pages are kept. */
export const referenceFolder = path.join(root, 'docs', 'reference');

if (process.argv[1] === import.meta.filename) {
  await mkdir(referenceFolder, { recursive: true });
  for (const [name, text] of await buildReference()) await writeFile(path.join(referenceFolder, name), text);
}
