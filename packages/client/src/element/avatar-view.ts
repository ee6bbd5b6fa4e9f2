import type { ConnectionState } from '../connection.ts';
import type { TthClientError } from '../errors.ts';
import { type AudioBlocked, needsClick } from '../playback/audio-output.ts';

/** Where an avatar in a page stands. */
export type AvatarState = 'connecting' | 'ready' | 'answering' | 'speaking' | 'reconnecting' | 'closed';

/**
 * What is known of it.
 *
 * - `inTurn`: an answer is being made or spoken; `speaking`: it is heard.
 * - `blocked`: why there is no sound; `error`: what went wrong last.
 * - `wantsCaptions`: what is said is to be read as well.
 */
export interface AvatarFacts {
  readonly connection: ConnectionState;
  readonly name: string;
  readonly inTurn: boolean;
  readonly speaking: boolean;
  readonly caption: string;
  readonly blocked: AudioBlocked | undefined;
  readonly error: TthClientError | undefined;
  readonly wantsCaptions: boolean;
}

export const firstFacts: AvatarFacts = {
  connection: 'idle',
  name: 'the avatar',
  inTurn: false,
  speaking: false,
  caption: '',
  blocked: undefined,
  error: undefined,
  wantsCaptions: true,
};

/** What is shown. `notice` is empty where there is nothing to say; `needsTap`: sound waits for a click. */
export interface AvatarView {
  readonly state: AvatarState;
  readonly needsTap: boolean;
  readonly notice: string;
  readonly hasCaptions: boolean;
  readonly canStop: boolean;
}

const stateOf = ({ connection, inTurn, speaking }: AvatarFacts): AvatarState => {
  if (connection === 'idle') return 'connecting';
  if (connection !== 'open') return connection;
  if (speaking) return 'speaking';
  return inTurn ? 'answering' : 'ready';
};

const noticeOf = ({ connection, error, blocked }: AvatarFacts): string => {
  if (connection === 'reconnecting') return 'The connection was lost. Reconnecting…';
  if (error !== undefined) return error.message;
  if (connection === 'closed') return 'The connection has ended. Ask again to begin anew.';
  return blocked === undefined || needsClick(blocked) ? '' : `No sound. ${blocked.message}`;
};

/** Facts to what is shown. Without sound the captions are all there is of the speech, so they are always shown then. */
export const avatarView = (facts: AvatarFacts): AvatarView => {
  const waits = facts.blocked !== undefined && needsClick(facts.blocked);
  const isMute = facts.blocked !== undefined && !waits;
  return {
    state: stateOf(facts),
    needsTap: waits && facts.connection !== 'closed',
    notice: noticeOf(facts),
    hasCaptions: facts.wantsCaptions || isMute,
    canStop: facts.inTurn || facts.speaking,
  };
};
