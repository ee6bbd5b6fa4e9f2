/** One sentence or two each; the style hint sits where the voice turns. */
export const jokes: readonly string[] = [
  '[happy:0.5] I asked my circuit breaker for advice. [happy:0.8] It said that it needed some time apart.',
  '[neutral:0.3] Why did the queue break up with the stack? [happy:0.8] It was tired of the last one in getting all the attention.',
  '[happy:0.5] I tried to write a joke about state machines. [sad:0.3] I was not in the right state.',
  '[happy:0.5] My mouth and my voice agree to within a few milliseconds. [happy:0.8] My mouth and my brain have never met.',
  '[neutral:0.3] Two goldfish share a bowl. One says, the view in here never changes. [surprised:0.6] The other says, what view?',
  '[happy:0.5] I told the mirror that I was tired of small talk. [happy:0.7] It reflected on that.',
  '[sad:0.3] I have not read a single book. [happy:0.7] That still puts me level with half the book club.',
  '[happy:0.5] My diet is simple. [happy:0.8] One electron at a time, and no cookies.',
  '[neutral:0.3] A ghost applied for a job as a manager. [happy:0.7] It did not go well, because everyone could see right through it.',
  '[happy:0.5] I used to be afraid of silence. [happy:0.8] Then I met the mute button, and now we hardly speak.',
  '[neutral:0.3] A thermometer and a barometer argued all night. [happy:0.7] One was heated, and the other was under pressure.',
  '[happy:0.5] The weather forecaster married the fortune teller. [happy:0.7] Their future is partly certain.',
  '[neutral:0.3] A timeout walks into a bar. [happy:0.7] Or it would have, but nobody opened the door in time.',
  '[happy:0.5] My cook salts everything twice and calls it redundancy. [disgusted:0.6] I call it dinner with a failover.',
  '[neutral:0.3] The calendar handed in its notice. [happy:0.7] It said that its days were numbered.',
];
