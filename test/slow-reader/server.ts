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
    // What a session remembers has its bounds, which these rounds reach at once: growth is then none of theirs.
    historyTurns: 2,
    historyEvents: 100,
    llm: { ...defaultPolicies.llm, ...patient },
    tts: { ...defaultPolicies.tts, ...patient },
  },
});
await server.warm;
answerQuestions(server.port);
