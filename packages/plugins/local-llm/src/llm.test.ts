import {
  createIds,
  seededRandom,
  silentLog,
  type ChatMessage,
  type Clock,
  type InferContext,
  type LlmOutput,
  createHttp,
  createSockets,
  systemClock,
} from '@tth/core/plugin';
import { describe, expect, it } from 'vitest';
import plugin from './index.ts';
import { localLlm } from './llm.ts';

/** A clock whose time passes only while somebody waits, so that waits can be counted. */
const impatientClock = (): Clock & { readonly waitedMs: () => number } => {
  let nowMs = 0;
  return {
    now: () => nowMs,
    monotonicMs: () => nowMs,
    after: (delayMs, task) => {
      let cancelled = false;
      queueMicrotask(() => {
        if (cancelled) return;
        nowMs += delayMs;
        task();
      });
      return () => {
        cancelled = true;
      };
    },
    waitedMs: () => nowMs,
  };
};

const create = (wordsPerSecond: number, seed = 1) =>
  localLlm.create(localLlm.options.parse({ wordsPerSecond }), {
    clock: impatientClock(),
    random: seededRandom(seed),
    log: silentLog,
    secrets: { reveal: () => '' },
    http: createHttp({ clock: systemClock, log: silentLog }),
    socket: createSockets({ clock: systemClock, log: silentLog }),
    services: {},
  });

const contextOf = (clock: Clock = impatientClock(), signal = new AbortController().signal): InferContext => {
  const ids = createIds(seededRandom(9));
  return {
    signal,
    deadline: 60_000,
    sessionId: ids.session(),
    turnId: ids.turn(),
    epoch: 0,
    attempt: 0,
    locale: 'en-US',
    clock,
    log: silentLog,
    usage: () => {},
  };
};

const collect = async (stream: AsyncIterable<LlmOutput>): Promise<LlmOutput[]> => {
  const outputs: LlmOutput[] = [];
  for await (const output of stream) outputs.push(output);
  return outputs;
};

const ask = (...texts: string[]): ChatMessage[] => texts.map((content) => ({ role: 'user', content }));

const textOf = (outputs: readonly LlmOutput[]): string =>
  outputs.map((output) => (output.type === 'text_delta' ? output.text : '')).join('');

const all = (adapter: ReturnType<typeof create>, messages: readonly ChatMessage[], control = {}) =>
  collect(adapter.inferStream({ messages }, { language: 'en-US', ...control }, contextOf()));

describe('local-llm adapter', () => {
  it('is the one adapter of the plugin and promises neither tools nor structured output', () => {
    expect(plugin).toMatchObject({ name: '@tth/plugin-local-llm', adapters: [{ id: 'local-llm' }] });
    expect(localLlm.capabilities).toEqual({
      stage: 'llm',
      structured: false,
      tools: false,
      continuePrefix: true,
    });
  });

  it('speaks at 40 words per second unless told otherwise and refuses options it does not know', () => {
    expect(localLlm.options.parse({})).toEqual({ wordsPerSecond: 40 });
    expect(localLlm.options.safeParse({ wordsPerSecond: Infinity }).success).toBe(true);
    expect(localLlm.options.safeParse({ wordsPerSecond: -1 }).success).toBe(false);
    expect(localLlm.options.safeParse({ apiKey: 'none needed' }).success).toBe(false);
  });

  it('is healthy from the start', async () => {
    expect(await create(0).health(new AbortController().signal)).toEqual({ status: 'ok' });
  });

  it('streams words, then usage, then the finish', async () => {
    const outputs = await all(create(0), ask('What is TTH?'));

    const types = outputs.map(({ type }) => type);
    expect(types.slice(0, -2).every((type) => type === 'text_delta')).toBe(true);
    expect(types.length).toBeGreaterThan(20);
    expect(outputs.at(-2)).toEqual({
      type: 'usage',
      inputTokens: 3,
      outputTokens: Math.ceil(textOf(outputs).length / 4),
    });
    expect(outputs.at(-1)).toEqual({ type: 'finish', reason: 'stop' });
  });

  it('spreads the words evenly and does not wait for the first', async () => {
    const clock = impatientClock();
    const stream = create(50).inferStream(
      { messages: ask('tell me a story') },
      { language: 'en-US' },
      contextOf(clock),
    );

    let words = 0;
    for await (const { type } of stream) {
      if (type !== 'text_delta') break;
      expect(clock.waitedMs()).toBeCloseTo(words * 20, 3);
      words += 1;
    }
    expect(words).toBeGreaterThan(60);
  });

  it.each([0, Infinity])('does not wait at all at %s words per second', async (wordsPerSecond) => {
    const clock = impatientClock();

    const stream = create(wordsPerSecond).inferStream(
      { messages: ask('hello') },
      { language: 'en-US' },
      contextOf(clock),
    );

    expect(textOf(await collect(stream))).not.toBe('');
    expect(clock.waitedMs()).toBe(0);
  });

  it('ends without another item when it is aborted in the middle of a reply', async () => {
    const stop = new AbortController();
    const stream = create(10).inferStream(
      { messages: ask('tell me a long story') },
      { language: 'en-US' },
      contextOf(impatientClock(), stop.signal),
    );

    const seen: LlmOutput[] = [];
    for await (const output of stream) {
      seen.push(output);
      if (seen.length === 5) stop.abort();
    }

    expect(seen.map(({ type }) => type)).toEqual(Array(5).fill('text_delta'));
  });

  it('says nothing when it is aborted before it began', async () => {
    const stream = create(0).inferStream(
      { messages: ask('hello') },
      { language: 'en-US' },
      contextOf(impatientClock(), AbortSignal.abort()),
    );

    expect(await collect(stream)).toEqual([]);
  });

  it('stops at the token limit and says so', async () => {
    const outputs = await all(create(0), ask('tell me a long story'), { maxOutputTokens: 20 });

    expect(textOf(outputs).length).toBeLessThanOrEqual(80);
    expect(outputs.at(-1)).toEqual({ type: 'finish', reason: 'length' });
  });

  it('gives equal replies for equal conversations, whatever was asked in between', async () => {
    const adapter = create(0, 5);
    const first = textOf(await all(adapter, ask('tell me a joke')));
    await all(adapter, ask('flip a coin'));

    expect(textOf(await all(adapter, ask('tell me a joke')))).toBe(first);
    expect(textOf(await all(create(0, 5), ask('tell me a joke')))).toBe(first);
  });

  it('chooses differently under another seed', async () => {
    const seeds = Array.from({ length: 12 }, (_, seed) => seed);

    const jokes = await Promise.all(
      seeds.map(async (seed) => textOf(await all(create(0, seed), ask('tell me a joke')))),
    );

    expect(new Set(jokes).size).toBeGreaterThan(3);
  });

  it('continues an unfinished answer so that both parts join to the whole', async () => {
    const adapter = create(0);
    const messages = ask('tell me a story');
    const whole = textOf(await all(adapter, messages));

    for (const cut of [1, 10, 57, 200, whole.length - 1]) {
      const content = whole.slice(0, cut);
      const rest = textOf(await all(adapter, [...messages, { role: 'assistant', content }]));
      expect(content + rest).toBe(whole);
    }
  });
});
