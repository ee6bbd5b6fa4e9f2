import { withoutHints } from './text.ts';

const hint = /\[[a-z]{1,12}:[\d.]{1,4}\] ?/y;

/**
 * What is left of `reply` after `prefix`, or `undefined` when it does not begin like that. Hints and
 * white space may be missing from the prefix, since a history may hold only what was heard.
 */
export const remainder = (reply: string, prefix: string): string | undefined => {
  let at = 0;
  let read = 0;
  while (read < prefix.length) {
    if (reply[at] === prefix[read]) {
      at += 1;
      read += 1;
      continue;
    }
    hint.lastIndex = at;
    const skipped = hint.exec(reply);
    if (skipped !== null) at += skipped[0].length;
    else if (/\s/.test(prefix[read]!)) read += 1;
    else if (/\s/.test(reply[at] ?? '')) at += 1;
    else return undefined;
  }
  return reply.slice(at);
};

const understudy = [
  'The voice that began this has gone quiet. I am the built-in understudy, so ask me again in a moment, or ask me for a story.',
  'That is as far as I can take it. I am the built-in understudy, and I only know my own lines.',
];

/** The end of a reply that began with `prefix`; a reply of somebody else is ended with an honest sentence. */
export const continuation = (reply: string, prefix: string): string => {
  const rest = remainder(reply, prefix);
  if (rest !== undefined) return rest;
  const said = withoutHints(prefix).trimEnd();
  const ended = /[.!?]["”’)]*$/u.test(said);
  const line = understudy[said.length % understudy.length]!;
  return `${ended ? '' : '.'}${ended && /\s$/.test(prefix) ? '' : ' '}[neutral:0.3] ${line}`;
};
