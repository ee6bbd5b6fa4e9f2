import type { ServerMessage, ServerMessageOf } from '@tth/protocol';
import { type ControlOutcome, laterReport } from './control-report.ts';
import { type Problem, inPlainWords } from './plain-words.ts';

/** `waiting`: sent, nothing back yet. `answering`: text or speech is coming. The other three are final. */
export type TurnStatus = 'waiting' | 'answering' | 'done' | 'stopped' | 'failed';

/** One exchange. `heard`: what reached the listener, set when the turn was cut short; `stopReason`: by what. */
export interface TurnView {
  readonly key: string;
  readonly turnId: string | null;
  readonly question: string;
  /** Who answers, by name. */
  readonly speaker: string;
  readonly answer: string;
  readonly status: TurnStatus;
  readonly heard: string | null;
  readonly stopReason: ServerMessageOf<'turn_stopped'>['reason'] | null;
  readonly problem: Problem | null;
  readonly notes: readonly string[];
  /** What became of the controls that were asked for. */
  readonly controls: readonly ControlOutcome[];
}

export type Stage = 'llm' | 'tts' | 'avatar';

/** What the studio shows of a conversation. Plain data. */
export interface Conversation {
  readonly turns: readonly TurnView[];
  /** Who does the work, as far as the server has said. */
  readonly providers: Readonly<Partial<Record<Stage, string>>>;
  readonly identity: string | null;
  readonly name: string;
  /** A problem of no particular turn. */
  readonly problem: Problem | null;
}

export type ConversationEvent =
  | { readonly type: 'asked'; readonly clientMsgId: string; readonly text: string; readonly speaker: string }
  | { readonly type: 'models'; readonly providers: Conversation['providers'] }
  /** Without `clientMsgId` it failed before there was a turn. */
  | { readonly type: 'failed'; readonly clientMsgId?: string; readonly problem: Problem }
  | { readonly type: 'dismissed' }
  | { readonly type: 'message'; readonly message: ServerMessage };

export const emptyConversation: Conversation = {
  turns: [],
  providers: {},
  identity: null,
  name: '',
  problem: null,
};

/** The most exchanges kept on the page. */
export const maxTurns = 200;

const newTurn = (turn: Pick<TurnView, 'key' | 'turnId' | 'question' | 'speaker'>): TurnView => ({
  ...turn,
  answer: '',
  status: 'waiting',
  heard: null,
  stopReason: null,
  problem: null,
  notes: [],
  controls: [],
});

const isOver = ({ status }: TurnView): boolean =>
  status === 'done' || status === 'stopped' || status === 'failed';

/** The exchange that is still going on, if any. */
export const activeTurn = ({ turns }: Conversation): TurnView | undefined =>
  turns.findLast((turn) => !isOver(turn));

const stageNames: Record<Stage, string> = { llm: 'Text', tts: 'Voice', avatar: 'Face' };

const addTurn = (state: Conversation, turn: TurnView): Conversation => ({
  ...state,
  turns: [...state.turns, turn].slice(-maxTurns),
});

const changeTurn = (
  state: Conversation,
  turnId: string | undefined,
  change: (turn: TurnView) => Partial<TurnView>,
): Conversation => ({
  ...state,
  turns: state.turns.map((turn) =>
    turnId !== undefined && turn.turnId === turnId ? { ...turn, ...change(turn) } : turn,
  ),
});

const nameTurn = (state: Conversation, clientMsgId: string | undefined, turnId: string): Conversation => ({
  ...state,
  turns: state.turns.map((turn) => (turn.key === clientMsgId ? { ...turn, turnId } : turn)),
});

/** A turn nobody here asked for, such as one of a script at `window.tth`, is shown all the same. */
const startTurn = (state: Conversation, turnId: string): Conversation => {
  if (state.turns.some((turn) => turn.turnId === turnId)) return state;
  const waiting = state.turns.find((turn) => turn.turnId === null && turn.status === 'waiting');
  return waiting
    ? nameTurn(state, waiting.key, turnId)
    : addTurn(state, newTurn({ key: turnId, turnId, question: '', speaker: state.name }));
};

