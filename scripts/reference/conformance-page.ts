import { inspect } from 'node:util';
import { type CheckInfo, type VendorFault, conformanceChecks, vendorFaults } from '@tth/testkit';
import { table } from './fields.ts';

const adapters = { llm: 'model', tts: 'voice', avatar: 'face' } as const;
type Stage = keyof typeof adapters;
const stages = Object.keys(adapters) as Stage[];

/** What the checks of a group are about. A group without a line here fails the page. */
const groups: Readonly<Record<string, string>> = {
  contract: 'What an adapter says of itself, and what its answers have in common.',
  cancel: 'An abort ends a call whenever it comes. What is left of it is counted at the vendor, not timed.',
  faults: 'What a vendor does wrong, and what the router has to learn of it.',
  privacy: 'What may be in no log line and in no error, causes and fields included.',
  lifecycle: 'Begins and ends, many times over: many calls are 200, or as many as fit in half a second.',
  answer: 'The answer of a model.',
  speech: 'The sound of a voice.',
  timing: 'Times decide what counts as heard and move the lips.',
  pictures: 'The pictures of a face, asked for each of its codecs.',
  claims: 'An adapter can do what its capabilities say. Of long lists the ends and the middle are tried.',
};

const groupOf = ({ id }: CheckInfo): string => id.split('.')[0]!;

/** Every check once, with the stages that it is asked of. */
const rows = (): { readonly check: CheckInfo; readonly stages: readonly Stage[] }[] => {
  const all = new Set(stages.flatMap((stage) => conformanceChecks[stage]));
  return [...all].map((check) => ({
    check,
    stages: stages.filter((stage) => conformanceChecks[stage].includes(check)),
  }));
};

const askedOf = (of: readonly Stage[]): string =>
  of.length === stages.length ? 'all' : of.map((stage) => adapters[stage]).join(', ');

const groupSection = (group: string): string => {
  const inGroup = rows().filter(({ check }) => groupOf(check) === group);
  const checks = inGroup.map(({ check, stages: of }) => [
    `\`${check.id}\``,
    check.sentence,
    askedOf(of),
    check.severity,
    check.needsVendor ? 'simulated' : '',
    check.runsLive ? 'yes' : '',
  ]);
  return [
    `### ${group}`,
    groups[group],
    table(['check', 'the adapter …', 'asked of', 'severity', 'vendor', 'live'], checks),
  ].join('\n\n');
};

const faultMeanings: Readonly<Record<VendorFault['kind'], string>> = {
  refuse: 'answers with a status and nothing of use, and says how long to wait where it is given',
  silent_end: 'accepts, and ends cleanly without an item',
  cut: 'gives an item, then closes (`fin`) or resets (`rst`) the connection',
  hang: 'sends nothing more: before it accepts, once it has, or after its first item',
  drip: 'gives the whole answer with a wait after each piece',
  garbage: 'gives a page, or bytes that are nothing',
  recut: 'gives the whole answer in writes of so many bytes',
};

const shown = (faults: readonly VendorFault[]): string =>
  faults.map((fault) => `\`${inspect(fault, { breakLength: Infinity })}\``).join(', ');

/** Every check of the conformance kit, and every fault that it asks a simulated vendor for. */
export const conformancePage = (made: string): string => {
  const present = new Set(rows().map(({ check }) => groupOf(check)));
  const unknown = [...present].filter((group) => !(group in groups));
  if (unknown.length > 0) throw new Error(`the page says nothing of the groups ${unknown.join(', ')}`);
  const total = stages.map((stage) => `${conformanceChecks[stage].length} of a ${adapters[stage]}`);
  return `${[
    made,
    '# Conformance',
    `What the conformance kit of \`@tth/testkit\` asks of a plugin's adapters: ${total.join(', ')}. How a plugin runs it is in [writing a plugin](../guides/writing-a-plugin.md#conformance).`,
    'A broken `must` fails the run: turns would break, leak or tell secrets. A broken `should` is a warning. *vendor*: faults or counts are asked of a simulated vendor, and without one the check is skipped. *live*: it is also asked of the real vendor where that was asked for. A plugin skips a check by its id, with a reason in words that the report prints.',
    '## Checks',
    ...Object.keys(groups)
      .filter((group) => present.has(group))
      .map(groupSection),
    '## Faults of a simulated vendor',
    'Every simulator plays them in the way of its own wire, through a `VendorHandle`.',
    table(
      ['fault', 'the vendor …', 'as the kit asks for it'],
      Object.entries(faultMeanings).map(([kind, meaning]) => [
        `\`${kind}\``,
        meaning,
        shown(vendorFaults.filter((fault) => fault.kind === kind)),
      ]),
    ),
  ].join('\n\n')}\n`;
};
