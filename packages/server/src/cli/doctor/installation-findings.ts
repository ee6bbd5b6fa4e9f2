import { existsSync } from 'node:fs';
import path from 'node:path';
import { resolveModulePath } from 'exsolve';
import { nodeProblem } from '../node-version.ts';
import type { Examination } from './examine.ts';
import { type Finding, notice, problem } from './finding.ts';
import { findInstalled, packageOfFile } from '../project/manifest.ts';
import { findWebPages } from '../../app/find-plugins.ts';

/** What there is to say about the Node.js that runs this. */
export const nodeFindings = (version: string): Finding[] => {
  const sentence = nodeProblem(version);
  return sentence === undefined ? [] : [problem('node', sentence)];
};

/** Whether the socket library has a build for this Node.js and this machine. */
export const socketFindings = async (load: () => Promise<unknown>): Promise<Finding[]> => {
  try {
    await load();
    return [];
  } catch {
    const { version, platform, arch } = process;
    return [
      problem(
        'sockets',
        `The socket library has no build for Node.js ${version} on ${platform}-${arch}: run TTH with Node.js 22 (glibc Linux, macOS or Windows); everything but "tth serve" works without.`,
      ),
    ];
  }
};

/** The encoders come as a native library: whether it loads. */
export const codecFindings = async ({ services }: Examination): Promise<Finding[]> => {
  if (services.mediaCodecs === undefined) return [];
  try {
    await import(services.mediaCodecs.moduleUrl);
    return [];
  } catch {
    return [
      problem(
        'codecs',
        `The video and audio encoders have no build for ${process.platform}-${process.arch}: mp4, webm and Opus do not work here; remove their plugin to go on without.`,
      ),
    ];
  }
};

/** Packages of TTH that have to be of one version. */
const family = ['@tth/server', '@tth/core', '@tth/inspector', '@tth/protocol', '@tth/client'];

/** Copies of TTH's own packages that do not match the command that runs. */
export const versionFindings = async (
  root: string,
  version: string,
  { plugins }: Examination,
): Promise<Finding[]> => {
  const installed = await Promise.all(
    family.map(async (name) => ({ name, found: (await findInstalled(root, name))?.manifest.version })),
  );
  const strangers = installed.filter(({ found }) => found !== undefined && found !== version);
  const cores = await Promise.all(
    plugins.map(async ({ name, package: own }) => {
      const core =
        own && resolveModulePath('@tth/core/plugin', { from: `${own.folder}/`, try: true, cache: false });
      const found = core === undefined ? undefined : (await packageOfFile(core))?.manifest.version;
      return { name, found };
    }),
  );
  return [
    ...strangers.map(({ name, found }) =>
      notice(
        name,
        `${name} is ${found} and the tth that runs is ${version}: install the same version of both, and type "npx tth".`,
      ),
    ),
    ...cores
      .filter(({ found }) => found !== undefined && found !== version)
      .map(({ name, found }) =>
        notice(
          name,
          `${name} uses a copy of @tth/core ${found} of its own, beside ${version}: install a version of it that goes with ${version}.`,
        ),
      ),
  ];
};

/** Whether there are pages for a browser. */
export const pageFindings = (root: string): Finding[] => {
  const pages = findWebPages(root);
  if (pages === undefined) {
    return [
      notice('pages', 'There is no studio and no inspector: add the package @tth/inspector to have them.'),
    ];
  }
  return existsSync(path.join(pages, 'index.html'))
    ? []
    : [notice('pages', 'The studio and the inspector are not built: run "npm run web" in the root of TTH.')];
};
