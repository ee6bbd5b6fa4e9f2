/** The language of a BCP 47 tag without its region or script: `pt` of `pt-BR`. */
export const primaryTag = (tag: string): string => tag.split('-')[0]!.toLowerCase();
