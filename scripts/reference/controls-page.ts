import {
  type AdapterInfo,
  controlRanges,
  emotionAxes,
  emotionLabels,
  emulatedManners,
  neutralControls,
  nearestEmotion,
  notations,
  offeredEmotions,
} from '@tth/core';
import type { AvatarCapabilities, ControlMap, Range, TtsCapabilities } from '@tth/core/plugin';
import { controlPatch } from '@tth/protocol';
import { type JsonSchema, code, describe, table } from './fields.ts';

/** What else than the value itself may stand in a field. */
const alsoWritten: Readonly<Record<string, string>> = {
  'emotion.label': 'in any case; many other words, such as `joyful` or `anger`',
  'emotion.intensity': notations.intensity.expected,
  'character.rate': `${notations.rate.expected}; \`slow\`, \`fast\``,
  'character.pitch': `${notations.pitch.expected}; \`low\`, \`high\``,
  'character.volume': `${notations.volume.expected}; \`soft\`, \`loud\``,
  'character.language': 'a locale such as `en_us` or `de_DE.UTF-8`',
  'character.style': 'several lines become one',
  'render.widthPx': '`640px`',
  'render.heightPx': '`640px`',
  'render.fps': '`25 fps`',
  'render.framing': '`portrait`, `waist`, `full body` and the like',
  'render.background': '`#rgb`, `green screen`, `white`, `black`',
  'render.gaze': '`left`, `right`, `viewer`',
  'render.headMotion': '`none`, `normal`, `lively`',
  'alignment.leadMs': '`0.1s`',
  'alignment.maxHoldMs': '`0.1s`',
};

const units: Readonly<Record<string, string>> = {
  'emotion.intensity': 'share',
  'character.rate': 'factor',
  'character.pitch': 'factor',
  'character.volume': 'factor',
  'render.widthPx': 'pixels',
  'render.heightPx': 'pixels',
  'render.fps': 'frames per second',
  'alignment.leadMs': 'milliseconds',
  'alignment.maxHoldMs': 'milliseconds',
};

const fieldTable = (): string => {
  const { properties = {} } = controlPatch.toJSONSchema() as JsonSchema;
  const neutral = neutralControls as unknown as Readonly<Record<string, Readonly<Record<string, unknown>>>>;
  const rows = Object.entries(properties).flatMap(([part, { properties: fields }]) =>
    Object.entries(fields ?? {}).map(([field, schema]) => {
      const path = `${part}.${field}`;
      const range = (controlRanges as Readonly<Record<string, Range>>)[path];
      const value = range === undefined ? describe(schema, []) : `${range.min} to ${range.max}`;
      const standard = neutral[part]?.[field];
      return [
        `\`${path}\``,
        value,
        units[path] ?? '',
        standard === undefined ? 'the voice’s own' : code([standard]),
        alsoWritten[path] ?? '',
      ];
    }),
  );
  return table(['control', 'value', 'unit', 'neutral', 'may also be written'], rows);
};

const factors = (values: readonly number[]): string => values.map((value) => `× ${value}`).join(', ');

const emotionTable = (): string =>
  table(
    ['feeling', 'valence', 'arousal', 'nearest of the seven', 'told by rate, pitch, volume'],
    emotionLabels.map((label) => {
      const { valence, arousal } = emotionAxes[label];
      const { rate, pitch, volume } = emulatedManners[label];
      const nearest = nearestEmotion(label, offeredEmotions) ?? 'none';
      return [`\`${label}\``, String(valence), String(arousal), nearest, factors([rate, pitch, volume])];
    }),
  );

/** Every control: what it may be, what else may be written for it, and how feelings stand for each other. */
export const controlsSections = (): readonly string[] => [
  '# Controls',
  'What `controls` may hold, everywhere: in `hello`, `user_text`, `say`, `controls`, in the bodies of `POST /v1/sessions` and `POST /v1/generate`, in personas. Parts and fields that are not listed are refused; values that cannot be understood are dropped, each with a reason in `control_report`. `strict: true` beside the parts refuses a turn that would be degraded. The [guide](../guides/controls-and-personas.md) explains all of it.',
  fieldTable(),
  '## Feelings',
  'A provider without a feeling shows the one that it names to stand for it, else the nearest by valence (unpleasant −1 to pleasant 1) and arousal (drowsy −1 to agitated 1), if that is no farther than 0.5. A voice with none that is near tells it by rate, pitch and volume; the factors are those of full intensity.',
  emotionTable(),
];

