import { defaultPolicies } from '@tth/core';
import { scriptedPlugin, vendorLlm, vendorTts } from '@tth/testkit';
import { startTth } from '../support/start-tth.ts';
import { answerQuestions } from './child.ts';
import { instantFace, instantLlm, instantTts } from './providers.ts';

/** With them, a vendor of this stage is asked first, and given up after so many milliseconds; `face` alone adds a face. */
const [stage, baseUrl, budgetMs] = process.argv.slice(2);

const primaries = { llm: [vendorLlm('primary')], tts: [vendorTts('primary')] };
const { circuit } = defaultPolicies;
const budget = { firstItemMs: Number(budgetMs), idleMs: Number(budgetMs) };

const server =
  stage === 'llm' || stage === 'tts'
    ? await startTth({
        plugins: [scriptedPlugin([...primaries[stage], instantLlm, instantTts])],
        adapters: { primary: { baseUrl, form: 'lines' } },
        // The primary never gets a rest, so that every turn meets its failure.
        policies: { [stage]: budget, circuit: { ...circuit, failureThreshold: 1e9, minCalls: 1e9 } },
      })
    : await startTth({
        plugins: [scriptedPlugin([instantLlm, instantTts, ...(stage === 'face' ? [instantFace] : [])])],
        policies: { maxSessions: 10_000 },
      });
await server.warm;
answerQuestions(server.port);
