import { amplify } from '../control/emulate.ts';
import type { SpeechOutput } from '../plugin/adapter.ts';
import { mapStream } from './map-stream.ts';

/** Speech made louder or softer by a factor on its samples. A gain of 1 costs nothing. */
export const withGain = (speech: AsyncIterable<SpeechOutput>, gain: number): AsyncIterable<SpeechOutput> =>
  gain === 1 ? speech : mapStream(speech, (output) => ({ ...output, pcm: amplify(output.pcm, gain) }));
