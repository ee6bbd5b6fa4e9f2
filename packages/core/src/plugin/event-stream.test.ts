import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { TthError } from '../domain/errors.ts';
import { type SseEvent, createEventReader } from './event-stream.ts';

const read = (...texts: readonly string[]): SseEvent[] => {
  const reader = createEventReader();
  return [...texts.flatMap((text) => reader.push(text)), ...reader.flush()];
};
const message = (data: string): SseEvent => ({ event: 'message', data });

/** Cuts a text at these places, however they lie. */
const cutAt = (text: string, places: readonly number[]): string[] => {
  const at = [0, ...places.map((place) => place % (text.length + 1)).toSorted((a, b) => a - b), text.length];
  return at.slice(1).map((end, index) => text.slice(at[index], end));
};

describe('reader of server-sent events', () => {
  it.each<{ what: string; text: string; events: SseEvent[] }>([
    { what: 'an event', text: 'data: a\n\n', events: [message('a')] },
    { what: 'data without a space', text: 'data:a\n\n', events: [message('a')] },
    { what: 'spaces of its own', text: 'data:  a \n\n', events: [message(' a ')] },
    { what: 'a named event', text: 'event: delta\ndata: a\n\n', events: [{ event: 'delta', data: 'a' }] },
    { what: 'a name that counts once', text: 'event: x\n\ndata: a\n\n', events: [message('a')] },
    { what: 'several lines of data', text: 'data: a\ndata:\ndata: b\n\n', events: [message('a\n\nb')] },
    { what: 'comments', text: ': ping\n\n: ping\ndata: a\n\n', events: [message('a')] },
    { what: 'fields that nobody needs', text: 'id: 1\nretry: 5\nfoo\ndata: a\n\n', events: [message('a')] },
    {
      what: 'lines that end as on Windows',
      text: 'data: a\r\n\r\ndata: b\r\n\r\n',
      events: [message('a'), message('b')],
    },
    {
      what: 'lines that end as nowhere any more',
      text: 'data: a\r\rdata: b\r\r',
      events: [message('a'), message('b')],
    },
    {
      what: 'a last event without an empty line',
      text: 'data: a\n\ndata: b',
      events: [message('a'), message('b')],
    },
    { what: 'an empty stream', text: '', events: [] },
  ])('reads $what', ({ text, events }) => {
    expect(read(text)).toEqual(events);
  });

  it('gives an event as soon as its empty line has begun to come', () => {
    const reader = createEventReader();

    expect(reader.push('data: a\r\n\r')).toEqual([message('a')]);
    expect(reader.push('\ndata: b\n\n')).toEqual([message('b')]);
  });

  it('reads the same however the text is cut', () => {
    const line = fc.constantFrom('data: a', 'data:b', 'data', ': c', 'event: e', 'id: 7', '', 'data: ü😀');
    const end = fc.constantFrom('\n', '\r\n', '\r');
    const stream = fc.array(fc.tuple(line, end)).map((lines) => lines.map((each) => each.join('')).join(''));

    fc.assert(
      fc.property(stream, fc.array(fc.nat()), (text, places) => {
        expect(read(...cutAt(text, places))).toEqual(read(text));
      }),
    );
  });

  it.each([
    { what: 'a line', texts: Array.from({ length: 17 }, () => 'a'.repeat(65_536)) },
    { what: 'an event', texts: Array.from({ length: 17 }, () => `data: ${'a'.repeat(65_536)}\n`) },
  ])('gives up $what that grows beyond 1 MiB', ({ texts }) => {
    expect(() => read(...texts)).toThrow(TthError);
  });
});
