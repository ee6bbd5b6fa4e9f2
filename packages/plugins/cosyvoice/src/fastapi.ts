import { readFile } from 'node:fs/promises';
import {
  type AdapterDeps,
  type Explain,
  type Pcm,
  type PromptClips,
  type SpeechControl,
  TthError,
  type TtsImplementation,
  createPromptClips,
  createResampler,
  sampleRateHz,
  soundFrames,
  primaryTag,
} from '@tth/core/plugin';
import { instructionFor, promptOf, withoutMarks } from './instructions.ts';
import { type FastapiOptions, type VoiceSource, voiceNamed } from './options.ts';
import { createUnwrapper } from './unwrap.ts';

/** What the server is asked: which of its ways to speak, and with what. */
interface Question {
  readonly path: string;
  readonly fields: Readonly<Record<string, string>>;
  readonly promptWav?: string;
}

/** The way to speak that fits the voice and the controls. */
const questionFor = (voice: VoiceSource, text: string, control: SpeechControl): Question => {
  if ('speaker' in voice) {
    return { path: '/inference_sft', fields: { tts_text: withoutMarks(text), spk_id: voice.speaker } };
  }
  const { promptWav, promptText, language } = voice;
  const instruction = instructionFor(control);
  if (instruction !== undefined) {
    const fields = { tts_text: withoutMarks(text), instruct_text: promptOf.instruction(instruction) };
    return { path: '/inference_instruct2', fields, promptWav };
  }
  const isForeign = language !== undefined && primaryTag(language) !== primaryTag(control.language);
  if (promptText === undefined || isForeign) {
    return { path: '/inference_cross_lingual', fields: { tts_text: promptOf.text(text) }, promptWav };
  }
  const fields = { tts_text: withoutMarks(text), prompt_text: promptOf.transcript(promptText) };
  return { path: '/inference_zero_shot', fields, promptWav };
};

const formOf = async ({ fields, promptWav }: Question, clips: PromptClips): Promise<FormData> => {
  const form = new FormData();
  for (const [name, value] of Object.entries(fields)) form.set(name, value);
  if (promptWav !== undefined) {
    const { wav } = await clips.get(promptWav);
    form.set('prompt_wav', new Blob([wav], { type: 'audio/wav' }), 'prompt.wav');
  }
  return form;
};

/** FastAPI's word for fields that are missing or of another kind: another version of the server. */
const explain: Explain = ({ status }) =>
  status === 422
    ? new TthError('provider.misconfigured', 'The CosyVoice server expects another form of request.', {
        details: { status },
      })
    : undefined;

/** Raw sound of the model's rate as sound of ours. What ran over is mended before anything is mixed. */
async function* mended(frames: AsyncIterable<Pcm>, modelRateHz: number): AsyncGenerator<Pcm, void> {
  const unwrap = createUnwrapper();
  const resampler = createResampler(modelRateHz);
  for await (const pcm of frames) yield resampler.push(unwrap(pcm));
  yield resampler.flush();
}

/**
 * The server from CosyVoice's own repository: raw sound, one burst per segment of the text, no word times, no key.
 */
export const fastapiVoice = (options: FastapiOptions, { http }: AdapterDeps): TtsImplementation => {
  const { voices, sampleRateHz: modelRateHz } = options;
  const root = options.baseUrl.replace(/\/+$/, '');
  const clips = createPromptClips((path) => readFile(path));
  const paths = Object.values(voices).flatMap((voice) => ('promptWav' in voice ? [voice.promptWav] : []));
  const loadClips = () => Promise.all(paths.map((path) => clips.get(path)));

  return {
    async *inferStream({ text }, control, { signal }) {
      const question = questionFor(voiceNamed(control.voice, options), text, control);
      const body = await formOf(question, clips);
      const response = await http.post(`${root}${question.path}`, { body, signal, explain });
      // The answer has no header for its rate: it is read as it is, and brought to ours after it was mended.
      const frames = soundFrames(response, { encoding: 'pcm_s16le', sampleRateHz, channels: 1 });
      for await (const pcm of mended(frames, modelRateHz)) {
        if (pcm.length > 0) yield { pcm, words: [], phonemes: [], timing: 'estimated' };
      }
    },

    warmup: async () => {
      await loadClips();
    },

    health: async (signal) => {
      await loadClips();
      await (await http.get(`${root}/openapi.json`, { signal })).json();
      return { status: 'ok' };
    },
  };
};
