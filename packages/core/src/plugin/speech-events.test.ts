import { describe, expect, it } from 'vitest';
import type { UsageRecord } from './adapter.ts';
import { speechEvents } from './speech-events.ts';

async function* eventsOf(...datas: unknown[]): AsyncGenerator<{ event: string; data: string }, void> {
  for (const data of datas) {
    yield { event: 'message', data: typeof data === 'string' ? data : JSON.stringify(data) };
  }
}

const delta = (...bytes: number[]) => ({
  type: 'speech.audio.delta',
  audio: Buffer.from(bytes).toString('base64'),
  response_format: 'pcm',
});
const done = {
  type: 'speech.audio.done',
  usage: { input_tokens: 40, output_tokens: 120, total_tokens: 160 },
};

const read = async (...datas: unknown[]) => {
  const usage: UsageRecord[] = [];
  const bytes: number[] = [];
  for await (const piece of speechEvents(eventsOf(...datas), (record) => usage.push(record))) {
    bytes.push(...piece);
  }
  return { bytes, usage };
};

describe('speech as events', () => {
  it('gives the bytes of its deltas and what they cost', async () => {
    const { bytes, usage } = await read(delta(1, 2, 3), delta(255), done);

    expect(bytes).toEqual([1, 2, 3, 255]);
    expect(usage).toEqual([
      { unit: 'input_tokens', amount: 40 },
      { unit: 'output_tokens', amount: 120 },
    ]);
  });

  it('leaves out what it does not know, and forgives one event that it cannot read', async () => {
    const { bytes, usage } = await read(
      { type: 'speech.audio.info', voice: 'anna' },
      delta(1),
      '{"type":"speech.audio.delta","audio":"*"}',
      delta(2),
      { type: 'speech.audio.done' },
      delta(3),
    );

    expect(bytes).toEqual([1, 2]);
    expect(usage).toEqual([]);
  });

  it.each([
    ['ends before it says that it is done', [delta(1), '[DONE]'], 'provider.protocol_error'],
    ['cannot be read twice', [delta(1), '{', '{', done], 'provider.protocol_error'],
    [
      'holds an error of the server',
      [delta(1), { type: 'speech.audio.error', error: { message: 'out of memory', code: 500 } }],
      'provider.unavailable',
    ],
    ['holds an error without a code', [{ type: 'speech.audio.error' }], 'provider.unavailable'],
    [
      'holds an error of the request',
      [{ type: 'speech.audio.error', error: { message: 'no such voice', code: 404 } }],
      'provider.misconfigured',
    ],
  ])('fails where it %s', async (_name, datas, code) => {
    const failure = await read(...datas).catch((error: unknown) => error);

    expect(failure).toMatchObject({ code });
    expect(JSON.stringify(failure)).not.toContain('no such voice');
  });
});
