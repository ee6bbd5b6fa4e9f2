import type { Stage } from '../../domain/capabilities.ts';
import { samplesToUs } from '../../domain/media.ts';
import { usToMs } from '../../domain/time.ts';
import type {
  AvatarOutput,
  LlmOutput,
  SpeechInput,
  SpeechOutput,
  UsageRecord,
} from '../../plugin/adapter.ts';
import type { Layer } from './layer.ts';

export type Usage = { readonly [Unit in UsageRecord['unit']]?: number };

/** What a provider has been used for since the start, calls that failed or were stopped included. */
export interface UsageMeter {
  readonly totals: Usage;
  /** One call: its layer, and how its adapter reports what it knows better than we do. */
  call(stage: Stage, input: unknown): { readonly layer: Layer<unknown>; report(record: UsageRecord): void };
}

/** What an item shows of a call's cost. */
const costOf = {
  llm: (item: LlmOutput): UsageRecord[] =>
    item.type === 'usage'
      ? [
          { unit: 'input_tokens', amount: item.inputTokens },
          { unit: 'output_tokens', amount: item.outputTokens },
        ]
      : [],
  tts: ({ pcm }: SpeechOutput): UsageRecord[] => [
    { unit: 'audio_ms', amount: usToMs(samplesToUs(pcm.length)) },
  ],
  avatar: (item: AvatarOutput): UsageRecord[] =>
    item.type === 'picture' ? [{ unit: 'video_ms', amount: usToMs(item.frame.durationUs) }] : [],
} as Readonly<Record<Stage, (item: unknown) => UsageRecord[]>>;

/** A voice is paid for the text that it was given, also when nobody listens to the end. */
const priceOf = (stage: Stage, input: unknown): UsageRecord[] =>
  stage === 'tts' ? [{ unit: 'characters', amount: (input as SpeechInput).text.length }] : [];

export const createUsageMeter = (): UsageMeter => {
  const totals: { [Unit in UsageRecord['unit']]?: number } = {};
  const add = ({ unit, amount }: UsageRecord): void => {
    totals[unit] = (totals[unit] ?? 0) + amount;
  };
  return {
    totals,
    call: (stage, input) => {
      const reported = new Set<UsageRecord['unit']>();
      const seen = new Map<UsageRecord['unit'], number>();
      let isOver = false;
      const see = ({ unit, amount }: UsageRecord): void => {
        seen.set(unit, (seen.get(unit) ?? 0) + amount);
      };
      return {
        layer: () => {
          priceOf(stage, input).forEach(see);
          return {
            item: (item) => costOf[stage](item).forEach(see),
            end: () => {
              isOver = true;
              for (const [unit, amount] of seen) if (!reported.has(unit)) add({ unit, amount });
            },
          };
        },
        report: ({ unit, amount }) => {
          const isFirst = !reported.has(unit);
          reported.add(unit);
          add({ unit, amount: isOver && isFirst ? amount - (seen.get(unit) ?? 0) : amount });
        },
      };
    },
  };
};
