import * as z from 'zod';

/** One picture: how far the mouth is open, 0 to 1. */
export const mouthLine = z.object({ open: z.number().min(0).max(1) });
