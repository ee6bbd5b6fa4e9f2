import { foldWords } from './fold.ts';
import { type Rail, allowed, refused } from './rail.ts';

const isWide = /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Thai}]/u;

/** Refuses a text that names one of `topics`: whole words in any case and accent, or anywhere in scripts without spaces. */
export const blockedTopicsRail = (topics: readonly string[]): Rail => {
  const phrases = topics.map((topic) => foldWords(topic).join(' ')).filter((phrase) => phrase !== '');
  return {
    id: 'blocked_topics',
    inspect: (text) => {
      if (phrases.length === 0) return allowed;
      const folded = ` ${foldWords(text).join(' ')} `;
      const names = (phrase: string): boolean =>
        folded.includes(isWide.test(phrase) ? phrase : ` ${phrase} `);
      return phrases.some(names) ? refused : allowed;
    },
  };
};
