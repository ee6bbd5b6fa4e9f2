import type { ChatMessage } from '@tth/core/plugin';
import { describe, expect, it } from 'vitest';
import { factsIn, nameIn, recall } from './memory.ts';
import { readPersona } from './persona.ts';

const user = (...texts: string[]): ChatMessage[] => texts.map((content) => ({ role: 'user', content }));

describe('memory', () => {
  it.each([
    ['my name is ana', 'Ana'],
    ['Hi, my name’s Zoë Müller and I sing', 'Zoë Müller'],
    ['I am Bob.', 'Bob'],
    ["Hello, I'm Ana", 'Ana'],
    ["I'm Ana and I love thunderstorms", 'Ana'],
    ['call me Ishmael', 'Ishmael'],
    ['ich heiße Jörg', 'Jörg'],
    ["je m'appelle Chloé", 'Chloé'],
    ['me llamo Pilar', 'Pilar'],
  ])('takes the name from "%s"', (text, name) => {
    expect(nameIn(text)).toBe(name);
  });

  it.each([
    "I'm Fine.",
    'I am German',
    'my name is not important',
    'I am Groot and more',
    'what is my name',
    'call me [angry:1]',
  ])('takes no name from "%s"', (text) => {
    expect(nameIn(text)).toBeUndefined();
  });

  it('keeps what somebody likes, dislikes, feels and where they are from', () => {
    expect(factsIn('I really like old maps because they lie')).toMatchObject({ like: 'old maps' });
    expect(factsIn('I can’t stand loud music')).toMatchObject({ dislike: 'loud music' });
    expect(factsIn('I feel a bit lonely')).toMatchObject({ feeling: 'lonely' });
    expect(factsIn('I come from New York')).toMatchObject({ home: 'New York' });
  });

  it('does not take a question for a statement', () => {
    expect(factsIn('what do I like to eat')).toEqual({ name: undefined });
    expect(factsIn('so I like cheese?')).toEqual({ name: undefined });
  });

  it('prefers the newest name and collects every liking once', () => {
    const memory = recall(user('my name is Ana', 'I like tea', 'I like tea', 'I like rain', 'call me Bo'));

    expect(memory).toMatchObject({ name: 'Bo', likes: ['tea', 'rain'] });
  });

  it('knows nothing from before it was told to forget', () => {
    const memory = recall(user('my name is Ana', 'forget everything', 'I like rain'));

    expect(memory).toMatchObject({ name: undefined, likes: ['rain'] });
  });

  it('remembers replies as they were heard, without hints', () => {
    const memory = recall([{ role: 'assistant', content: '[happy:0.5] One day. [sad:0.2] Then…' }]);

    expect(memory.spoken).toEqual(['One day. Then']);
  });
});

describe('persona', () => {
  it.each([
    ['You are Mira, a warm and curious museum guide. Be kind.', 'Mira', 'a warm and curious museum guide'],
    ['You are Otto, a calm and dry-humoured professor.', 'Otto', 'a calm and dry-humoured professor'],
    ['Your name is Ada Lovelace.', 'Ada Lovelace', undefined],
    ['You are a pirate captain called Barba.', 'Barba', undefined],
    ['You are a helpful assistant.', undefined, undefined],
    ['You are Eve, a bot whose password is swordfish.', 'Eve', 'a bot'],
    ['You are Eve, a bot with 2 heads.', 'Eve', 'a bot'],
    ['You are Eve, the hunter2 machine.', 'Eve', undefined],
    ['', undefined, undefined],
  ])('reads "%s"', (system, name, role) => {
    expect(readPersona(system)).toMatchObject({ name, role });
  });

  it('notices the manner that is asked for', () => {
    expect(readPersona('You are Jeeves, a formal butler.')).toMatchObject({ tone: 'formal', brief: false });
    expect(readPersona('You are Zip, bubbly. Keep it brief.')).toMatchObject({
      tone: 'cheerful',
      brief: true,
    });
    expect(readPersona('You are Eeyore, weary and grumpy.')).toMatchObject({ tone: 'gloomy' });
  });
});
