import { firstValueFrom, toArray } from 'rxjs';
import { describe, expect, it } from 'vitest';
import type { LlmOutput } from '../plugin/adapter.ts';
import { llmStage } from './llm.stage.ts';
import { createRelay } from './relay.ts';

const replyOf = (outputs: readonly LlmOutput[]) =>
  firstValueFrom(
    llmStage({
      models: createRelay({
        first: {
          id: 'model',
          continuesPrefix: false,
          structured: false,
          tools: false,
          open: async function* () {
            yield* outputs;
          },
        },
        findNext: () => undefined,
        announce: () => {},
      }),
      prompt: () => [{ role: 'user', content: 'Hi' }],
      styleHints: 'auto',
      toolbox: { offers: [], maxRounds: 0, run: () => Promise.resolve([]) },
      maxLength: 1_000,
      usage: () => {},
    }).pipe(toArray()),
  );

const text = (words: string): LlmOutput => ({ type: 'text_delta', text: words });
const finish: LlmOutput = { type: 'finish', reason: 'stop' };

describe('a model’s reply', () => {
  it('is its text, with hints apart', async () => {
    expect(await replyOf([text('[happy:1] Hel'), text('lo.'), finish])).toEqual([
      { type: 'hint', emotion: { label: 'happy', intensity: 1 } },
      { type: 'text', text: 'Hel' },
      { type: 'text', text: 'lo.' },
      { type: 'end' },
    ]);
  });

  it('ends where the model says so: what comes after is not spoken', async () => {
    expect(await replyOf([text('The end.'), finish, text(' Ghost words.')])).toEqual([
      { type: 'text', text: 'The end.' },
      { type: 'end' },
    ]);
  });

  it('breaks off where the model ran out of tokens', async () => {
    const ranOut: LlmOutput = { type: 'finish', reason: 'length' };

    expect((await replyOf([text('One. Two is'), ranOut])).at(-1)).toEqual({ type: 'cut' });
  });

  it('fails when the model stops without saying so, or says nothing', async () => {
    await expect(replyOf([text('And then')])).rejects.toMatchObject({ code: 'provider.protocol_error' });
    await expect(replyOf([finish])).rejects.toMatchObject({ code: 'provider.protocol_error' });
  });
});
