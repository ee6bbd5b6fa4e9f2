import { type Script, scriptedLlm, scriptedPlugin, scriptedTts, startVirtualEngine } from '@tth/testkit';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import * as z from 'zod';
import { type LlmInput, type LlmOutput, defineTool } from '../plugin/index.ts';

const preface = 'Let me look that up.';
const answer = 'It is clear in Oslo.';
const call: LlmOutput = { type: 'tool_call', id: 'c', name: 'weather', arguments: '{"city":"Oslo"}' };

/** Looks something up and answers; goes on with what others began. Without tools it answers from its memory. */
const lookUp = ({ messages, tools }: LlmInput): (string | LlmOutput)[] => {
  const last = messages.at(-1)!;
  const begun = last.role === 'assistant' ? last.content : '';
  const isKnown = messages.some(({ role, content }) => role === 'tool' || content.startsWith('Result of'));
  const answersItself = tools === undefined || begun.length > preface.length;
  const whole = isKnown ? answer : answersItself ? `${preface}\n${answer}` : preface;
  expect(whole.startsWith(begun)).toBe(true);
  const rest = whole.slice(begun.length).match(/[^]{1,6}/g) ?? [];
  return isKnown || answersItself ? rest : [...rest, call];
};

const script: fc.Arbitrary<Script> = fc.oneof(
  { weight: 2, arbitrary: fc.record({ failAt: fc.nat(8) }) },
  { weight: 1, arbitrary: fc.record({ endAt: fc.nat(8) }) },
  { weight: 1, arbitrary: fc.record({ hangAt: fc.nat(8) }) },
  { weight: 1, arbitrary: fc.constant({}) },
);
/** How a model does in its first call and in its second, and whether it knows tools. */
const model = fc.record({ first: script, second: script, tools: fc.boolean() });

describe('a turn with tools whose models fail', () => {
  it('runs each call once, says everything once and ends', async () => {
    const world = fc.record({
      models: fc.array(model, { minLength: 1, maxLength: 3 }),
      toolMs: fc.constantFrom(0, 50, 20_000),
      interruptMs: fc.option(fc.nat(1_000), { nil: undefined, freq: 3 }),
    });
    await fc.assert(
      fc.asyncProperty(world, async ({ models, toolMs, interruptMs }) => {
        let runs = 0;
        const weather = defineTool({
          name: 'weather',
          description: 'as told',
          parameters: z.object({ city: z.string() }),
          execute: async (_args, { clock }) => {
            runs += 1;
            if (toolMs > 0) await new Promise<void>((resolve) => clock.after(toolMs, resolve));
            return 'clear';
          },
        });
        const llms = models.map(({ first, second, tools }, i) =>
          scriptedLlm({
            id: `llm-${i}`,
            reply: lookUp,
            capabilities: { tools, continuePrefix: true },
            script: (nth) => (nth === 0 ? first : second),
          }),
        );
        const last = scriptedLlm({
          id: 'last',
          reply: lookUp,
          capabilities: { tools: true, continuePrefix: true },
        });
        const { clock, connect } = await startVirtualEngine({
          plugins: [scriptedPlugin([...llms, last, scriptedTts({ msPerCharacter: 10 })])],
          policies: { llm: { firstItemMs: 400, idleMs: 200 } },
          tools: [weather],
        });
        const client = connect();

        client.ask('Weather?');
        if (interruptMs !== undefined) {
          await clock.advance(interruptMs);
          client.interrupt();
        }
        await clock.advance(60_000);

        const text = client
          .of('text_delta')
          .map((event) => event.text)
          .join('');
        expect(`${preface}\n${answer}`.startsWith(text)).toBe(true);
        expect(runs).toBeLessThanOrEqual(1);
        expect(client.ends).toHaveLength(1);
        const [end] = client.ends;
        if (interruptMs === undefined) expect(end?.type).toBe('turn_completed');
        if (end?.type === 'turn_completed') expect(text).toBe(`${preface}\n${answer}`);
        expect([...llms, last].flatMap(({ log }) => log.calls).some(({ state }) => state === 'open')).toBe(
          false,
        );
      }),
      { numRuns: 150 },
    );
  });
});
