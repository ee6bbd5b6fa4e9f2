import { amplify } from '../control/emulate.ts';
import type { SpeechOutput } from '../plugin/adapter.ts';

async function* amplified(
  speech: AsyncIterable<SpeechOutput>,
  gain: number,
): AsyncGenerator<SpeechOutput, void> {
  for await (const output of speech) yield { ...output, pcm: amplify(output.pcm, gain) };
}

/** Speech made louder or softer by a factor on its samples. A gain of 1 costs nothing. */
export const withGain = (speech: AsyncIterable<SpeechOutput>, gain: number): AsyncIterable<SpeechOutput> =>
  gain === 1 ? speech : amplified(speech, gain);
