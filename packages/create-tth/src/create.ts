import { readdirSync } from 'node:fs';
import { mkdir, readdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { applicationFiles } from './application.ts';
import { version } from './packages.ts';

export interface CreateOptions {
  readonly withoutGpl?: boolean | undefined;
  /** A folder with tarballs of TTH's packages. */
  readonly packages?: string | undefined;
}

/** Something that whoever typed the command can put right; the message says how. */
export class CreateError extends Error {}

/** Any name as one that npm takes. */
const packageName = (folder: string): string =>
  path
    .basename(folder)
    .toLowerCase()
    .replaceAll(/[^a-z0-9-]+/g, '-')
    .replaceAll(/^-+|-+$/g, '') || 'my-avatar';

/** Finds tarballs by the names that "pnpm pack" and "npm pack" give them. */
const tarballsIn = (folder: string): ((name: string) => string | undefined) => {
  const files = readdirSync(folder);
  return (name) => {
    const file = `${name.replace(/^@/, '').replace('/', '-')}-${version}.tgz`;
    return files.includes(file) ? path.join(folder, file) : undefined;
  };
};

/** Writes an application into a new or empty folder. Throws `CreateError`. */
export const createApplication = async (folder: string, options: CreateOptions = {}): Promise<void> => {
  const { withoutGpl = false, packages } = options;
  const there = await readdir(folder).catch(() => []);
  if (there.length > 0) {
    throw new CreateError(
      `${folder} is not empty: name a folder that is new, and nothing of yours is touched.`,
    );
  }
  const files = applicationFiles({
    name: packageName(path.resolve(folder)),
    platform: `${process.platform}-${process.arch}`,
    withoutGpl,
    ...(packages !== undefined && { tarball: tarballsIn(path.resolve(packages)) }),
  });
  await mkdir(folder, { recursive: true });
  for (const [name, text] of files) await writeFile(path.join(folder, name), text);
};
