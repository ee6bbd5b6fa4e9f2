const swaps: Readonly<Record<string, string>> = {
  i: 'you',
  me: 'you',
  my: 'your',
  mine: 'yours',
  myself: 'yourself',
  your: 'my',
  yours: 'mine',
  yourself: 'myself',
};
const verbsOfI: Readonly<Record<string, string>> = { am: 'are', was: 'were' };
const verbsOfYou: Readonly<Record<string, string>> = { are: 'am', were: 'was' };
/** After these, "you" is the one it happens to. */
const takesMe = new Set(
  'to for with of about from at by on like love hate see hear tell ask know help want need miss think trust believe understand call give show'.split(
    ' ',
  ),
);

/** Normalised words seen from the other side: "i love my dog" is "you love your dog". */
export const turned = (words: string): string => {
  const source = words.split(' ');
  return source
    .map((word, index) => {
      const before = source[index - 1] ?? '';
      if (before === 'i') return verbsOfI[word] ?? word;
      if (before === 'you' && word in verbsOfYou) return verbsOfYou[word]!;
      if (word === 'you') return takesMe.has(before) || index === source.length - 1 ? 'me' : 'I';
      return swaps[word] ?? word;
    })
    .join(' ');
};

/** A kind of statement, and how to hand it back. */
export interface Reflection {
  readonly hears: RegExp;
  /** `*` stands for the rest of the sentence, turned. */
  readonly replies: readonly string[];
}

/** What to make of a statement that no intent knows. */
export const reflections: readonly Reflection[] = [
  {
    hears: /\bi (?:really )?(?:want|need|wish|would like) to (.+)$/,
    replies: ['What would it take to *?', 'What has kept you from it so far?'],
  },
  {
    hears: /\bi (?:really )?(?:want|need|wish for|would like) (.+)$/,
    replies: ['What would change if you had *?', 'Suppose that you got *. What then?'],
  },
  {
    hears: /\bi (?:think|believe|guess|suppose) (?:that )?(.+)$/,
    replies: ['What makes you think that *?', 'You may well be right that *. How did you come to it?'],
  },
  {
    hears: /\bi (?:can not|could not) (.+)$/,
    replies: [
      'What would have to happen so that you can *?',
      'Suppose you could *. What would you do first?',
    ],
  },
  {
    hears: /\bi (?:remember|dreamed|dreamt|dream) (?:of |about |that )?(.+)$/,
    replies: ['What stays with you most about that?', 'And how did it end?'],
  },
  {
    hears: /\bi (?:feel|am feeling) (.+)$/,
    replies: ['What do you think makes you feel *?', 'How long have you felt *?'],
  },
  {
    hears: /\bi am (?:a|an|the) (.+)$/,
    replies: ['What is the best part of being a *?', 'How does one become a *?'],
  },
  {
    hears: /\bi am (.+)$/,
    replies: ['How long have you been *?', 'And how is it, being *?'],
  },
  {
    hears: /\bi (?:have|own|got|bought) (.+)$/,
    replies: ['Tell me more about that. What is it like to have *?', 'How did you come to have *?'],
  },
  {
    hears:
      /\bmy (mother|father|mum|mom|dad|sister|brother|wife|husband|friend|son|daughter|boss|dog|cat|partner|girlfriend|boyfriend)\b/,
    replies: ['Tell me more about your *.', 'What is your * like?'],
  },
  {
    hears: /^because (.+)$/,
    replies: ['Is that the only reason?', 'That explains part of it. What is the rest?'],
  },
  {
    hears: /\b(everyone|everybody|nobody|always|never)\b/,
    replies: [
      'Really *? Tell me about one exception.',
      'That is a big word, *. What happened the last time?',
    ],
  },
  {
    hears: /\byou (?:are|seem|sound|look) (.+)$/,
    replies: ['What makes me seem * to you?', 'Perhaps I am *. Would that be good or bad?'],
  },
];