const addNote = (state: Conversation, turnId: string | undefined, note: string): Conversation =>
  changeTurn(state, turnId, ({ notes }) => ({ notes: [...notes, note] }));

const failTurn = (state: Conversation, clientMsgId: string | undefined, problem: Problem): Conversation => {
  if (!state.turns.some((turn) => turn.key === clientMsgId)) return { ...state, problem };
  const turns = state.turns.map((turn): TurnView =>
    turn.key === clientMsgId && !isOver(turn) ? { ...turn, status: 'failed', problem } : turn,
  );
  return { ...state, turns };
};

const foldMessage = (state: Conversation, message: ServerMessage): Conversation => {
  const { turnId } = message;
  switch (message.type) {
    case 'session_created':
    case 'session_resumed': {
      const { identity, name } = message.persona;
      return { ...state, identity: state.identity ?? identity, name, problem: null };
    }
    case 'accepted':
      return turnId === undefined ? state : nameTurn(state, message.clientMsgId, turnId);
    case 'turn_started':
      return turnId === undefined ? state : startTurn(state, turnId);
    case 'text_delta':
      return changeTurn(state, turnId, ({ answer }) => ({
        answer: answer + message.text,
        status: 'answering',
      }));
    case 'control_report': {
      const { outcomes } = message;
      const named = outcomes.flatMap(({ stage, provider }) =>
        stage === 'engine' ? [] : [[stage, provider]],
      );
      const next = { ...state, providers: { ...state.providers, ...Object.fromEntries(named) } };
      return changeTurn(next, turnId, ({ controls }) => ({ controls: laterReport(controls, outcomes) }));
    }
    case 'degraded_mode': {
      const { stage, from, to, reason } = message;
      const next = { ...state, providers: { ...state.providers, [stage]: to } };
      return addNote(next, turnId, `${stageNames[stage]}: ${to} took over from ${from} (${reason})`);
    }
    case 'turn_completed':
      return changeTurn(state, turnId, () => ({ status: 'done' }));
    case 'turn_stopped':
      return changeTurn(state, turnId, () => ({
        status: 'stopped',
        heard: message.heardText,
        stopReason: message.reason,
      }));
    case 'turn_error': {
      const problem = inPlainWords(message.error);
      const heard = message.partial ? message.heardText : null;
      return changeTurn(state, turnId, () => ({ status: 'failed', problem, heard }));
    }
    case 'error':
      return failTurn(state, message.clientMsgId, inPlainWords(message.error));
    default:
      return state;
  }
};

/** The conversation after one more event. Never changes the one it was given. */
export const foldConversation = (state: Conversation, event: ConversationEvent): Conversation => {
  switch (event.type) {
    case 'asked':
      return addTurn(
        { ...state, problem: null },
        newTurn({ key: event.clientMsgId, turnId: null, question: event.text, speaker: event.speaker }),
      );
    case 'models':
      return { ...state, providers: { ...event.providers, ...state.providers } };
    case 'failed':
      return failTurn(state, event.clientMsgId, event.problem);
    case 'dismissed':
      return { ...state, problem: null };
    case 'message':
      return foldMessage(state, event.message);
    default:
      return state;
  }
};

/** An answer cut in two: what was heard, and the rest that was not. */
export const splitHeard = ({ answer, heard }: TurnView): readonly [heard: string, unheard: string] => {
  if (heard === null) return [answer, ''];
  const end = endOfHeard(answer, heard);
  return [answer.slice(0, end), answer.slice(end)];
};

/** Where `heard` ends inside `answer`, with the punctuation that follows; they may differ in white space. */
const endOfHeard = (answer: string, heard: string): number => {
  const letters = heard.replaceAll(/\s/g, '').length;
  let seen = 0;
  let end = 0;
  while (seen < letters && end < answer.length) {
    if (!/\s/.test(answer.charAt(end))) seen += 1;
    end += 1;
  }
  while (end > 0 && /[.,;:!?…]/.test(answer.charAt(end))) end += 1;
  return end;
};
