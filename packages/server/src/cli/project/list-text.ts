/** A piece of a source text, by offsets. */
export interface Span {
  readonly start: number;
  readonly end: number;
}

/** What may stand behind an item on a line of its own: its comma and one comment. */
const onlyCommaAndComment = /^\s*,?\s*(?:\/\/.*|\/\*[^\n]*\*\/)?\s*$/;

const put = (text: string, at: number, added: string): string => text.slice(0, at) + added + text.slice(at);
const cut = (text: string, from: number, to: number): string => text.slice(0, from) + text.slice(to);

const lineEndOf = (text: string): string => (text.includes('\r\n') ? '\r\n' : '\n');

const lineOf = (text: string, { start, end }: Span): Span => {
  const after = text.indexOf(lineEndOf(text), end);
  return { start: text.lastIndexOf('\n', start - 1) + 1, end: after === -1 ? text.length : after };
};

const indentOf = (text: string, item: Span): string =>
  /^[ \t]*/.exec(text.slice(lineOf(text, item).start))?.[0] ?? '';

/** Nothing else but a comma and a comment shares the lines of the item. */
const standsAlone = (text: string, list: Span, item: Span): boolean => {
  const line = lineOf(text, item);
  return (
    line.start > list.start &&
    line.end < list.end &&
    text.slice(line.start, item.start).trim() === '' &&
    onlyCommaAndComment.test(text.slice(item.end, line.end))
  );
};

const fillEmpty = (text: string, list: Span, item: string): string => {
  const inside = text.slice(list.start + 1, list.end - 1);
  if (inside.trim() !== '') return put(text, list.end - 1, item);
  const air = text[list.start] === '{' ? ' ' : '';
  return `${text.slice(0, list.start + 1)}${air}${item}${air}${text.slice(list.end - 1)}`;
};

/** Adds an item to the end of a list; `list` includes its brackets. One item per line stays one per line. */
export const appendItem = (text: string, list: Span, items: readonly Span[], item: string): string => {
  const last = items.at(-1);
  if (last === undefined) return fillEmpty(text, list, item);
  if (!standsAlone(text, list, last)) return put(text, last.end, `, ${item}`);
  const line = lineOf(text, last);
  const hasComma = /^\s*,/.test(text.slice(last.end, line.end));
  const added = `${lineEndOf(text)}${indentOf(text, last)}${item}${hasComma ? ',' : ''}`;
  const longer = put(text, line.end, added);
  return hasComma ? longer : put(longer, last.end, ',');
};

/** Adds an item to the start of a list. */
export const prependItem = (text: string, list: Span, items: readonly Span[], item: string): string => {
  const [first] = items;
  if (first === undefined) return fillEmpty(text, list, item);
  const isOnOwnLine = text.slice(lineOf(text, first).start, first.start).trim() === '';
  return put(
    text,
    first.start,
    isOnOwnLine ? `${item},${lineEndOf(text)}${indentOf(text, first)}` : `${item}, `,
  );
};

/** Takes an item out of a list, with its comma, and with its line and the comment on it where it has one of its own. */
export const removeItem = (text: string, list: Span, items: readonly Span[], index: number): string => {
  const item = items[index]!;
  if (standsAlone(text, list, item)) {
    const line = lineOf(text, item);
    return cut(text, line.start, line.end + lineEndOf(text).length);
  }
  const inside = text.slice(list.start + 1, item.start) + text.slice(item.end, list.end - 1);
  if (items.length === 1 && /^[ \t]*,?[ \t]*$/.test(inside)) return cut(text, list.start + 1, list.end - 1);
  const before = items[index - 1];
  const comma = /^\s*,[ \t]*/.exec(text.slice(item.end, list.end));
  if (comma !== null && (items.length > index + 1 || before === undefined)) {
    return cut(text, item.start, item.end + comma[0].length);
  }
  return cut(text, before?.end ?? item.start, item.end);
};
