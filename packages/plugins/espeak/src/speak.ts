import type { Synthesizer } from './synthesizer.ts';
import { findWords, withoutMarkup } from './text.ts';
import { createTimeline } from './timeline.ts';
import type { SpeakRequest, SpokenPiece } from './wire.ts';

/** Speaks one request. `cancelled` is asked every 100 ms of sound; nothing comes once it says yes. */
export const speak = (
  synthesizer: Synthesizer,
  request: SpeakRequest,
  cancelled: () => boolean,
  onPiece: (piece: SpokenPiece) => void,
): void => {
  if (cancelled()) return;
  const words = findWords(request.text, request.language);
  const timeline = createTimeline({ words, pauseMs: request.pauseMs, onPiece });
  synthesizer.speak({ ...request, text: withoutMarkup(request.text) }, (sound, events) => {
    if (cancelled()) return true;
    timeline.push(sound, events);
    return false;
  });
  if (!cancelled()) timeline.finish();
};
