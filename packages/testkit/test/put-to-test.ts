import type { AdapterDefinition, AnyAdapter, LlmAdapter, PictureCodec, TtsAdapter } from '@tth/core/plugin';
import {
  type StartedAdapter,
  type VendorSimulator,
  scriptedAvatar,
  scriptedLlm,
  scriptedTts,
  startAdapter,
  startVendor,
  vendorHandle,
  vendorLlm,
  vendorTts,
} from '@tth/testkit';
import { avatarSubject } from '../src/conformance/avatar-subject.ts';
import {
  type Check,
  type CheckResult,
  type Opened,
  type Subject,
  runCheck,
} from '../src/conformance/check.ts';
import { avatarChecks, llmChecks, ttsChecks } from '../src/conformance/checks.ts';
import { llmSubject } from '../src/conformance/llm-subject.ts';
import { ttsSubject } from '../src/conformance/tts-subject.ts';
import type { Flaw } from './flaws.ts';

/** An adapter that is broken in one place, and the check that has to find it. */
export interface Broken {
  readonly check: Check<never>;
  readonly flaw: string;
  /** What the check says of it. */
  readonly finds: RegExp;
  judge(): Promise<CheckResult>;
}

export interface Sound {
  /** It calls the simulated vendor. */
  readonly vendor?: boolean;
  /** In place of a scripted one. */
  readonly definition?: AdapterDefinition;
  readonly codec?: PictureCodec;
  readonly limitMs?: number;
}

const reply = 'The sea is deep. Nobody has seen all of it.';

const broken =
  <Adapter extends AnyAdapter, S extends Subject<Adapter>>(
    stage: S['stage'],
    checks: readonly Check<S>[],
    subjectOf: (opened: Opened<Adapter>, codec: PictureCodec) => S,
    definitionFor: (isOfVendor: boolean) => AdapterDefinition,
  ) =>
  (id: string, flaw: string, finds: RegExp, breakIt: Flaw, sound: Sound = {}): Broken => {
    const check = checks.find((each) => each.id === id);
    if (check === undefined) throw new Error(`There is no check "${id}" of the stage ${stage}.`);
    const definition = sound.definition ?? definitionFor(sound.vendor ?? false);
    const plugin = { name: '@tth/broken', apiVersion: 1, adapters: [definition] };
    const start = async (vendor: VendorSimulator): Promise<StartedAdapter<Adapter>> => {
      const options = sound.vendor ? { baseUrl: vendor.url } : {};
      const started: StartedAdapter = await startAdapter(plugin, stage, definition.id, { options });
      const adapter = Object.assign({ ...started.adapter }, breakIt(started, vendor)) as Adapter;
      return { ...started, adapter };
    };
    const judge = async (): Promise<CheckResult> => {
      const simulator = await startVendor({ reply: () => reply });
      const started = await start(simulator);
      const { codec = 'pose', limitMs = 10_000 } = sound;
      const vendor = sound.vendor ? vendorHandle(simulator) : undefined;
      const opened = { started, make: () => start(simulator), vendor, limitMs, manyCalls: 40 };
      try {
        return await runCheck(check, subjectOf(opened, codec));
      } finally {
        await simulator.close();
        await started.close();
      }
    };
    return { check, flaw, finds, judge };
  };

export const model = broken(
  'llm',
  llmChecks,
  (opened: Opened<LlmAdapter>) => llmSubject(opened),
  (isOfVendor) => (isOfVendor ? vendorLlm('broken') : scriptedLlm({ id: 'broken', reply }).definition),
);
export const voice = broken(
  'tts',
  ttsChecks,
  (opened: Opened<TtsAdapter>) => ttsSubject(opened),
  (isOfVendor) => (isOfVendor ? vendorTts('broken') : scriptedTts({ id: 'broken' }).definition),
);
export const face = broken(
  'avatar',
  avatarChecks,
  avatarSubject,
  () => scriptedAvatar({ id: 'broken' }).definition,
);
