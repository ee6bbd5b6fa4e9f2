/** Said over and over; about three quarters of a minute. */
export const story =
  'The train leaves at nine from the second platform. Anna has packed her bag and closed the door behind her. ' +
  'On the way she meets her neighbour, who carries a basket of apples. They talk for a minute and go on. ' +
  'Pam and Bob pick up a big map of the old part of the town. How far away are all of our farms, my father asked. ' +
  'Nobody knew, so we went to see for ourselves. The road was long, but the weather was good, and we sang. ' +
  'At the top of the hill we stopped, looked around, and saw the whole valley below us in the evening sun. ' +
  'What a wonderful day it was! We will do it again before the winter comes.';

/** Its first sentences; about a quarter of a minute. */
export const shortStory = story.slice(0, story.indexOf('They talk'));
