import { type CharacterId, characters } from '@tth/face';

/** `auto` leaves the feeling to the answer itself. */
export type EmotionChoice = (typeof emotionChoices)[number]['value'];

/** The feelings a person may ask for; the seven every provider knows. */
export const emotionChoices = [
  { value: 'auto', label: 'As it fits' },
  { value: 'neutral', label: 'Neutral' },
  { value: 'happy', label: 'Happy' },
  { value: 'sad', label: 'Sad' },
  { value: 'angry', label: 'Angry' },
  { value: 'surprised', label: 'Surprised' },
  { value: 'fearful', label: 'Fearful' },
  { value: 'disgusted', label: 'Disgusted' },
] as const;

/** The characters a person may talk to. */
export const characterChoices = (Object.keys(characters) as CharacterId[]).map((value) => ({
  value,
  label: characters[value].displayName,
}));

/** First messages to choose from. */
export const suggestions = [
  'Hello, who are you?',
  'Tell me a story',
  'Show me all your emotions',
  'How do you work?',
] as const;
