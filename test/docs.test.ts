import { existsSync, readFileSync, readdirSync, statSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { buildReference, referenceFolder } from '../scripts/build-reference.ts';
import { allCommands } from '../scripts/reference/commands-page.ts';

const root = path.resolve(import.meta.dirname, '..');
const read = (file: string): string => readFileSync(path.join(root, file), 'utf8');

const pages = [
  'README.md',
  'CONTRIBUTING.md',
  'CHANGELOG.md',
  'NOTICE',
  ...['docs', 'examples', 'deploy'].flatMap((folder) =>
    readdirSync(path.join(root, folder), { recursive: true, encoding: 'utf8' })
      .filter((name) => name.endsWith('.md') && !name.includes('node_modules'))
      .map((name) => path.posix.join(folder, name.split(path.sep).join('/'))),
  ),
];

const codeBlocks = (text: string, language: string): string[] =>
  [...text.matchAll(/```(\w*)\n([^]*?)```/g)].flatMap(([, name, body = '']) =>
    name === language ? [body] : [],
  );

/** GitHub's address of a heading. */
const slug = (heading: string): string =>
  heading
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N}\s_-]/gu, '')
    .trim()
    .replaceAll(/\s/g, '-');

const headings = (text: string): string[] =>
  [...text.replaceAll(/```[^]*?```/g, '').matchAll(/^#+ (.+)$/gm)].map(([, heading = '']) => slug(heading));

interface Link {
  readonly from: string;
  readonly target: string;
}

const links: Link[] = pages.flatMap((from) =>
  [
    ...read(from)
      .replaceAll(/```[^]*?```/g, '')
      .matchAll(/\]\(([^)\s]+)\)/g),
  ]
    .map(([, target = '']) => ({ from, target }))
    .filter(({ target }) => !/^[a-z]+:/.test(target)),
);

const leadsNowhere = ({ from, target }: Link): boolean => {
  const [file = '', anchor] = target.split('#');
  const to = file === '' ? from : path.posix.join(path.posix.dirname(from), file);
  if (!existsSync(path.join(root, to))) return true;
  return anchor !== undefined && !headings(read(to)).includes(anchor);
};

/** Commands of `tth` by name, such as `plugin add`, each with its options, long and short. */
const commands: ReadonlyMap<string, ReadonlySet<string>> = new Map(
  allCommands().map(({ name, command }) => [
    name.replace('tth ', ''),
    new Set(['--help', ...command.options.flatMap(({ long, short }) => [long ?? '', short ?? ''])]),
  ]),
);

describe('documentation', () => {
  it('links only to files and headings that exist', () => {
    expect(links.length).toBeGreaterThan(100);
    expect(links.filter(leadsNowhere)).toEqual([]);
  });

  it('has a section for every diagram, each with a link or a plain "not built yet" in every row', () => {
    const [, ...sections] = read('docs/architecture.md').split(/^### /m);
    const numbers = sections.map((section) => Number.parseInt(section, 10));
    const rows = sections.flatMap((section) =>
      section
        .split('\n')
        .filter((line) => line.startsWith('|'))
        .slice(2),
    );

    expect(numbers).toEqual(Array.from({ length: 22 }, (_, number) => number));
    expect(rows.length).toBeGreaterThan(200);
    expect(rows.filter((row) => !row.includes('](../packages/') && !/not built yet/.test(row))).toEqual([]);
  });

  it('names only scripts that package.json has', () => {
    const { scripts } = JSON.parse(read('package.json')) as { scripts: Readonly<Record<string, string>> };
    const own = pages.filter((page) => !page.startsWith('examples/'));
    const named = own.flatMap((page) =>
      [...read(page).matchAll(/npm run (?:-s )?([a-z][a-z:-]*)/g)].map(([, script = '']) => script),
    );

    expect(named.length).toBeGreaterThan(10);
    expect(named.filter((script) => !(script in scripts))).toEqual([]);
  });

  it('shows commands of tth that there are, with options that they have', () => {
    const names = [...commands.keys(), 'config'].toSorted((a, b) => b.length - a.length);
    const lines = pages
      .flatMap((page) => codeBlocks(read(page), 'sh'))
      .flatMap((block) => block.split('\n'))
      .map((line) => /\btth (?:-- )?([a-z].*)$/.exec(line.replace(/\s#.*$/, ''))?.[1])
      .filter((typed) => typed !== undefined);
    const wrong = lines.filter((typed) => {
      const name = names.find((each) => typed === each || typed.startsWith(`${each} `));
      const options = name === undefined ? undefined : commands.get(name);
      const used = [...typed.replaceAll(/"[^"]*"/g, '').matchAll(/(?<= )--?[a-z]+/g)].map(
        ([option]) => option,
      );
      return name === undefined || used.some((option) => options?.has(option) === false);
    });

    expect(lines.length).toBeGreaterThan(20);
    expect(wrong).toEqual([]);
  });

  it('shows the example plugin as it is', () => {
    expect(codeBlocks(read('README.md'), 'ts')).toContain(read('examples/02-echo-plugin/index.ts'));
  });

  it('keeps pictures small', () => {
    const folder = path.join(root, 'docs/images');
    const large = readdirSync(folder).filter((name) => statSync(path.join(folder, name)).size > 300_000);

    expect(large).toEqual([]);
  });

  it('speaks of the product alone', () => {
    const forbidden =
      /\bTODO\b|\bFIXME\b|\/(?:work|home|root|Users|tmp)\/|[A-Z]:\\|registry\.[a-z]+\.[a-z]+|\.internal\b/;

    expect(pages.filter((page) => forbidden.test(read(page)))).toEqual([]);
  });
});

describe('reference', () => {
  it('is what "npm run reference" makes', async () => {
    const made = await buildReference();
    const kept = readdirSync(referenceFolder).filter((name) => name.endsWith('.md'));
    const texts = kept.map((name): [string, string] => [name, read(`docs/reference/${name}`)]);

    expect(Object.fromEntries(texts)).toEqual(Object.fromEntries(made));
  });
});
