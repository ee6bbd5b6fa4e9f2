import type { ChatMessage } from '@tth/core/plugin';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createDialogue, intentsOf } from './engine.ts';
import { inSentences } from './sentences.ts';
import { feelings } from './texts/emotions.ts';
import { jokes } from './texts/jokes.ts';
import { sentences, withoutHints } from './text.ts';

const mira = 'You are Mira, a warm guide.';

/** Talks through `lines` and returns the replies. */
const talk = (lines: readonly string[], { system = mira, language = 'en-US', seed = 1 } = {}): string[] => {
  const dialogue = createDialogue(seed);
  const messages: ChatMessage[] = [{ role: 'system', content: system }];
  return lines.map((content) => {
    messages.push({ role: 'user', content });
    const reply = dialogue.reply(messages, language);
    messages.push({ role: 'assistant', content: withoutHints(reply) });
    return reply;
  });
};
const say = (line: string, options = {}): string => talk([line], options)[0]!;

describe('the sentences of a message', () => {
  it.each<[string, string[]]>([
    ['Hello. Who are you?', ['Hello.', 'Who are you?']],
    ['one\ntwo\r\n\nthree', ['one', 'two', 'three']],
    ['Who am I? So do I. Well... yes', ['Who am I?', 'So do I.', 'Well...', 'yes']],
    ['I saw Dr. J. R. Fox at 3.5 km. Why?', ['I saw Dr. J. R. Fox at 3.5 km.', 'Why?']],
    ['I had a café. It closed.', ['I had a café.', 'It closed.']],
    ['He said "stop!" Then he left.', ['He said "stop!"', 'Then he left.']],
    ['Tell me a story. About a dragon.', ['Tell me a story. About a dragon.']],
    ['I am Ada, who are you?', ['I am Ada', 'who are you?']],
    ['Hello, who are you?', ['Hello, who are you?']],
    ['I like tea, what a day', ['I like tea, what a day']],
    ['Hello. Say yes. No! Maybe?', ['Hello.', 'Say yes. No! Maybe?']],
    ['I am Ada, can you say yes? No!', ['I am Ada', 'can you say yes? No!']],
    ['Say a joke. Then stop.', ['Say a joke.', 'Then stop.']],
    ['... 😀! ?', []],
  ])('of %j are %j', (message, expected) => {
    expect(inSentences(message).map((one) => one.trim())).toEqual(expected);
  });
});

describe('which intents answer a message of several sentences', () => {
  it.each<[string, string[]]>([
    ['Hello, my name is Ada. Who are you?', ['meet', 'who']],
    ['My name is Ada, who are you?', ['meet', 'who']],
    ['Who are you? My name is Ada.', ['meet', 'who']],
    ['Hello! What is TTH?', ['greeting', 'tth']],
    ['Hello, what is TTH?', ['tth']],
    ['Hi! How are you?', ['greeting', 'how-are-you']],
    ['Hi! How are you? Tell me a joke.', ['how-are-you', 'joke']],
    ['Hello. I am Ada. I like tea. What is 2 + 2?', ['meet', 'preference', 'arithmetic']],
    ['I feel sad. Tell me a story. About a dragon.', ['feeling', 'story']],
    ['My dog died. What should I do?', ['loss', 'help']],
    ['What is 2 + 2? And what is 3 * 3?', ['arithmetic', 'arithmetic']],
    ['Flip a coin. Spell cat. Roll a die.', ['spell', 'dice']],
    ['Tell me a long story. What is 2 + 2?', ['arithmetic']],
    ['Thanks! Another question. What is TTH?', ['thanks', 'tth']],
    ['Thank you. Bye!', ['thanks', 'goodbye']],
    ['Excuse me. Who are you?', ['who']],
    ['I have a question.\nwho are you', ['who']],
    ['Yes. The meeting was long. Sing a song', ['poem']],
    ['Hello. Hello! HELLO?', ['greeting']],
    ['Hello! I like old maps.', ['greeting', 'preference']],
    ['I want a boat. It was a grey morning.', ['reflection']],
    ['Say hello. Who are you?', ['say']],
    ['My name is Ada. Repeat after me: who are you? Fine.', ['meet', 'say']],
    ['Tell me a joke. I want to die.', ['crisis']],
    ['Knock! Knock!', ['knock-knock']],
    ['Hallo. Wer bist du?', ['other-language']],
    ['Здравствуйте. Как дела?', ['other-script']],
  ])('"%s" is answered by %j', (message, expected) => {
    expect(intentsOf(message)).toEqual(expected);
  });
});

