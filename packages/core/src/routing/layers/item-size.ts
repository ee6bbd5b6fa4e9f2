import type { Stage } from '../../domain/capabilities.ts';
import { TthError } from '../../domain/errors.ts';
import { largestItemBytes } from '../../domain/media.ts';
import type { AvatarOutput, LlmOutput, SpeechOutput } from '../../plugin/adapter.ts';
import type { Layer } from './layer.ts';

const avatarSize = (output: AvatarOutput): number => {
  if (output.type === 'picture') return output.frame.data.byteLength;
  return output.type === 'audio' ? output.pcm.byteLength : 0;
};

/** What an item holds: bytes of media, characters of text. */
const sizes = {
  llm: (output: LlmOutput) => (output.type === 'text_delta' ? output.text.length : 0),
  tts: ({ pcm }: SpeechOutput) => pcm.byteLength,
  avatar: avatarSize,
} as Readonly<Record<Stage, (item: unknown) => number>>;

/** Fails a call with an item larger than 1 MiB before anything is done with it. */
export const itemSize =
  (stage: Stage): Layer<unknown> =>
  () => ({
    item: (item) => {
      const size = sizes[stage](item);
      if (size <= largestItemBytes) return;
      throw new TthError('provider.protocol_error', 'The provider sent a piece that is larger than 1 MiB.', {
        details: { size, largestItemBytes },
      });
    },
  });
