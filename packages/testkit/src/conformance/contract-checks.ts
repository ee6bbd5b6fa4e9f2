import assert from 'node:assert/strict';
import { type Capabilities, emotionLabels } from '@tth/core/plugin';
import { collect, contextFor, within } from './calls.ts';
import type { Check } from './check.ts';

/** What is wrong with a description, field by field. */
const faultsIn = (value: unknown, path = 'capabilities'): string[] => {
  if (Array.isArray(value)) {
    return new Set(value).size === value.length ? [] : [`${path} names something twice`];
  }
  if (typeof value === 'number' && !Number.isFinite(value)) return [`${path} is no number`];
  if (typeof value !== 'object' || value === null) return [];
  if ('min' in value && 'max' in value && !(Number(value.min) <= Number(value.max))) {
    return [`${path} ends before it begins`];
  }
  return Object.entries(value).flatMap(([name, inner]) => faultsIn(inner, `${path}.${name}`));
};

const wordsIn = (capabilities: Capabilities): string[] => {
  if (capabilities.stage === 'llm') return [];
  const strange = capabilities.controls.emotions.filter((label) => !emotionLabels.includes(label));
  const languages = capabilities.stage === 'tts' ? capabilities.languages : [];
  return [
    ...strange.map((label) => `"${label}" is no feeling of the controls`),
    ...languages
      .filter((tag) => !/^[a-z]{2,8}$/.test(tag))
      .map((tag) => `"${tag}" is no primary language tag`),
  ];
};

/** What an adapter says of itself, and the forms of its answers. */
export const contractChecks: readonly Check[] = [
  {
    id: 'contract.description',
    sentence: 'describes itself as of its stage, in plain data, the same each time',
    severity: 'must',
    runsLive: true,
    run: async ({ stage, started: { adapter } }) => {
      const first = adapter.capabilities();

      assert.match(
        adapter.id,
        /^[a-z0-9][a-z0-9-]*$/,
        'Its id is not of lower case letters, digits and dashes.',
      );
      assert.equal(first.stage, stage, 'It says that it is of another stage.');
      assert.deepEqual(adapter.capabilities(), first, 'It describes itself differently the second time.');
      assert.deepEqual(JSON.parse(JSON.stringify(first)), first, 'Its description is not plain data.');
    },
  },
  {
    id: 'contract.claims',
    sentence: 'claims ranges, languages and feelings that can be',
    severity: 'must',
    runsLive: true,
    run: async ({ started: { adapter } }) => {
      const capabilities = adapter.capabilities();

      assert.deepEqual([...faultsIn(capabilities), ...wordsIn(capabilities)], []);
    },
  },
  {
    id: 'contract.options',
    sentence: 'refuses options that it does not know, so that a wrong name is found at the start',
    severity: 'should',
    run: async ({ started }) => {
      assert(!started.accepts({ 'no-such-option': true }), 'It takes an option that it does not know.');
    },
  },
  {
    id: 'contract.health',
    sentence: 'is warm after a warm-up and well when asked',
    severity: 'must',
    runsLive: true,
    run: async ({ started: { adapter }, limitMs }) => {
      const { signal } = new AbortController();

      await within(limitMs * 3, 'The warm-up', Promise.resolve(adapter.warmup?.(signal)));
      const health = await within(limitMs, 'The health check', adapter.health(signal));

      assert.equal(health.status, 'ok', `Its health is "${health.status}": ${health.detail ?? 'no detail'}`);
    },
  },
  {
    id: 'contract.batch',
    sentence: 'gives the same in one batch as in a stream',
    severity: 'must',
    run: async (subject) => {
      const { say, words, limitMs } = subject;

      const batch = await within(limitMs, 'The batch', subject.batch(words.short, contextFor(subject)));

      subject.assertAlike(batch, await collect(subject, say(words.short)));
    },
  },
  {
    id: 'contract.side-by-side',
    sentence: 'serves several calls at once without mixing them',
    severity: 'must',
    run: async (subject) => {
      const { say, words } = subject;
      const alone = await collect(subject, say(words.short));

      const [one, long, other] = await Promise.all(
        [words.short, words.long, words.short].map((text) => collect(subject, say(text))),
      );

      subject.assertAlike(one!, alone);
      subject.assertAlike(other!, alone);
      subject.assertAlike(long!, await collect(subject, say(words.long)));
    },
  },
  {
    id: 'contract.usage',
    sentence: 'counts what a call used in amounts that can be added up',
    severity: 'should',
    runsLive: true,
    run: async (subject) => {
      const context = contextFor(subject);
      const read = async (): Promise<void> => {
        for await (const _ of subject.say(subject.words.short)(context));
      };

      await within(subject.limitMs, 'The call', read());

      for (const { unit, amount } of context.usageRecords) {
        assert(Number.isFinite(amount) && amount >= 0, `It counted ${amount} ${unit}.`);
      }
    },
  },
  {
    id: 'contract.vendor',
    sentence: 'is checked against a simulated vendor, if it has one',
    severity: 'should',
    notFor: ({ started }) => (started.revealed.size === 0 ? 'it asks for no secret' : undefined),
    run: async ({ vendor }) => {
      assert(vendor, 'It asks for a secret, so it has a vendor, and none was given to the kit.');
    },
  },
];
