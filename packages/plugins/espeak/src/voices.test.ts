import loadModule from '@echogarden/espeak-ng-emscripten';
import { describe, expect, it } from 'vitest';
import { espeakLanguages, espeakVariants, primaryTags, resolveLanguage, resolveVariant } from './voices.ts';

const variantFolder = '/usr/share/espeak-ng-data/voices/!v';

describe('languages', () => {
  it('are those of the installed synthesizer, by names that it takes', async () => {
    const module = await loadModule();
    const espeak = new module.eSpeakNGWorker();
    const names = espeak.list_voices().map(({ identifier }) => identifier.split('/').at(-1)!.toLowerCase());

    expect([...espeakLanguages].sort()).toEqual(names.sort());
    expect(espeakLanguages.filter((name) => espeak.set_voice(name) !== 0)).toEqual([]);
  });

  it.each([
    ['en-US', 'en-us'],
    ['en', 'en-us'],
    ['en-GB', 'en'],
    ['en_CA', 'en-us'],
    ['de-AT', 'de'],
    ['fr-CH', 'fr-ch'],
    ['pt-BR', 'pt-br'],
    ['pt-PT', 'pt'],
    ['es-419', 'es-419'],
    ['es-MX', 'es-419'],
    ['es-ES', 'es'],
    ['zh-Hans-CN', 'cmn'],
    ['zh-HK', 'yue'],
    ['nn-NO', 'nb'],
    ['cmn', 'cmn'],
  ])('%s is spoken as %s', (tag, name) => {
    expect(resolveLanguage(tag)).toBe(name);
  });

  it('are refused by name when unknown, with those that are known', () => {
    expect(() => resolveLanguage('tlh-QQ')).toThrow(
      expect.objectContaining({
        code: 'provider.rejected',
        details: { language: 'tlh-QQ', languages: primaryTags },
      }),
    );
  });
});

describe('voices', () => {
  it('are the variants of the installed synthesizer', async () => {
    const { FS } = await loadModule();

    const files = FS.readdir(variantFolder).filter((name) => !name.startsWith('.'));

    expect([...espeakVariants].sort()).toEqual(files.sort());
  });

  it('have names of our own beside those of the synthesizer', () => {
    expect([resolveVariant('ava'), resolveVariant('f3')]).toEqual(['f2', 'f3']);
  });

  it('are refused when unknown', () => {
    expect(() => resolveVariant('toString')).toThrow(expect.objectContaining({ code: 'provider.rejected' }));
  });
});
