import type { ControlMap, EmotionLabel } from '@tth/core/plugin';

/**
 * How sound travels: `raw` samples; `sse`, events with samples in base64 and an end that can be told from a
 * death; `captions`, lines with the times of words; `whole`, one clip when all of it is made.
 */
export type SpeechForm = 'raw' | 'sse' | 'captions' | 'whole';

/** An inline mark that a voice acts out, and the one for a strong feeling. */
export interface FeelingMark {
  readonly mark: string;
  readonly strong?: string;
}

/** What differs between servers of `/v1/audio/speech`. */
export interface SpeechFlavour {
  /** Where it is, unless the options say so; with `/v1` where the server has it. */
  readonly baseUrl?: string;
  /** The secret that it cannot do without. */
  readonly key?: string;
  readonly model?: string;
  readonly voice?: string;
  /** All voices there are; absent: any name. */
  readonly voices?: readonly string[];
  /** What a request says beside text and controls, by form; the first form is the default. */
  readonly forms: { readonly [Form in SpeechForm]?: Readonly<Record<string, unknown>> };
  /** `{base}` is the base address, `{root}` the same without `/v1`, `{model}` the model. */
  readonly addresses: {
    readonly speech: string;
    readonly captions?: string;
    /** Answers 2xx while the server lives. */
    readonly alive: string;
    /** Lists the names of its voices. */
    readonly voices?: string;
  };
  /** The field of the text. */
  readonly textField: 'input' | 'text';
  readonly map: ControlMap;
  /** Forms in which `map.rate` counts; absent: all. */
  readonly rateIn?: readonly SpeechForm[];
  /** Feelings, style, pitch and language go into `instructions`, for models that `instructed` accepts. */
  readonly instructed?: RegExp;
  readonly marks?: { readonly [Label in EmotionLabel]?: FeelingMark };
  /** Characters that would be obeyed and not spoken; they become spaces. */
  readonly obeyed?: RegExp;
  /** BCP 47 primary tags, by form; absent: any. */
  readonly languages?: { readonly [Form in SpeechForm]?: readonly string[] };
  /** It reads words only, so that its word times name them. */
  readonly readsWords?: boolean;
  /** Calls at a time; absent: the engine's bound. */
  readonly maxCallsInFlight?: number;
  /** The day on which its vendor shuts it down. */
  readonly endsOn?: string;
}

const voice = { to: 'voice' } as const;
const speed = { to: 'speed', range: { min: 0.25, max: 4 } } as const;
const local = (port: number, path = '/v1'): string => `http://127.0.0.1:${port}${path}`;

const openaiVoices = 'alloy ash ballad coral echo fable nova onyx sage shimmer verse marin cedar'.split(' ');
const speechModels = /^(?!.*\btts-1)/;

const kokoroLanguages = ['en', 'es', 'fr', 'hi', 'it', 'ja', 'pt', 'zh'] as const;

/** The servers that are known, as data. */
export const speechFlavours = {
  openai: {
    baseUrl: 'https://api.openai.com/v1',
    key: 'OPENAI_API_KEY',
    model: 'gpt-4o-mini-tts',
    voice: 'marin',
    voices: openaiVoices,
    forms: {
      sse: { response_format: 'pcm', stream_format: 'sse' },
      raw: { response_format: 'pcm' },
    },
    addresses: { speech: '{base}/audio/speech', alive: '{base}/models/{model}' },
    textField: 'input',
    map: { voice, rate: speed },
    instructed: speechModels,
    endsOn: '2027-01-06',
  },
  'vllm-omni': {
    baseUrl: local(8091),
    forms: {
      sse: { response_format: 'pcm', stream_format: 'sse' },
      raw: { response_format: 'pcm', stream_format: 'audio' },
      whole: { response_format: 'wav' },
    },
    addresses: {
      speech: '{base}/audio/speech',
      alive: '{root}/health',
      voices: '{base}/audio/voices',
    },
    textField: 'input',
    map: { voice, rate: speed },
    rateIn: ['whole'],
    maxCallsInFlight: 4,
  },
  kokoro: {
    baseUrl: local(8880),
    model: 'kokoro',
    voice: 'af_heart',
    forms: {
      captions: { response_format: 'pcm', stream: true, return_timestamps: true },
      raw: { response_format: 'pcm', stream: true },
    },
    addresses: {
      speech: '{base}/audio/speech',
      captions: '{root}/dev/captioned_speech',
      alive: '{root}/health',
      voices: '{base}/audio/voices',
    },
    textField: 'input',
    map: {
      voice,
      rate: speed,
      volume: { to: 'volume_multiplier', range: { min: 0.1, max: 4 } },
      language: {
        to: 'lang_code',
        values: { en: 'a', 'en-GB': 'b', es: 'e', fr: 'f', hi: 'h', it: 'i', ja: 'j', pt: 'p', zh: 'z' },
      },
    },
    obeyed: /[[\]]/g,
    languages: { captions: ['en'], raw: kokoroLanguages },
    readsWords: true,
    maxCallsInFlight: 4,
  },
  orpheus: {
    baseUrl: local(5005),
    model: 'orpheus',
    voice: 'tara',
    forms: { whole: { response_format: 'wav' } },
    addresses: {
      speech: '{base}/audio/speech',
      alive: '{base}/audio/voices',
      voices: '{base}/audio/voices',
    },
    textField: 'input',
    map: { voice },
    marks: {
      happy: { mark: '<chuckle>', strong: '<laugh>' },
      sad: { mark: '<sigh>' },
      angry: { mark: '<groan>' },
      fearful: { mark: '<gasp>' },
      surprised: { mark: '<gasp>' },
      disgusted: { mark: '<groan>' },
    },
    obeyed: /[<>]/g,
    maxCallsInFlight: 1,
  },
  piper: {
    baseUrl: local(5000, ''),
    forms: { whole: {} },
    addresses: { speech: '{base}/', alive: '{base}/voices', voices: '{base}/voices' },
    textField: 'text',
    map: { voice, rate: { to: 'length_scale', range: { min: 0.25, max: 4 }, scale: 'inverse' } },
    maxCallsInFlight: 1,
  },
  litellm: {
    baseUrl: local(4000),
    key: 'LITELLM_API_KEY',
    forms: {
      raw: { response_format: 'pcm' },
      sse: { response_format: 'pcm', stream_format: 'sse' },
    },
    addresses: { speech: '{base}/audio/speech', alive: '{root}/health/liveliness' },
    textField: 'input',
    map: { voice, rate: speed },
  },
  generic: {
    forms: {
      raw: { response_format: 'pcm' },
      sse: { response_format: 'pcm', stream_format: 'sse' },
      whole: { response_format: 'wav' },
    },
    addresses: { speech: '{base}/audio/speech', alive: '{base}/models' },
    textField: 'input',
    map: { voice, rate: speed },
  },
} as const satisfies Readonly<Record<string, SpeechFlavour>>;

export type SpeechFlavourName = keyof typeof speechFlavours;

/** Marks of a feeling stand for intensities above the first; the strong one for those above the second. */
export const markedAbove = { any: 0.34, strong: 0.66 } as const;
