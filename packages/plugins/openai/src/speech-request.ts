import { type ControlMap, type SpeechControl, writeControls } from '@tth/core/plugin';
import { markedAbove } from './speech-flavours.ts';
import { instructionsFor } from './speech-manner.ts';
import type { SpeechSettings } from './speech-options.ts';

export interface SpeechRequest {
  readonly url: string;
  readonly json: Readonly<Record<string, unknown>>;
}

/** An address of the flavour. */
export const addressOf = (template: string, { baseUrl, model = '' }: SpeechSettings): string =>
  template
    .replace('{base}', baseUrl)
    .replace('{root}', baseUrl.replace(/\/v1$/, ''))
    .replace('{model}', encodeURIComponent(model));

/** The voice for a feeling, where the options name one. */
const voiceFor = ({ emotionVoices, voice }: SpeechSettings, control: SpeechControl): string | undefined => {
  const person = control.voice ?? voice;
  const voices =
    person !== undefined && Object.hasOwn(emotionVoices, person) ? emotionVoices[person] : undefined;
  return (control.emotion.intensity > 0 ? voices?.[control.emotion.label] : undefined) ?? person;
};

/** The text with nothing in it that is obeyed in place of being spoken, and with the mark of its feeling. */
const textFor = ({ server }: SpeechSettings, text: string, { emotion }: SpeechControl): string => {
  const plain = server.obeyed === undefined ? text : text.replaceAll(server.obeyed, ' ');
  const feeling = server.marks?.[emotion.label];
  if (feeling === undefined || emotion.intensity <= markedAbove.any) return plain;
  const { mark, strong = mark } = feeling;
  return `${emotion.intensity > markedAbove.strong ? strong : mark} ${plain}`;
};

/** A tag that a table has: the whole one, else its language alone. */
const knownTag = (tag: string, { language: rule }: ControlMap): string =>
  rule !== undefined && 'values' in rule && Object.hasOwn(rule.values, tag) ? tag : tag.split('-')[0]!;

/** Voices of one's own are named by an object. */
const namedVoice = (voice: unknown): unknown =>
  typeof voice === 'string' && voice.startsWith('voice_') ? { id: voice } : voice;

/** A sentence as the server wants it. */
export const speechRequest = (
  settings: SpeechSettings,
  text: string,
  control: SpeechControl,
): SpeechRequest => {
  const { server, form, model } = settings;
  const { rate, volume } = control;
  const hasRate = server.rateIn?.includes(form) ?? true;
  const { voice, ...fields } = writeControls(server.map, {
    voice: voiceFor(settings, control),
    rate: hasRate ? rate : undefined,
    volume,
    language: knownTag(control.language, server.map),
  });
  const instructions = settings.instructions ? instructionsFor(control) : '';
  const { speech: usual, captions = usual } = server.addresses;
  const speech = settings.path === undefined ? usual : `{base}${settings.path}`;
  return {
    url: addressOf(form === 'captions' ? captions : speech, settings),
    json: {
      ...(model !== undefined && { model }),
      [server.textField]: textFor(settings, text, control),
      ...(voice !== undefined && { voice: namedVoice(voice) }),
      ...fields,
      ...(instructions !== '' && { instructions }),
      ...server.forms[form],
      ...settings.extraBody,
    },
  };
};
