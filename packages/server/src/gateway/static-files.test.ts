import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type StaticFiles, readStaticFiles } from './static-files.ts';

describe('static files', () => {
  let folder = '';
  let files: StaticFiles;
  beforeAll(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'tth-static-'));
    await mkdir(path.join(folder, 'assets'));
    await mkdir(path.join(folder, '.secret'));
    await writeFile(path.join(folder, 'index.html'), 'home');
    await writeFile(path.join(folder, 'about.html'), 'about');
    await writeFile(path.join(folder, 'assets/app.js'), 'app');
    await writeFile(path.join(folder, '.env'), 'KEY=1');
    await writeFile(path.join(folder, '.secret/key.js'), 'key');
    await writeFile(path.join(folder, 'private.key'), 'key');
    files = await readStaticFiles(folder, '/app/');
  });
  afterAll(() => rm(folder, { recursive: true }));

  it('are an exact table: known types under their mount, pages also without their ending', () => {
    expect([...files.keys()].toSorted()).toEqual([
      '/app/',
      '/app/about',
      '/app/about.html',
      '/app/assets/app.js',
      '/app/index.html',
    ]);
  });

  it('forbid everything from elsewhere, and are kept by browsers only where their name is their content', () => {
    const page = files.get('/app/')!;
    expect(page.headers?.['content-security-policy']).toContain("default-src 'none'");
    expect(page.headers?.['cache-control']).toBe('no-cache');
    expect(files.get('/app/assets/app.js')?.headers?.['cache-control']).toContain('immutable');
  });
});
