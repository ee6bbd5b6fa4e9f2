import type { AudioEncoderHandle, CodecModule, EncodedAudio } from '@tth/core/plugin';
import { sampleRateHz } from '@tth/core/plugin';
import { opusPreSkipSamples } from '@tth/protocol';
import type { OpusReply, OpusRequest } from './opus-messages.ts';

/** Bits per second of speech: transparent for one voice at 24 kHz. */
const opusBitrate = 32_000;

interface Stream {
  encoder: Promise<AudioEncoderHandle> | undefined;
  queue: Promise<void>;
}

/** A client drops as much as the protocol says, so an encoder that needs another lead would be heard as a click. */
const checkPreSkip = ([first]: readonly EncodedAudio[]): void => {
  const head = first?.description;
  if (head === undefined) return;
  const preSkip = (head[10] ?? 0) + (head[11] ?? 0) * 256;
  if (preSkip !== opusPreSkipSamples)
    throw new Error(`expected a pre-skip of ${opusPreSkipSamples}, not ${preSkip}`);
};

/** Does the requests of the encoding thread. A stream's encoder lives as long as a run of sound. */
export const createOpusDesk = (
  createEncoder: CodecModule['createAudioEncoder'],
  reply: (message: OpusReply) => void,
): ((request: OpusRequest) => void) => {
  const streams = new Map<number, Stream>();

  const give = (stream: number, packets: readonly EncodedAudio[]): void => {
    checkPreSkip(packets);
    if (packets.length > 0) reply({ type: 'packets', stream, packets: packets.map(({ data }) => data) });
  };

  const work = async (request: Exclude<OpusRequest, { type: 'release' }>, state: Stream): Promise<void> => {
    if (request.type === 'encode') {
      state.encoder ??= createEncoder({ codec: 'opus', sampleRateHz, bitrate: opusBitrate });
      const encoder = await state.encoder;
      give(request.stream, await encoder.encode(request.pcm));
      return;
    }
    const encoder = await state.encoder;
    state.encoder = undefined;
    if (encoder !== undefined) {
      give(request.stream, await encoder.flush());
      encoder.close();
    }
    reply({ type: 'finished', stream: request.stream });
  };

  const release = ({ encoder }: Stream): void => {
    void encoder?.then((made) => made.close()).catch(() => {});
  };

  return (request) => {
    const state = streams.get(request.stream) ?? { encoder: undefined, queue: Promise.resolve() };
    if (request.type === 'release') {
      streams.delete(request.stream);
      state.queue = state.queue.then(() => release(state));
      return;
    }
    streams.set(request.stream, state);
    state.queue = state.queue.then(async () => {
      if (streams.get(request.stream) !== state) return;
      try {
        await work(request, state);
      } catch (error) {
        streams.delete(request.stream);
        release(state);
        const reason = error instanceof Error ? error.message : String(error);
        reply({ type: 'failed', stream: request.stream, reason });
      }
    });
  };
};
