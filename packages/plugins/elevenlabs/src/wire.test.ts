import { describe, expect, it } from 'vitest';
import { createFrameReader, readLine, socketUrl } from './wire.ts';

const audio = Buffer.from([1, 2, 3]).toString('base64');
const times = { chars: ['a', 'b'], startsMs: [0, 80], durationsMs: [80, 70] };

describe('frames of speech', () => {
  it.each([
    {
      spelling: 'the documentation of contexts',
      message: {
        audio,
        contextId: 's1',
        alignment: { chars: ['a', 'b'], charStartTimesMs: [0, 80], charDurationsMs: [80, 70] },
      },
      contextId: 's1',
    },
    {
      spelling: 'what others saw of contexts',
      message: {
        audio,
        context_id: 's1',
        alignment: { chars: ['a', 'b'], charsStartTimesMs: [0, 80], charsDurationsMs: [80, 70] },
      },
      contextId: 's1',
    },
    {
      spelling: 'dialogues',
      message: {
        audio,
        alignment: { chars: ['a', 'b'], char_start_times_ms: [0, 80], char_durations_ms: [80, 70] },
      },
    },
    {
      spelling: 'HTTP',
      message: {
        audio_base64: audio,
        alignment: {
          characters: ['a', 'b'],
          character_start_times_seconds: [0, 0.08],
          character_end_times_seconds: [0.08, 0.15],
        },
      },
    },
  ])('are read in the spelling of $spelling', ({ message, contextId }) => {
    const { alignment, ...frame } = createFrameReader()(JSON.stringify(message))!;

    expect(frame).toEqual({
      audio: Uint8Array.of(1, 2, 3),
      spokenAlignment: undefined,
      contextId,
      isFinal: false,
      error: undefined,
    });
    expect(alignment).toEqual({
      ...times,
      durationsMs: times.durationsMs.map((ms) => expect.closeTo(ms) as number),
    });
  });

  it.each(['normalizedAlignment', 'normalized_alignment'])(
    'tell the text as it is spoken apart: %s',
    (name) => {
      const given = { chars: ['a'], charStartTimesMs: [0], charDurationsMs: [80] };

      expect(readLine({ audio, alignment: null, [name]: given })).toMatchObject({
        alignment: undefined,
        spokenAlignment: { chars: ['a'], startsMs: [0], durationsMs: [80] },
      });
    },
  );

  it.each([
    { what: 'an end', message: { isFinal: true, contextId: 's1' }, read: { isFinal: true, contextId: 's1' } },
    { what: 'another end', message: { audio: null, is_final: true }, read: { isFinal: true } },
    { what: 'no end', message: { audio, isFinal: null }, read: { isFinal: false } },
    { what: 'the end of a turn', message: { is_final_audio_for_turn: true }, read: { isFinal: false } },
    { what: 'a note', message: { type: 'flush_done', context_id: 's1' }, read: { isFinal: false } },
    { what: 'an error', message: { error: 'quota_exceeded', code: 1008 }, read: { error: 'quota_exceeded' } },
  ])('know $what', ({ message, read }) => {
    expect(readLine(message)).toMatchObject(read);
  });

  it('forgive one message that cannot be read, and no more', () => {
    const read = createFrameReader();

    expect(read('{"no')).toBeUndefined();
    expect(() => read(Uint8Array.of(1, 2))).toThrow(
      expect.objectContaining({ code: 'provider.protocol_error' }),
    );
  });
});

describe('the address of a socket', () => {
  it.each([
    {
      baseUrl: 'https://api.eu.residency.elevenlabs.io',
      start: 'wss://api.eu.residency.elevenlabs.io/v1/x?',
    },
    { baseUrl: 'http://127.0.0.1:80', start: 'ws://127.0.0.1:80/v1/x?' },
  ])('is that of $baseUrl', ({ baseUrl, start }) => {
    expect(socketUrl(baseUrl, '/v1/x', { a: '1', b: undefined })).toBe(`${start}a=1`);
  });
});
