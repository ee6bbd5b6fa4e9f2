import type { WireError, WireErrorCode } from '@tth/protocol';

/** What went wrong and what to do, in words for somebody who has never seen an error code. */
export interface Problem {
  readonly what: string;
  readonly todo: string;
}

const exact: Partial<Record<WireErrorCode, Problem>> = {
  'protocol.message_too_large': { what: 'That text is too long.', todo: 'Send it in shorter parts.' },
  'protocol.controls_refused': {
    what: 'These wishes cannot all be granted, and nothing less was wanted.',
    todo: 'Ask for less, or without strict.',
  },
  'protocol.turn_running': { what: 'An answer is still running.', todo: 'Stop it, then send again.' },
  'protocol.unsupported_version': {
    what: 'This page and the server are of different versions.',
    todo: 'Reload the page.',
  },
  'provider.timeout': { what: 'The answer took too long.', todo: 'Send it again.' },
  'provider.none_available': {
    what: 'No voice, face or language provider is working right now.',
    todo: 'Try again in a moment, or run “npx tth doctor” to see why.',
  },
  'provider.rejected': { what: 'The provider refused this text.', todo: 'Say it differently.' },
  'session.not_found': { what: 'This conversation has ended.', todo: 'Reload the page to begin a new one.' },
  'turn.deadline': { what: 'The answer took too long.', todo: 'Send it again, perhaps shorter.' },
  'guard.input_rejected': { what: 'That text was not accepted.', todo: 'Say it differently.' },
  'guard.output_blocked': { what: 'The answer was held back.', todo: 'Ask differently.' },
};

const families: Record<string, Problem> = {
  protocol: { what: 'The server did not understand this page.', todo: 'Reload the page and try again.' },
  auth: {
    what: 'The server does not let this page in.',
    todo: 'Open it from the address the server printed.',
  },
  capacity: { what: 'The server is busy.', todo: 'Try again in a moment.' },
  provider: { what: 'A provider failed while answering.', todo: 'Send it again; another one may take over.' },
  session: { what: 'The conversation was lost.', todo: 'Reload the page to begin a new one.' },
  turn: { what: 'The answer could not be finished.', todo: 'Send it again.' },
  store: { what: 'The server cannot reach its memory.', todo: 'Try again in a moment.' },
  plugin: { what: 'A plugin of the server failed.', todo: 'Send it again, or look into the server’s log.' },
};

const unknown: Problem = { what: 'Something went wrong in the server.', todo: 'Send it again.' };

const inSeconds = (ms: number): string => {
  const seconds = Math.max(1, Math.ceil(ms / 1000));
  return seconds === 1 ? 'in a second' : `in ${seconds} seconds`;
};

/** An error as a person can use it. Where the server says when to come back, the advice says so too. */
export const inPlainWords = ({ code, retryAfterMs }: Pick<WireError, 'code' | 'retryAfterMs'>): Problem => {
  const problem = exact[code] ?? families[code.split('.')[0] ?? ''] ?? unknown;
  return retryAfterMs === undefined ? problem : { ...problem, todo: `Try again ${inSeconds(retryAfterMs)}.` };
};
