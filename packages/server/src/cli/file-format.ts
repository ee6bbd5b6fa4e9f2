import path from 'node:path';
import { TthError } from '@tth/core';
import { type FileFormat, fileFormats } from '../generate/turn-writer.ts';

/** What to write: what is asked for, else what the name says. Standard output is an mp4. */
export const formatOf = (out: string, format: string | undefined): FileFormat => {
  const wanted = format ?? (out === '-' ? 'mp4' : path.extname(out).slice(1).toLowerCase());
  const known = fileFormats.find((each) => each === wanted);
  if (known !== undefined) return known;
  throw new TthError('config.invalid', 'Files can be .mp4, .webm or .wav; name one with --out or --format.', {
    details: { out },
  });
};
