import * as z from 'zod';

/** One line of an answer: a piece of its text, or its end. */
export const answerLine = z.object({
  text: z.string().optional(),
  done: z.object({ inputTokens: z.int(), outputTokens: z.int() }).optional(),
});
