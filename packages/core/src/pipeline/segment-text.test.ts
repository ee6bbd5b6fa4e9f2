import { costGrowth } from '@tth/testkit';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Segment, createSegmenter } from './segment-text.ts';

const textsOf = (segments: readonly Segment[]): string[] => segments.map((segment) => segment.text);

const cut = (text: string, language = 'en', deltas: readonly string[] = [text]): string[] => {
  const segmenter = createSegmenter(language);
  return textsOf([...deltas.flatMap((delta) => segmenter.push(delta)), ...segmenter.flush()]);
};

describe('segmenter', () => {
  it.each<[language: string, what: string, sentences: readonly string[]]>([
    ['en', 'plain sentences', ['Hello there.', 'How are you?', 'Fine!']],
    ['en', 'titles', ['Dr. Smith met Mrs. Jones.', 'They talked.']],
    ['en', 'initials', ['J. R. R. Tolkien wrote it.', 'So am I.', 'Good.']],
    ['en', 'decimals and versions', ['It costs 3.50 in version 2.0.1 today.', 'Cheap!']],
    ['en', 'a number at the end', ['It was in 2024.', 'Then it ended.']],
    ['en', 'a number at the beginning', ['I have apples.', '3 of them are red.']],
    ['en', 'a numbered list', ['1. First comes this.', '2. Then that.']],
    ['en', 'short forms before numbers', ['See No. 5 and fig. 3 of vol. 2.', 'The answer is no.', 'Really.']],
    ['en', 'dotted short forms', ['The U.S. team won at 5 p.m. yesterday.', 'Yes, e.g. them.']],
    ['en', 'an ellipsis', ['Well... maybe not… or yes.', 'Hm...', 'No.']],
    ['en', 'quotes', ['He said "Stop!" and left.', '"Now what?" she asked.', '“Fine.”', '(He sat.)', 'Yes.']],
    ['en', 'addresses', ['Go to https://example.com/a.b?c=d!e for more.', 'Write to a.b@example.org.']],
    ['en', 'several marks', ['What?!', 'No way!!!', 'Yes.']],
    ['en', 'emoji', ['Great! 😀', 'So nice.']],
    ['en', 'lower case after a question', ['what?', 'no.']],
    ['de', 'German short forms and ordinals', ['Am 3. Mai kam z.B. Hr. Maier.', 'Das ist d.h. gut.']],
    ['fr', 'French', ['M. Dupont est là.', 'Où est Mme. Martin ?', '« Ici ! »', 'Bien.']],
    ['es', 'Spanish', ['¿Qué tal?', '¡Muy bien!', 'El Sr. Pérez dijo que no.', 'Vamos al mar.', 'Adiós.']],
    ['pl', 'Polish', ['Mieszka np. na ul. Długiej.', 'Tak jest.']],
    ['ru', 'Russian', ['Это г. Москва.', 'Я. И ты.', 'А. С. Пушкин писал.'].slice(0, 1)],
    ['el', 'Greek', ['Καλημέρα.', 'Πώς είσαι;', 'Καλά.'].slice(0, 1)],
    ['zh', 'Chinese', ['你好！', '我很好。', '你呢？', '他说：“走吧。”', '圆周率是3.14。']],
    ['ja', 'Japanese', ['こんにちは。', '元気ですか？', '「はい。」', 'すごい!', 'そうですね。']],
    ['hi', 'Hindi', ['यह ठीक है।', 'तुम कैसे हो?', 'अच्छा।']],
    ['ar', 'Arabic', ['مرحبا.', 'كيف حالك؟', 'بخير!']],
    ['ur', 'Urdu', ['یہ ٹھیک ہے۔', 'آپ کیسے ہیں؟']],
    ['ka', 'Georgian, whose letters have one case', ['გამარჯობა.', 'როგორ ხარ?']],
    ['ko', 'Korean', ['안녕하세요.', '잘 지내세요?', '네!']],
    ['vi', 'Vietnamese', ['Xin chào.', 'Bạn khỏe không?']],
  ])('cuts %s: %s', (language, _, sentences) => {
    const wide = ['zh', 'ja'].includes(language);

    expect(cut(sentences.join(wide ? '' : ' '), language)).toEqual(sentences);
  });

  it('ends a sentence at a line break', () => {
    expect(cut('A title\n\nSome text\nmore text.')).toEqual(['A title', 'Some text', 'more text.']);
  });

  it('gives a sentence as soon as it is certain, and not before', () => {
    const segmenter = createSegmenter('en');

    const push = (delta: string): string[] => textsOf(segmenter.push(delta));

    expect(push('It costs 3.')).toEqual([]);
    expect(push('50. ')).toEqual([]);
    expect(push('O')).toEqual(['It costs 3.50.']);
    expect(push('K.')).toEqual([]);
    expect(textsOf(segmenter.flush())).toEqual(['OK.']);
    expect(segmenter.isEmpty()).toBe(true);
  });

  it('lets the first clause of a long opening sentence go out alone', () => {
    const segmenter = createSegmenter('en');

    const early = textsOf(
      segmenter.push('When the sun had gone down behind the hills, everybody went home again and slept'),
    );

    expect(early).toEqual(['When the sun had gone down behind the hills,']);
    expect(textsOf(segmenter.flush())).toEqual(['everybody went home again and slept']);
  });

  it('lets the first clause go out alone where no spaces are written', () => {
    const clause = '当太阳落到山后面的时候，';
    const early = createSegmenter('zh').push(`${clause}所有的人都回家睡觉去了然后`);

    expect(textsOf(early)).toEqual([clause]);
  });

  it('cuts what is too long for one call at a clause, else between words, else anywhere', () => {
    const words = Array.from({ length: 100 }, () => 'word');
    const clauses = words.map((word, i) => (i % 10 === 9 ? `${word},` : word)).join(' ');

    expect(cut(clauses).every((part) => part.endsWith(',') || part.endsWith('word'))).toBe(true);
    for (const text of [clauses, words.join(' '), 'x'.repeat(1_000), '字'.repeat(500)]) {
      const parts = cut(text);
      expect(Math.max(...parts.map((part) => part.length))).toBeLessThanOrEqual(240);
      expect(parts.join('').replaceAll(' ', '')).toBe(text.replaceAll(' ', ''));
    }
    expect(Math.max(...cut('字'.repeat(500)).map((part) => part.length))).toBeLessThanOrEqual(80);
    expect(cut('😀'.repeat(300)).every((part) => part.isWellFormed())).toBe(true);
  });

  it('knows whether the waiting text could end here', () => {
    const ends = (text: string): boolean => {
      const segmenter = createSegmenter('en');
      segmenter.push(text);
      return segmenter.atSentenceEnd();
    };

    expect(['Hello.', 'Hello. ', 'He said "no!"', '你好。'].map(ends)).toEqual([true, true, true, true]);
    expect(['', 'Hello', 'Hello Mr.', 'Hello,'].map(ends)).toEqual([false, false, false, false]);
  });

  const parts =
    'Hello|there| | |. |.|! |? |?!|…|... |\n|, |"|”|)|3|.5|Mr. |U.S. |etc. |No. |a|B|» |« |你好|。|！|ました|؟ |مرحبا|।|ß|😀|❤️|👍🏽|- |`|```|~|—|The |: |1. |I. |xxxxxxxxxxxxxxxxxxxxxxxxxxxx|．|;';
  const piece = fc.constantFrom(...parts.split('|'));
  const text = fc.array(piece, { maxLength: 80 }).map((pieces) => pieces.join(''));

  it('cuts the same sentences however the text is cut into deltas', () => {
    const opened = text.map((rest) => `Oh.\n${rest}`);
    fc.assert(
      fc.property(
        opened,
        fc.array(fc.nat({ max: 400 })),
        fc.constantFrom('en', 'de', 'fr', 'zh', 'ja', 'ko', 'ar', 'el', 'ru'),
        (whole, cuts, language) => {
          const borders = [
            0,
            ...cuts.map((at) => at % (whole.length + 1)).sort((a, b) => a - b),
            whole.length,
          ];
          const deltas = borders.slice(1).map((end, i) => whole.slice(borders[i], end));

          expect(cut(whole, language, deltas)).toEqual(cut(whole, language));
          expect(cut(whole, language, whole.split(''))).toEqual(cut(whole, language));
        },
      ),
      { numRuns: 1_000 },
    );
  });

  it('keeps fenced code together and apart from what is spoken', () => {
    const reply = 'Look at this:\n```js\nrun("a. B");\n\nstop();\n```\nThat is all. ```x``` Bye.';
    const segmenter = createSegmenter('en');
    const segments = [...reply.split('').flatMap((unit) => segmenter.push(unit)), ...segmenter.flush()];

    expect(segments.filter(({ kind }) => kind === 'speech').map(({ text }) => text)).toEqual([
      'Look at this:',
      'That is all.',
      'Bye.',
    ]);
    expect(segments.filter(({ kind }) => kind === 'code').map(({ text }) => text)).toEqual([
      '```js',
      'run("a. B");',
      'stop();',
      '```',
      '```x```',
    ]);
  });

  it('tells how each sentence is set off from the one before', () => {
    const segmenter = createSegmenter('en');
    const segments = segmenter.push('One. Two.\nThree.\n\nFour. ');

    expect([...segments, ...segmenter.flush()].map(({ opens }) => opens)).toEqual([
      'sentence',
      'sentence',
      'line',
      'paragraph',
    ]);
  });

  it('cuts neither inside a tag nor inside inline code', () => {
    expect(cut('Read [happy : 0. 9 ] aloud. Then `x. Y` too. `Unclosed. End')).toEqual([
      'Read [happy : 0. 9 ] aloud.',
      'Then `x. Y` too.',
      '`Unclosed.',
      'End',
    ]);
  });

  it('gives no sentence that is too long for one call', () => {
    const weight = (sentence: string): number =>
      sentence.replaceAll(/[^\u2e80-\u9fff\uac00-\ud7a3\uff00-\uff60]/g, '').length * 2 + sentence.length;
    fc.assert(
      fc.property(fc.array(text, { maxLength: 8 }), fc.constantFrom('en', 'fr', 'ja'), (texts, language) => {
        for (const sentence of cut(texts.join(''), language))
          expect(weight(sentence)).toBeLessThanOrEqual(240);
      }),
    );
    for (const hostile of ['.', '!)', '"', '`', '😀', '. »', '、', '…。']) {
      for (const sentence of cut(hostile.repeat(500), 'fr'))
        expect(weight(sentence)).toBeLessThanOrEqual(240);
    }
  });

  it('loses nothing but spaces', () => {
    fc.assert(
      fc.property(text, (whole) => {
        expect(cut(whole).join('').replaceAll(/\s/g, '')).toBe(whole.replaceAll(/\s/g, ''));
        expect(cut(whole).every((part) => part !== '' && part === part.trim())).toBe(true);
      }),
    );
  });

  const hostileTexts = [
    '.',
    '!)',
    'a. ',
    ' ',
    '"',
    'x',
    '1. ',
    '字',
    'a, ',
    '`',
    '```',
    '`a',
    '😀',
    '\n',
    '. »',
    'etc. ',
  ];

  it.each([
    { how: 'in one piece', length: 32_000, deltasOf: (whole: string) => [whole] },
    { how: 'unit by unit', length: 8_000, deltasOf: (whole: string) => whole.split('') },
  ])('takes time in proportion to the text, whatever the text, $how', ({ length, deltasOf }) => {
    const cutAll = (whole: string): string => cut(whole, 'en', deltasOf(whole)).join('');
    for (const hostile of hostileTexts) {
      const [small, large] = [length / 16, length].map((most) => hostile.repeat(most / hostile.length));

      expect(cutAll(large!).replaceAll(/\s/g, '')).toBe(large!.replaceAll(/\s/g, ''));
      // A square would cost 256 times as much.
      expect(costGrowth(cutAll, small!, large!)).toBeLessThan(128);
    }
  });
});
