import { defaultPolicies } from '@tth/core';
import { scriptedPlugin } from '@tth/testkit';
import { answerQuestions } from '../bench/child.ts';
import { instantLlm, instantTts } from '../bench/providers.ts';
import { startTth } from '../support/start-tth.ts';

const hourMs = 3_600_000;
const patient = { firstItemMs: hourMs, idleMs: hourMs };

/** Everything is due at once, so that only what a client reads holds the media back. */
const server = await startTth({
  plugins: [scriptedPlugin([instantLlm, instantTts])],
  policies: {
    aheadMs: hourMs,
    turnBudgetMs: hourMs,
    llm: { ...defaultPolicies.llm, ...patient },
    tts: { ...defaultPolicies.tts, ...patient },
  },
});
await server.warm;
answerQuestions(server.port);