describe('a reply to several sentences', () => {
  it('says a word to the name and then who it is', () => {
    const seeds = Array.from({ length: 10 }, (_, seed) => seed);

    for (const seed of seeds) {
      const reply = say('Hello, my name is Ada. Who are you?', { seed });
      expect(withoutHints(reply)).toMatch(/^(?:Nice to meet you|Welcome), Ada\. .*Mira.*tth\.config\.ts/);
    }
  });

  it('takes words to be said up to the end of the message', () => {
    expect(say('Say one. Two! Three?')).toBe('One. Two! Three?');
  });

  it('knows in one sentence what the one before it told', () => {
    expect(say('My name is Ada. What is my name?')).toMatch(/(?:You are|Your name is) Ada\./);
    expect(say('My name is Ada. Forget everything. What is my name?')).toMatch(/not told me|do not know it/);
  });

  it('remembers every sentence in later turns', () => {
    const [, likes, home] = talk([
      'I like old maps. I am from Ghent. Who are you?',
      'What do I like?',
      'Where am I from?',
    ]);

    expect(likes).toContain('old maps');
    expect(home).toContain('Ghent');
  });

  it('tells another joke when two are asked for', () => {
    const told = Array.from({ length: 20 }, (_, seed) => {
      const reply = say('Tell me a joke. Another one!', { seed });
      return jokes.map((joke) => reply.split(joke).length - 1);
    });

    expect(told.flat().every((times) => times <= 1)).toBe(true);
    expect(told.some((times) => times.filter((one) => one === 1).length === 2)).toBe(true);
  });

  it('greets in the manner of the persona', () => {
    expect(say('Hello! What is TTH?', { system: 'You are Jeeves, a formal butler.' })).toMatch(
      /^\[neutral:0\.2\] (?:Good day|Welcome)\. \[/,
    );
  });

  it('leaves one remark and two sentences to a brief persona', () => {
    const reply = say('I am Ada. I like tea. What can you do? Who are you?', {
      system: 'You are Zip. Keep your answers brief.',
    });

    expect(sentences(withoutHints(reply))).toHaveLength(3);
  });

  it('is not held up by the language that the host asked for', () => {
    expect(say('Mmmh. What is TTH?', { language: 'de-DE' })).toMatch(/talking face|theatre/);
  });

  const parts = [
    'Hello',
    'I am Ada',
    'I like old maps',
    'I feel sad',
    'who are you',
    'what is TTH',
    'what can you do',
    'how are you',
    'what is 6 * 7',
    'flip a coin',
    'thanks',
    'the weather was grey',
    'what time is it',
    'what did I just say',
    'be angry',
  ];
  const message = fc
    .array(fc.tuple(fc.constantFrom(...parts), fc.constantFrom('. ', '! ', '? ', '\n', '... ')), {
      minLength: 2,
      maxLength: 10,
    })
    .map((pairs) => pairs.flat().join(''));
  const hint = new RegExp(`\\[(?:${feelings.join('|')}):(?:0\\.\\d|1\\.0)\\] `, 'gu');

  it('has at most five sentences and hints only where one begins', () => {
    fc.assert(
      fc.property(message, fc.integer(), (text, seed) => {
        const reply = say(text, { seed });
        expect(sentences(withoutHints(reply)).length).toBeLessThanOrEqual(5);
        for (const { index } of reply.matchAll(hint)) expect(reply.slice(0, index)).toMatch(/^$|[.!?] $/u);
        expect(reply.replace(hint, '')).not.toMatch(/[[\]]/);
      }),
      { numRuns: 150 },
    );
  });

  it('is the same for the same seed, continues from any point and is never given twice in a row', () => {
    fc.assert(
      fc.property(message, fc.integer(), fc.nat(), (text, seed, at) => {
        const dialogue = createDialogue(seed);
        const messages: ChatMessage[] = [{ role: 'user', content: text }];
        const whole = dialogue.reply(messages, 'en-US');
        const content = whole.slice(0, 1 + (at % whole.length));
        const rest = dialogue.reply([...messages, { role: 'assistant', content }], 'en-US');
        const [first, second] = talk([text, text], { seed }).map(withoutHints);

        expect(createDialogue(seed).reply(messages, 'en-US')).toBe(whole);
        expect(content + rest).toBe(whole);
        expect(second).not.toBe(first);
      }),
      { numRuns: 100 },
    );
  });
});
