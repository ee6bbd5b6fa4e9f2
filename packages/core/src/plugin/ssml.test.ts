import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { escapeMarkup, ssml, toUrlPart } from './ssml.ts';

const nasty = fc.oneof(
  fc.string({ unit: 'binary' }),
  fc.string({
    unit: fc.constantFrom('<', '>', '&', '"', "'", '\r', '\n', '\0', '\u2028', ']', '\ud800', 'a', ' '),
  }),
  fc.constantFrom(
    ']]>',
    '<!--',
    '</speak>',
    '&amp;',
    '" onload="',
    'a\r\nX-Key: b',
    '../..',
    '<?xml?>',
    '..',
    '.',
  ),
);

/** The text of a document and the names of its elements, by a reader that knows no entity but the five. */
const parse = (document: string): { readonly text: string; readonly tags: string[] } => {
  const tags: string[] = [];
  const text = document.replaceAll(
    /<(\/?[a-z]+)(?: [a-z:]+="[^"<>&]*(?:&(?:amp|lt|gt|quot|apos);[^"<>&]*)*")*\/?>/g,
    (_, tag: string) => {
      tags.push(tag);
      return '';
    },
  );
  return { text, tags };
};

describe('writing SSML', () => {
  it('lets no text or attribute become markup, a line or a control character', () => {
    fc.assert(
      fc.property(nasty, nasty, nasty, (text, name, language) => {
        const { ssml: document } = ssml.speak(
          language,
          ssml.voice(name, ssml.prosody({ rate: 1.2 }, text), ssml.pause(100), text),
        );

        const { text: rest, tags } = parse(document);
        expect(tags).toEqual(['speak', 'voice', 'prosody', '/prosody', 'break', '/voice', '/speak']);
        expect(rest).not.toMatch(/[<>]|&(?!(?:amp|lt|gt|quot|apos);)/);
        expect(document).not.toMatch(/[\p{Cc}\p{Zl}\p{Zp}]/u);
        expect(document.isWellFormed()).toBe(true);
      }),
    );
  });

  it('keeps every word of a text', () => {
    expect(escapeMarkup(`Tom & "Jerry" <3 it's\nfine`)).toBe(
      'Tom &amp; &quot;Jerry&quot; &lt;3 it&apos;s fine',
    );
  });

  it('writes factors as SSML has them', () => {
    expect(ssml.prosody({ rate: 0.85, pitch: 1.1, volume: 0.5 }, 'Hi').ssml).toBe(
      '<prosody rate="85%" pitch="+10%" volume="-6dB">Hi</prosody>',
    );
    expect(ssml.prosody({ volume: 0 }, 'Hi').ssml).toBe('<prosody volume="silent">Hi</prosody>');
  });
});

describe('a part of an address or the value of a header', () => {
  it('has no separator, blank, line or control character in it, and cannot leave its folder', () => {
    fc.assert(
      fc.property(nasty, (name) => {
        const part = toUrlPart(name);

        expect(part).toMatch(/^[\w.!~*'()%-]*$/);
        expect(new URL(`http://host/voices/${part}/end`).pathname).toMatch(/^\/voices\/[^/]*\/end$/);
        expect(() => new Headers({ voice: part })).not.toThrow();
      }),
    );
  });
});
