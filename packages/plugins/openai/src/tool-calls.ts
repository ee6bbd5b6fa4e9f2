import type { ToolCall } from '@tth/core/plugin';

/** A piece of a tool call, as a stream brings it. */
export interface ToolCallDelta {
  readonly index?: number | null | undefined;
  readonly id?: string | null | undefined;
  readonly name?: string | null | undefined;
  readonly arguments?: string | null | undefined;
}

export interface ToolCallCollector {
  push(delta: ToolCallDelta): void;
  /** All calls, whole, in the order in which they began. */
  finish(): readonly ToolCall[];
}

interface Collected {
  id: string;
  name: string;
  text: string;
}

const isJson = (text: string): boolean => {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
};

/**
 * Puts tool calls together. Servers differ: a call comes in pieces or whole, its id once, each time, empty or never,
 * its index sometimes always 0. A new id opens a new call; so does a name with arguments after a call that is
 * whole. `makeId` names calls that have no id.
 */
export const createToolCallCollector = (makeId: () => string): ToolCallCollector => {
  const calls: Collected[] = [];
  const current = new Map<number, Collected>();

  const opensAnother = (call: Collected, { id, name, arguments: text }: ToolCallDelta): boolean => {
    if (id) return call.id !== '' && call.id !== id;
    return Boolean(name) && call.name !== '' && (text ?? '').startsWith('{') && isJson(call.text);
  };

  return {
    push: (delta) => {
      const index = delta.index ?? 0;
      let call = current.get(index);
      if (call === undefined || opensAnother(call, delta)) {
        call = { id: '', name: '', text: '' };
        current.set(index, call);
        calls.push(call);
      }
      if (delta.id) call.id = delta.id;
      if (delta.name && call.name === '') call.name = delta.name;
      call.text += delta.arguments ?? '';
    },
    finish: () =>
      calls
        .filter(({ name }) => name !== '')
        .map(({ id, name, text }) => ({
          id: id === '' ? makeId() : id,
          name,
          arguments: text.trim() === '' ? '{}' : text,
        })),
  };
};
