import {
  type AdapterDeps,
  type ControlMap,
  type Pcm,
  type SpeechControl,
  TthError,
  type TtsCapabilities,
  type TtsImplementation,
  someSound,
  wholeFrames,
  writeControls,
} from '@tth/core/plugin';
import { explain } from './errors.ts';
import { type SpeechPayload, speechPayloads } from './hosted-wire.ts';
import { type HostedOptions, systemVoices } from './options.ts';

/** Longest text of a request, in characters. */
const longestInput = 1_024;

/** How the service spells the controls. */
const map = {
  rate: { to: 'speed', range: { min: 0.5, max: 2 } },
  volume: { to: 'volume', range: { min: 0.01, max: 10 } },
  voice: { to: 'voice' },
} as const satisfies ControlMap;

/** It hears feelings in the text by itself: nothing is made up for them. */
export const hostedCapabilities = ({ clonedVoices, maxCallsInFlight }: HostedOptions): TtsCapabilities => ({
  stage: 'tts',
  input: 'sentence',
  timings: { words: 'none', phonemes: 'none' },
  pausable: true,
  ...(maxCallsInFlight !== undefined && { maxCallsInFlight }),
  languages: ['zh', 'en'],
  voices: [...systemVoices, ...clonedVoices],
  controls: { emotions: [], rate: map.rate.range, volume: map.volume.range },
  emulate: [],
  map,
});

/** A request for one sentence. */
const requestFor = (
  text: string,
  { rate, volume, voice }: SpeechControl,
  { model, defaultVoice, encoding, watermark }: HostedOptions,
) => ({
  model,
  input: text,
  ...writeControls(map, { rate, volume, voice: voice ?? defaultVoice }),
  response_format: 'pcm',
  stream: true,
  encode_format: encoding,
  watermark_enabled: watermark,
});

/** Sound of the rate that the first run of it names. */
async function* framesOf(payloads: AsyncGenerator<SpeechPayload, void>): AsyncGenerator<Pcm, void> {
  try {
    const first = await payloads.next();
    if (first.done === true) return;
    const { bytes, sampleRateHz } = first.value;
    async function* all(): AsyncGenerator<Uint8Array, void> {
      yield bytes;
      for await (const payload of payloads) yield payload.bytes;
    }
    yield* wholeFrames(all(), { encoding: 'pcm_s16le', sampleRateHz, channels: 1 });
  } finally {
    await payloads.return();
  }
}

/** GLM-TTS of BigModel: sound in events as it is made, no word times. */
export const hostedVoice = (options: HostedOptions, { http, secrets }: AdapterDeps): TtsImplementation => {
  const root = options.baseUrl.replace(/\/+$/, '');
  const headers = { authorization: `Bearer ${secrets.reveal(options.apiKey)}` };

  return {
    async *inferStream({ text }, control, { signal }) {
      if (text.length > longestInput) {
        throw new TthError('provider.rejected', 'The text is longer than the speech service takes.', {
          details: { characters: text.length, longestInput },
        });
      }
      const json = requestFor(text, control, options);
      const response = await http.post(`${root}/audio/speech`, { headers, json, signal, explain });
      const payloads = speechPayloads(response.sse(), options.encoding);
      for await (const pcm of someSound(framesOf(payloads))) {
        yield { pcm, words: [], phonemes: [], timing: 'estimated' };
      }
    },

    /** No call is known that costs nothing: its address is asked, and the list of models where there is one. */
    health: async (signal) => {
      try {
        await (await http.get(`${root}/models`, { headers, signal })).json();
      } catch (error) {
        if (isUnknown(error))
          return { status: 'ok', detail: 'The service has nothing that tells its health.' };
        throw error;
      }
      return { status: 'ok' };
    },
  };
};

/** The service answers, but has no such list. */
const isUnknown = (error: unknown): boolean =>
  error instanceof TthError && [404, 405].includes(Number(error.details['status']));
