import * as z from 'zod';

/** Pictures in a row: how far the mouth is open in each, 0 to 1. */
export const mouthLine = z.object({ open: z.array(z.number().min(0).max(1)) });
