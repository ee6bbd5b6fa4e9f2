import { costGrowth } from '@tth/testkit';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { chooseHintFormat, createStructuredReader, spokenReplyFormat } from './structured-reply.ts';
import { createHintReader } from './style-hints.ts';

const read = (deltas: readonly string[]): string => {
  const reader = createStructuredReader();
  return deltas.map((delta) => reader.push(delta)).join('') + reader.flush();
};

/** What is spoken of it, without the tags. */
const spoken = (deltas: readonly string[]): string => {
  const tags = createHintReader();
  return [...tags.push(read(deltas)), ...tags.flush()]
    .map((piece) => (piece.type === 'text' ? piece.text : ''))
    .join('');
};

const cut = (whole: string, cuts: readonly number[]): string[] => {
  const borders = [0, ...cuts.map((at) => at % (whole.length + 1)).sort((a, b) => a - b), whole.length];
  return borders.slice(1).map((end, i) => whole.slice(borders[i], end));
};

const hello = { emotion: 'happy', intensity: 0.7, text: 'Hello there.' };
const bye = { emotion: 'sad', intensity: 1, text: 'Good bye.' };
const both = '[happy:0.70] Hello there. [sad:1.00] Good bye.';

describe('a reply in JSON', () => {
  it.each<[what: string, reply: string, text: string]>([
    ['an object of segments', JSON.stringify({ segments: [hello, bye] }), both],
    ['a bare array', JSON.stringify([hello, bye]), both],
    ['a bare segment', JSON.stringify(hello), '[happy:0.70] Hello there.'],
    ['segments one after the other', `${JSON.stringify(hello)}\n${JSON.stringify(bye)}`, both],
    ['pretty JSON', JSON.stringify({ segments: [hello, bye] }, null, 8), both],
    ['fenced JSON', `\`\`\`json\n${JSON.stringify([hello, bye])}\n\`\`\``, both],
    ['JSON after a preamble', `Sure: ${JSON.stringify([hello, bye])}`, `Sure: ${both}`],
    ['JSON before other words', `${JSON.stringify([hello, bye])} That is all.`, both],
    ['JSON as the text of JSON', JSON.stringify({ text: JSON.stringify([hello, bye]) }), both],
    ['no feeling', '{"text":"Hi."}', 'Hi.'],
    ['an unknown feeling', '{"emotion":"bored","intensity":1,"text":"Hi."}', 'Hi.'],
    ['an intensity out of range', '{"emotion":"sad","intensity":7e9,"text":"Hi."}', '[sad:1.00] Hi.'],
    ['an intensity in quotes', '{"emotion":"sad","intensity":"0.2","text":"Hi."}', '[sad:0.20] Hi.'],
    ['a feeling that comes too late', '{"text":"Hi.","emotion":"sad","intensity":1}', 'Hi.'],
    ['unknown keys', '{"voice":"x","a":{"b":["c"]},"text":"Hi.","url":"file:///"}', 'Hi.'],
    ['escapes', String.raw`{"text":"a\"b\\c\u00e9\ud83d\ude00\/d\ne"}`, 'a"b\\cé😀/d\ne'],
    ['tags in its text', '{"text":"[sad:0.5] Oh."}', '[sad:0.5] Oh.'],
    ['braces in its text', '{"text":"Write {x} here."}', 'Write x here.'],
    [
      'an end in the middle',
      '{"segments":[{"emotion":"sad","intensity":1,"text":"I was say',
      '[sad:1.00] I was say',
    ],
    ['an end inside an escape', String.raw`{"text":"caf\u00e`, 'caf'],
    ['a beginning in the middle', 'nsity":0.7,"text":"Hi."}', 'nsity Hi.'],
    ['a quotation mark too many', '{"text":"He said "hi" to me.","x":1},{"text":"Bye."}', 'He said Bye.'],
    ['nothing', '', ''],
    ['an empty list', '{"segments":[]}', ''],
  ])('with %s is its words with its feelings as tags', (_what, reply, text) => {
    expect(read([reply])).toBe(text);
    expect(read(reply.split(''))).toBe(text);
  });

  it.each([
    'Hello there. How are you?',
    '[happy:0.5] Hello! [sad] Oh.',
    '3 apples and 1.5 pears, "text" and emotion.',
    '"Hello," she said: "it is late."',
    'a [1] b `code` c',
    '你好。',
  ])('that is none passes as it is: %j', (reply) => {
    expect(read([reply])).toBe(reply);
    expect(read(reply.split(''))).toBe(reply);
  });

  it('is spoken while it is written', () => {
    const reader = createStructuredReader();

    const pieces = ['{"segments":[{"emotion":"sad",', '"intensity":0.5,"text":"I ', 'am'].map(reader.push);

    expect(pieces).toEqual(['', '[sad:0.50] I ', 'am']);
  });

  const sentence = fc
    .array(
      fc.constantFrom('one', 'two', 'three', 'ünïcode', '你好', '"quoted"', 'back\\slash', '😀', 'a\nb'),
      {
        minLength: 1,
        maxLength: 6,
      },
    )
    .map((words) => `${words.join(' ')}.`);
  const segment = fc.record({
    emotion: fc.constantFrom('happy', 'sad', 'neutral'),
    intensity: fc.double({ min: 0, max: 1, noNaN: true }),
    text: sentence,
  });
  const segments = fc.array(segment, { minLength: 1, maxLength: 4 });
  const written = fc
    .tuple(segments, fc.constantFrom(undefined, 2), fc.boolean())
    .map(([list, indent, bare]) => JSON.stringify(bare ? list : { segments: list }, null, indent));
  const cuts = fc.array(fc.nat({ max: 2_000 }), { maxLength: 20 });

  it('reads the same however it is cut, and says every word', () => {
    fc.assert(
      fc.property(segments, cuts, (list, at) => {
        const reply = JSON.stringify({ segments: list });

        expect(read(cut(reply, at))).toBe(read([reply]));
        expect(spoken(cut(reply, at))).toBe(list.map(({ text }) => text).join(' '));
      }),
    );
  });

  it('is spoken up to where it ends, wherever that is', () => {
    fc.assert(
      fc.property(written, fc.nat({ max: 2_000 }), (reply, end) => {
        const whole = spoken([reply]);

        const part = spoken([reply.slice(0, end)]);

        expect(whole.startsWith(part)).toBe(true);
      }),
    );
  });

  const garbage = fc.oneof(
    fc.string({
      unit: fc.constantFrom('{', '}', '[', ']', '"', ',', ':', '\\', ' ', '\n', '0', '.', 'e', '-'),
    }),
    fc.string({ unit: 'grapheme', maxLength: 10 }),
    fc.constantFrom('null', '"text', '"text":', '{"', '```json', '\u0000', '\ud800', '"}]}'),
  );
  const damage = fc.array(
    fc.record({ at: fc.nat({ max: 2_000 }), remove: fc.nat({ max: 12 }), insert: garbage }),
    { maxLength: 4 },
  );
  const damaged = fc.tuple(written, damage).map(([reply, harms]) =>
    harms.reduce((text, { at, remove, insert }) => {
      const place = at % (text.length + 1);
      return text.slice(0, place) + insert + text.slice(place + remove);
    }, reply),
  );

  it('never throws and never says a brace or a key of it, whatever is wrong with it', () => {
    fc.assert(
      fc.property(damaged, cuts, (reply, at) => {
        const text = read(cut(reply, at));

        expect(text).not.toMatch(/[{}]/);
        expect(text).not.toMatch(/"(?:segments|emotion|intensity|text)"\s*:/);
      }),
      { numRuns: 1_000 },
    );
  });

  it('takes time in proportion to its length', () => {
    for (const bait of ['"', '{"', '[[', '{"text":"a"},', ' "text" ', '`', '1.']) {
      const [small, large] = [2_048, 32_768].map((length) => bait.repeat(length / bait.length));

      // A square would cost 256 times as much.
      expect(costGrowth((reply) => read([reply]), small!, large!)).toBeLessThan(128);
    }
  });
});

describe('the format that a model is asked for', () => {
  it.each([
    ['tags', true, false, 'tags'],
    ['structured', true, true, 'structured'],
    ['structured', false, false, 'tags'],
    ['auto', true, false, 'structured'],
    ['auto', true, true, 'tags'],
    ['auto', false, false, 'tags'],
  ] as const)('by policy %s, structured %s, with tools %s: %s', (policy, structured, tools, format) => {
    expect(chooseHintFormat(policy, structured, tools)).toBe(format);
  });

  it('has a schema that strict servers take: everything required, nothing else allowed, no ranges', () => {
    const text = JSON.stringify(spokenReplyFormat.schema);

    expect(text.match(/"type":"object"/g)).toHaveLength(text.match(/"additionalProperties":false/g)!.length);
    expect(text).not.toMatch(/minimum|maximum|default/);
  });
});
