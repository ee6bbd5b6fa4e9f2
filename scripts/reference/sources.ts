import { readFileSync, readdirSync } from 'node:fs';
import path from 'node:path';

/** The project's root. */
export const root = path.resolve(import.meta.dirname, '../..');

const sourceFiles = (folder: string): string[] =>
  readdirSync(path.join(root, folder), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && /(?<!\.test)\.ts$/.test(entry.name))
    .map((entry) => path.join(entry.parentPath, entry.name))
    .filter((file) => !/node_modules|[/\\]dist[/\\]/.test(file));

/** The code of these folders in one text, without tests, comments and the named files. */
export const readCode = (folders: readonly string[], except: readonly string[]): string =>
  folders
    .flatMap(sourceFiles)
    .filter((file) => !except.includes(path.relative(root, file).split(path.sep).join('/')))
    .map((file) => readFileSync(file, 'utf8').replace(/\/\*[^]*?\*\/|^\s*\/\/.*$/gm, ''))
    .join('\n');

/** The doc comment above each field of an interface, by field; empty where there is none. */
export const fieldComments = (file: string, name: string): Readonly<Record<string, string>> => {
  const text = readFileSync(path.join(root, file), 'utf8');
  const start = text.indexOf(`interface ${name} {`);
  if (start === -1) throw new Error(`${file} has no interface ${name}`);
  const body = text.slice(start, text.indexOf('\n}', start));
  const fields = body.matchAll(/(?:\/\*\*\s*([^]*?)\s*\*\/\s*)?readonly (\w+)\??:/g);
  return Object.fromEntries(
    [...fields].map(([, comment = '', field]) => [field, comment.replaceAll(/\s*\n\s*\*?\s*/g, ' ')]),
  );
};
