import { type Pcm, pcmBytes, sampleRateHz } from '@tth/core/plugin';

/** A part of a WAV file. `says`: the length that its head declares; by default the true one. */
export const wavChunk = (name: string, body: Uint8Array, says = body.byteLength): Buffer => {
  const head = Buffer.alloc(8);
  head.write(name, 'latin1');
  head.writeUInt32LE(says, 4);
  return Buffer.concat([head, body, Buffer.alloc(body.byteLength % 2)]);
};

export interface WavFormat {
  readonly rateHz: number;
  readonly channels?: number;
  readonly bits?: number;
  /** 1: samples as they are. */
  readonly kind?: number;
}

/** The part of a WAV file that says what its sound is. */
export const wavFormat = ({ rateHz, channels = 1, bits = 16, kind = 1 }: WavFormat): Buffer => {
  const format = Buffer.alloc(16);
  format.writeUInt16LE(kind, 0);
  format.writeUInt16LE(channels, 2);
  format.writeUInt32LE(rateHz, 4);
  format.writeUInt32LE((rateHz * channels * bits) / 8, 8);
  format.writeUInt16LE((channels * bits) / 8, 12);
  format.writeUInt16LE(bits, 14);
  return wavChunk('fmt ', format);
};

/** A mono WAV file of 16 bits. */
export const wavFile = (pcm: Pcm, rateHz: number = sampleRateHz): Uint8Array<ArrayBuffer> => {
  const parts = [Buffer.from('WAVE'), wavFormat({ rateHz }), wavChunk('data', pcmBytes(pcm))];
  return new Uint8Array(wavChunk('RIFF', Buffer.concat(parts)));
};
