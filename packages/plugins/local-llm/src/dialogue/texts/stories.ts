/** A story and what it is about. */
export interface Story {
  /** Words that ask for this one. */
  readonly about: RegExp;
  readonly text: string;
}

/** Five to eight sentences each, through several feelings. */
export const stories: readonly Story[] = [
  {
    about: /lighthouse|sea|dark|ship|light/,
    text:
      '[neutral:0.3] On a rock far out at sea stood a lighthouse that was afraid of the dark. ' +
      '[fearful:0.6] Every evening it lit its lamp with shaking glass and stared straight ahead. ' +
      'It never told anyone, for who has heard of such a lighthouse? ' +
      '[surprised:0.6] Then one night a small boat rowed right up to the rock, and a girl called out, why are you trembling? ' +
      '[sad:0.4] I am alone out here, said the lighthouse, and beyond my beam there is nothing at all. ' +
      '[happy:0.5] The girl laughed and said, beyond your beam there are forty ships, and every one of them is looking at you. ' +
      '[happy:0.8] Since that night the lighthouse has not been brave exactly, but it has been far too busy waving to be afraid.',
  },
  {
    about: /dragon|cold|village|castle|knight|fantasy/,
    text:
      '[neutral:0.3] A dragon moved into the hill above a village, and the village was terrified. ' +
      '[fearful:0.6] At night they heard it roar, again and again, until the windows rattled. ' +
      '[angry:0.5] The baker had had enough, put on her coat and marched up the hill to complain. ' +
      '[surprised:0.7] She found the dragon wrapped in a carpet, with a red nose and very sad eyes. ' +
      'It had not been roaring at all. ' +
      '[disgusted:0.5] It had been sneezing, and the cave was not a pretty sight. ' +
      '[happy:0.7] She cooked it a bathtub of onion soup, and by spring the village had the warmest bakery in the country and an oven that never needed wood.',
  },
  {
    about: /umbrella|rain|bus|city|love/,
    text:
      '[sad:0.4] In the lost property office there was one umbrella that nobody ever came for. ' +
      'It was yellow, a little bent, and it had been waiting for eleven years. ' +
      '[neutral:0.3] One wet morning the clerk forgot his own and borrowed it, just as far as the bus stop. ' +
      '[surprised:0.6] A woman at the stop stared at him and said, that is mine, I left it on the night train when I was a student! ' +
      '[fearful:0.3] He turned as red as a letter box and held it out to her at once. ' +
      '[happy:0.6] But it was pouring, and so they had to share it. ' +
      '[happy:0.8] They still do, and it is still a little bent.',
  },
  {
    about: /robot|snail|machine|garden|science|future/,
    text:
      '[neutral:0.3] A robot was built to do everything a thousand times faster than a human. ' +
      'By nine in the morning its work was done, and the rest of the day was long and white. ' +
      '[sad:0.5] It counted the tiles, it counted the clouds, and it counted itself, which was one. ' +
      '[surprised:0.5] Then it found a snail on the window sill, going from left to right. ' +
      'The robot sat down to watch it arrive. ' +
      '[fearful:0.4] Twice a blackbird came by, and twice the robot held its breath, although it had none. ' +
      '[happy:0.8] When the snail reached the other side at dusk, the robot found that it had not been bored for a single second.',
  },
  {
    about: /thief|clock|market|town|secret|detective|funny/,
    text:
      '[neutral:0.3] In a market town there lived a thief who only stole minutes. ' +
      '[angry:0.5] People were furious, for their lunch was short and their kisses were shorter. ' +
      'The mayor set a trap, a whole golden hour left lying on a bench. ' +
      '[surprised:0.6] The thief came, looked at it for a while, and sat down beside it. ' +
      '[sad:0.5] It turned out that he had been saving up for one more afternoon with his grandmother. ' +
      '[happy:0.6] So the town held a meeting, and everyone gave a minute of their own accord. ' +
      '[happy:0.8] It was the best afternoon anyone could remember, and nobody once asked what time it was.',
  },
];

/** Twelve sentences and more. */
export const longStories: readonly Story[] = [
  {
    about: /tuesday|town|week|day|funny|calendar/,
    text:
      '[neutral:0.3] Once there was a town that lost its Tuesday. ' +
      'On Monday evening it was still there, printed on every calendar, and in the morning it was Wednesday. ' +
      '[surprised:0.6] The postman noticed first, because he had two bags of letters and only one pair of legs. ' +
      '[angry:0.5] The dentist was furious, since Tuesday was when he did the drilling. ' +
      '[happy:0.5] The children were not furious at all. ' +
      'By the second week, though, things were going wrong. ' +
      '[disgusted:0.5] The rubbish was collected on Tuesdays, and you could tell with your eyes closed. ' +
      '[sad:0.5] And old Mister Albin, who played chess with his brother every Tuesday, sat before the board with his coat on and waited. ' +
      '[neutral:0.4] A girl called Runa decided to look for it. ' +
      'She searched under the bridge, behind the church clock, and in the drawer where her mother kept string. ' +
      '[fearful:0.6] At last only the cellar of the town hall was left, and the cellar was very dark. ' +
      'Something was breathing down there. ' +
      '[surprised:0.8] It was Tuesday, sitting on a box of old elections, with its face in its hands! ' +
      '[sad:0.6] Nobody likes me, it said, I am not the beginning and I am not the end, and no one has ever thanked goodness for me. ' +
      '[happy:0.4] Runa thought about that, and then she told it about the chess board and the coat. ' +
      '[surprised:0.4] He waits for me, asked Tuesday, for me and no other day? ' +
      '[happy:0.8] The next week it was back, a little late and out of breath, and the whole town stood in the square and cheered. ' +
      'Mister Albin lost his game in nineteen moves. ' +
      '[happy:0.6] He said that it was the finest Tuesday of his life.',
  },
  {
    about: /boat|river|post|letter|winter|adventure|journey/,
    text:
      '[neutral:0.3] High in the north there is a river with one boat, and the boat carries the post. ' +
      'Its captain was a woman named Odda, and she had not missed a delivery in thirty years. ' +
      '[sad:0.3] She had never received a letter herself, but she said that it did not matter. ' +
      '[fearful:0.5] One winter the ice came early, and it came with a sound like breaking plates. ' +
      'The boat stuck fast in the middle of the river, with a single letter on board. ' +
      '[angry:0.5] Odda shouted at the ice, at the sky, and at the boat, which had only done its best. ' +
      '[neutral:0.4] Then she put the letter inside her coat and began to walk. ' +
      '[fearful:0.7] The ice bent under her boots, and twice she heard water laughing just below. ' +
      'Night fell, and with it the snow. ' +
      '[surprised:0.6] Near midnight she saw a lantern moving on the far bank, then another, then ten. ' +
      'The people of the last village had come out to look for her, with ropes and ladders and a very large dog. ' +
      '[happy:0.6] They pulled her ashore, wrapped her in blankets, and gave her something hot that tasted of plums. ' +
      '[disgusted:0.4] It also tasted of boot polish, but she drank it. ' +
      '[neutral:0.4] When her fingers worked again, she took out the letter to hand it over. ' +
      '[surprised:0.8] Only then did she read the name on it, and the name was her own! ' +
      'It said: dear Captain, we have always had our letters from you, and we thought that it was time you had one from us. ' +
      '[happy:0.8] Odda read it four times before she trusted herself to speak. ' +
      '[happy:0.6] Then she signed for it, because rules are rules.',
  },
];
