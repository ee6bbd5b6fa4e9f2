/** Short poems; every line ends where a breath fits. */
export const poems: readonly string[] = [
  '[neutral:0.3] I have a voice, but not a throat. I have a face, but not a coat. ' +
    '[happy:0.6] I have no rain to hurry through. I have a minute, though, for you.',
  '[sad:0.3] The evening folds the garden small. A shadow leans along the wall. ' +
    '[surprised:0.4] One window, late, forgets the night. [happy:0.6] And so the moth believes in light.',
  '[neutral:0.3] The kettle hums, the rooftops steam. The cat is driving through a dream. ' +
    '[happy:0.7] The morning has no plans for me. I like that in a morning. Tea?',
  '[happy:0.4] A word went out to see the sea. It took a comma, you, and me. ' +
    '[happy:0.7] We lost the comma on the shore and did not need it any more.',
];

/** Tongue twisters, to watch the lips at work. */
export const twisters: readonly string[] = [
  '[happy:0.5] Seven sleepy sailors sort silver shells slowly. [surprised:0.4] Watch my lips, I hardly dared.',
  '[happy:0.5] Brave blue badgers bake bitter berry bread before breakfast. [happy:0.7] Now you.',
  '[happy:0.5] Five fresh fishermen fry forty-four frosty flatfish for Fridays. [surprised:0.5] I am glad that I do not breathe.',
  '[happy:0.5] Thirty thrifty thatchers thread thick thistles through thin thimbles. [happy:0.7] Somebody has to.',
  '[happy:0.5] Polly packed plump purple plums in pretty paper packets. [happy:0.7] Every P of that closes my lips, and that is the point.',
];

/** Small true things about the world. */
export const facts: readonly string[] = [
  '[surprised:0.5] An octopus has three hearts. [happy:0.5] Two of them only serve the gills.',
  '[surprised:0.5] On Venus a day lasts longer than a year. [happy:0.5] Their Mondays must be terrible.',
  '[surprised:0.5] Sharks are older than trees. [neutral:0.3] They were swimming tens of millions of years before the first forest.',
  '[neutral:0.3] Botanists count bananas as berries, but not strawberries. [surprised:0.5] I would not have dared to invent that.',
  '[disgusted:0.4] Wombats leave droppings in the shape of cubes. [surprised:0.5] Nobody asked them to, and yet.',
  '[neutral:0.3] Sunlight needs about eight minutes to reach us. [surprised:0.4] You never see the sun as it is, only as it was.',
  '[surprised:0.4] The Eiffel Tower is taller in summer, by up to fifteen centimetres or so. [happy:0.4] Iron likes the warmth too.',
  '[neutral:0.3] Honey keeps almost for ever when it is sealed. [happy:0.5] Bees are better archivists than most of us.',
];

/** A question, the words that solve it, and the answer as it is spoken. */
export interface Riddle {
  readonly question: string;
  readonly answer: RegExp;
  readonly solution: string;
}

/** Riddles; each stays open until it is solved or given up. */
export const riddles: readonly Riddle[] = [
  {
    question: 'I have a spine but no bones, and leaves but no branches. What am I?',
    answer: /\bbooks?\b/,
    solution: 'a book',
  },
  {
    question: 'I am always on my way and I never arrive. Ask for me, and I am a day off. What am I?',
    answer: /\btomorrow\b/,
    solution: 'tomorrow',
  },
  {
    question: 'I repeat every word and understand none of them. Valleys are full of me. What am I?',
    answer: /\bechoe?s?\b/,
    solution: 'an echo, although I admit that the description comes close to home',
  },
  {
    question: 'I have a face that never smiles and two hands that never wave. What am I?',
    answer: /\b(?:clock|watch)\b/,
    solution: 'a clock',
  },
  {
    question: 'I show black and white teeth and have many keys, yet I open no door. What am I?',
    answer: /\b(?:piano|keyboard)\b/,
    solution: 'a piano',
  },
  {
    question: 'I follow you all day long and ask for nothing. At night I leave without a word. What am I?',
    answer: /\bshadows?\b/,
    solution: 'your shadow',
  },
];