const rangeOf = (range: Range | undefined, otherwise: string): string =>
  range === undefined ? otherwise : `${range.min} to ${range.max}`;
const yes = (has: boolean | undefined): string => (has === true ? 'yes' : '–');
const listed = (values: readonly string[] | undefined): string => {
  if (values === undefined || values.length === 0) return '–';
  return values.length > 8 ? `${values.length} of them` : values.join(', ');
};
const anyOf = (values: readonly string[]): string => (values.length === 0 ? 'any' : listed(values));
const emotionsOf = ({ emotions }: { readonly emotions: readonly string[] }): string =>
  emotions.length === emotionLabels.length ? 'all fifteen' : listed(emotions);

const ofVoice = (can: TtsCapabilities): Readonly<Record<string, string>> => {
  const { controls, emulate = ['emotion', 'volume'] } = can;
  return {
    emotion:
      controls.emotions.length > 0 || !emulate.includes('emotion')
        ? emotionsOf(controls)
        : 'told by rate, pitch, volume',
    intensity: yes(controls.emotions.length > 0 && controls.intensity !== false),
    rate: rangeOf(controls.rate, '–'),
    pitch: rangeOf(controls.pitch, '–'),
    volume: rangeOf(controls.volume, emulate.includes('volume') ? 'by gain' : '–'),
    style: yes(controls.style),
    voice: anyOf(can.voices),
    language: anyOf(can.languages),
  };
};

const ofFace = ({ controls, identities }: AvatarCapabilities): Readonly<Record<string, string>> => ({
  emotion: emotionsOf(controls),
  intensity: yes(controls.intensity !== false),
  widthPx: rangeOf(controls.sizePx, '–'),
  heightPx: rangeOf(controls.sizePx, '–'),
  fps: rangeOf(controls.fps, '–'),
  framing: listed(controls.framings),
  background: yes(controls.background),
  gaze: yes(controls.gaze),
  headMotion: yes(controls.headMotion),
  gesture: listed(controls.gestures),
  identity: anyOf(identities),
});

/** What of the controls each voice and face has, and the field of its request where it has one. */
export const controlMatrix = (adapters: readonly AdapterInfo[]): string => {
  const columns = adapters.flatMap(({ id, capabilities }) => {
    if (capabilities.stage === 'llm') return [];
    const cells = capabilities.stage === 'tts' ? ofVoice(capabilities) : ofFace(capabilities);
    const map: ControlMap = capabilities.map ?? {};
    return [{ id, cells, map }];
  });
  const controls = [...new Set(columns.flatMap(({ cells }) => Object.keys(cells)))];
  const rows = controls.map((control) => [
    `\`${control}\``,
    ...columns.map(({ cells, map }) => {
      const rule = map[control as keyof ControlMap];
      return `${cells[control] ?? ''}${rule === undefined ? '' : `, as \`${rule.to}\``}`;
    }),
  ]);
  return table(['control', ...columns.map(({ id }) => id)], rows);
};

/** Who stands for feelings that an adapter does not have. */
export const standInTable = ({ capabilities }: AdapterInfo): string | undefined => {
  if (capabilities.stage === 'llm') return undefined;
  const { emotions, standIns } = capabilities.controls;
  const rows = Object.entries(standIns ?? {})
    .filter(([label]) => !(emotions as readonly string[]).includes(label))
    .map(([label, { label: standIn, share = 1 }]) => [`\`${label}\``, `\`${standIn}\``, String(share)]);
  return rows.length === 0 ? undefined : table(['feeling', 'stands for it', 'share of the intensity'], rows);
};
