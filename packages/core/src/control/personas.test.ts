import { describe, expect, it } from 'vitest';
import { isTthError } from '../domain/errors.ts';
import { builtInPersonas, checkPersona, overlayPersonas, parsePersona } from './personas.ts';

const nora = {
  id: 'nora',
  name: 'Nora',
  systemPrompt: 'You are Nora.',
  language: 'en_gb',
  identity: 'mira',
  voices: { espeak: 'nell' },
};

describe('a persona as it is written', () => {
  it('may have its controls in any notation', () => {
    const { controls, language } = parsePersona(
      { ...nora, controls: { character: { rate: '+10%' }, emotion: { label: 'joyful' } } },
      'nora.yaml',
    );

    expect(language).toBe('en-GB');
    expect(controls).toEqual({ character: { rate: 1.1 }, emotion: { label: 'happy' } });
  });

  it('is refused with its source and every field that is wrong', () => {
    const written = {
      ...nora,
      id: 'Nora!',
      langauge: 'en',
      fillers: ['Hm.', ''],
      controls: { character: { rate: 'quick' }, emotion: { label: 'purple' } },
    };

    const thrown = (() => {
      try {
        return parsePersona(written, 'personas/nora.yaml');
      } catch (error) {
        return error;
      }
    })();

    expect(isTthError(thrown) && thrown.code).toBe('config.invalid');
    expect(isTthError(thrown) && thrown.details).toEqual({
      source: 'personas/nora.yaml',
      problems: expect.arrayContaining([
        expect.stringMatching(/^id: /),
        expect.stringMatching(/^controls\.character\.rate: Expected a factor/),
        expect.stringMatching(/^controls\.emotion\.label: Expected one of/),
        expect.stringMatching(/^fillers\.1: /),
        expect.stringMatching(/langauge/),
      ]),
    });
  });

  it('is what ships with TTH, too', () => {
    for (const persona of builtInPersonas) expect(checkPersona(persona)).toEqual({ persona });
  });
});

describe('personas over personas', () => {
  it('replace those of their id in place and come after the others', () => {
    const otto = { ...nora, id: 'otto' };

    const ids = overlayPersonas(builtInPersonas, [nora, otto]);

    expect(ids.map(({ id }) => id)).toEqual(['mira', 'otto', 'zuri', 'nora']);
    expect(ids[1]).toBe(otto);
  });
});
