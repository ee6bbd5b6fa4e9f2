import {
  type AdapterDeps,
  type InferContext,
  type SpeechControl,
  type SpeechInput,
  type SpeechOutput,
  defineTts,
  toUrlPart,
  primaryTag,
} from '@tth/core/plugin';
import { createContextSession } from './context-session.ts';
import { controlMapOf, emotions, rateOf, settingsFor, tagFor } from './controls.ts';
import { createDialogueSession } from './dialogue-session.ts';
import { explain, isConcurrencyLimit } from './errors.ts';
import { createHealthCheck } from './health.ts';
import { createHttpSession } from './http-session.ts';
import { type Model, modelOf, plans } from './models.ts';
import { type ElevenLabsOptions, elevenLabsOptions } from './options.ts';
import type { SpeechRequest, SpeechSession } from './session.ts';
import { createSlots } from './slots.ts';
import { toSpeech } from './speech.ts';
import { socketUrl } from './wire.ts';

const isDialogue = ({ transport }: ElevenLabsOptions, { socket }: Model): boolean =>
  transport === 'socket' && socket === 'dialogue';

const callsInFlight = (options: ElevenLabsOptions, model: Model): number =>
  plans[options.plan][isDialogue(options, model) ? 'dialogue' : model.group];

/** `nb` is written `no`; others are their primary tag. */
const languageCode = (tag: string): string => primaryTag(tag).replace(/^n[bn]$/, 'no');

/** What of a sentence is sent: brackets would be read aloud by models that do not perform them. */
const textFor = (text: string, { emotion }: SpeechControl, model: Model): string => {
  if (!model.tags) return text.replaceAll(/[[\]]/g, '');
  const tag = tagFor(emotion, model);
  return tag === '' ? text : `${tag} ${text}`;
};

const dictionaryFields = ({ dictionaries }: ElevenLabsOptions): Readonly<Record<string, unknown>> =>
  dictionaries.length === 0
    ? {}
    : {
        pronunciation_dictionary_locators: dictionaries.map(({ id, version }) => ({
          pronunciation_dictionary_id: id,
          version_id: version,
        })),
      };

const requestFor = (
  { text, previousText, nextText }: SpeechInput,
  control: SpeechControl,
  options: ElevenLabsOptions,
  model: Model,
): SpeechRequest => ({
  text: textFor(text, control, model),
  voice: control.voice ?? options.voice,
  language: model.languageCode ? languageCode(control.language) : undefined,
  settings: settingsFor(control, model, options),
  fields: dictionaryFields(options),
  previousText,
  nextText,
});

/** Opens the way to ElevenLabs that the options choose; it is closed with `signal`. `isLasting`: for more than one sentence. */
const openerOf = (
  options: ElevenLabsOptions,
  model: Model,
  { http, socket: sockets, clock }: AdapterDeps,
  headers: Readonly<Record<string, string>>,
  onLimit: (limit: number) => void,
): ((signal: AbortSignal, isLasting: boolean) => SpeechSession) => {
  const { baseUrl, model: modelId, textNormalization, logging } = options;
  const query = { output_format: 'pcm_24000', ...(!logging && { enable_logging: 'false' }) };
  const socketQuery = { ...query, model_id: modelId, sync_alignment: 'true' };

  if (options.transport === 'http') {
    const body = { model_id: modelId, apply_text_normalization: textNormalization };
    const { neighbours } = model;
    return () => createHttpSession({ http, baseUrl, headers, body, query, neighbours, onLimit });
  }
  if (model.socket === 'dialogue') {
    const normalization = textNormalization === 'off' ? 'off' : 'on';
    const url = socketUrl(baseUrl, '/v1/text-to-dialogue/stream-input', {
      ...socketQuery,
      apply_text_normalization: normalization,
    });
    return (signal, isLasting) =>
      createDialogueSession({
        open: () => sockets.open(url, { headers, signal, explain }),
        keepsSpare: options.spareSocket && isLasting,
      });
  }
  const keepAliveMs = options.inactivityTimeoutS * 500;
  return (signal) =>
    createContextSession(
      ({ voice, language }) => {
        const path = `/v1/text-to-speech/${toUrlPart(voice)}/multi-stream-input`;
        const url = socketUrl(baseUrl, path, {
          ...socketQuery,
          auto_mode: 'true',
          inactivity_timeout: String(options.inactivityTimeoutS),
          apply_text_normalization: textNormalization,
          language_code: language,
        });
        return sockets.open(url, { headers, signal, explain });
      },
      { clock, keepAliveMs },
    );
};

/** ElevenLabs voices with measured word times. Its errors are in `errors.ts`; a stopped sentence is billed whole. */
export const elevenLabsTts = defineTts({
  id: 'elevenlabs',
  optIn: true,
  options: elevenLabsOptions,
  capabilities: (options) => {
    const model = modelOf(options.model);
    return {
      stage: 'tts',
      input: 'sentence',
      timings: { words: 'measured', phonemes: 'none' },
      pausable: true,
      languages: model.languages,
      voices: [...new Set([options.voice, ...options.voices])],
      controls: { emotions, ...rateOf(model) },
      map: controlMapOf(model),
      maxCallsInFlight: callsInFlight(options, model),
    };
  },
  create: (options, deps) => {
    const model = modelOf(options.model);
    const traits = { hasTags: model.tags, usesDictionaries: options.dictionaries.length > 0 };
    const slots = createSlots(callsInFlight(options, model), deps.clock);
    const headers = { 'xi-api-key': deps.secrets.reveal(options.apiKey) };
    const open = openerOf(options, model, deps, headers, (limit) => slots.learn(limit));

    async function* speakIn(
      session: SpeechSession,
      input: SpeechInput,
      control: SpeechControl,
      { signal, usage }: InferContext,
    ): AsyncGenerator<SpeechOutput, void> {
      const request = requestFor(input, control, options, model);
      const free = await slots.take(signal);
      usage({ unit: 'characters', amount: request.text.length });
      try {
        yield* toSpeech(session.frames(request, signal, free), { ...traits, text: request.text }, signal);
      } catch (error) {
        if (isConcurrencyLimit(error)) slots.lower();
        throw error;
      }
    }

    return {
      async *inferStream(input, control, context) {
        const call = new AbortController();
        try {
          yield* speakIn(open(call.signal, false), input, control, context);
        } finally {
          call.abort();
        }
      },
      openSession: ({ signal }) => {
        const closing = new AbortController();
        const session = open(AbortSignal.any([signal, closing.signal]), true);
        return Promise.resolve({
          inferStream: (input, control, context) => speakIn(session, input, control, context),
          close: async () => closing.abort(),
        });
      },
      health: createHealthCheck({
        clock: deps.clock,
        http: deps.http,
        baseUrl: options.baseUrl,
        headers,
        model: options.model,
      }),
    };
  },
});
