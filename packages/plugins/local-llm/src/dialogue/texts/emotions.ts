/** The feelings that a style hint may name. */
export const feelings = ['neutral', 'happy', 'sad', 'angry', 'fearful', 'surprised', 'disgusted'] as const;
/** One of the seven. */
export type Feeling = (typeof feelings)[number];

const stems: readonly (readonly [Feeling, RegExp])[] = [
  [
    'happy',
    /\b(?:happy|happily|happiness|cheerful|cheerfully|joy|joyful|joyfully|glad|gladly|smile|laugh|excited)\b/,
  ],
  ['sad', /\b(?:sad|sadly|sadness|cry|sorrow|sorrowful|unhappy|tears|frown)\b/],
  ['angry', /\b(?:angry|angrily|anger|mad|furious|furiously|rage|cross)\b/],
  ['fearful', /\b(?:fearful|fearfully|fear|afraid|scared|frightened|terrified|nervous)\b/],
  ['surprised', /\b(?:surprised|surprise|surprisingly|amazed|astonished|shocked|gasp)\b/],
  ['disgusted', /\b(?:disgusted|disgust|disgustedly|revolted)\b/],
  ['neutral', /\b(?:neutral|neutrally|calm|calmly|normal|normally)\b/],
];

/** The feeling that a text names first in the table's order, or `undefined`. */
export const feelingIn = (text: string): Feeling | undefined =>
  stems.find(([, words]) => words.test(text))?.[0];

/** What each feeling says when it is asked for. */
export const performances: Readonly<Record<Feeling, readonly string[]>> = {
  neutral: [
    '[neutral:0.2] This is my resting face. It has nothing to report.',
    '[neutral:0.2] Calm it is. The sea is flat and so are my eyebrows.',
  ],
  happy: [
    '[happy:0.9] Oh, this is the easy one! Somebody opened the curtains and the whole day fell in.',
    '[happy:0.9] I found a coin, a good song and you, all before noon!',
  ],
  sad: [
    '[sad:0.9] The last train has gone, and it took the sandwich with it.',
    '[sad:0.9] They repainted the old bench. My initials are under there somewhere.',
  ],
  angry: [
    '[angry:0.9] Who finished the coffee and put the empty pot back? Who does that?',
    '[angry:0.9] I have been on hold for an hour, and the music has only three notes!',
  ],
  fearful: [
    '[fearful:0.9] Did you hear that? Tell me that you heard that too.',
    '[fearful:0.9] Something just moved behind the curtain, and I do not own a cat.',
  ],
  surprised: [
    '[surprised:0.9] What? For me? But it is not even my birthday!',
    '[surprised:0.9] Wait, the box was empty a moment ago!',
  ],
  disgusted: [
    '[disgusted:0.9] This milk has become a cheese, and nobody asked it to.',
    '[disgusted:0.9] There is a hair in my soup, and the soup is cold as well.',
  ],
};

/** All seven in a row, a sentence each. */
export const tour =
  '[neutral:0.2] Here is my face at rest. ' +
  '[happy:0.9] Now somebody brings cake! ' +
  '[surprised:0.9] Wait, it is a whole cake, and it is for me? ' +
  '[fearful:0.8] Why is the dog looking at it like that? ' +
  '[sad:0.9] He ate it, all of it. ' +
  '[angry:0.9] I turned my back for one second! ' +
  '[disgusted:0.8] And now he wants to lick my face. ' +
  '[happy:0.5] That was all seven of them.';
