import { type Pcm, pcmBytes, sampleRateHz } from '@tth/core/plugin';

const headerBytes = 44;

/** A mono WAV file of 16 bits. */
export const wavFile = (pcm: Pcm, rateHz: number = sampleRateHz): Uint8Array<ArrayBuffer> => {
  const file = new Uint8Array(headerBytes + pcm.byteLength);
  const view = new DataView(file.buffer);
  const write = (at: number, name: string): void => file.set(new TextEncoder().encode(name), at);
  write(0, 'RIFF');
  view.setUint32(4, file.byteLength - 8, true);
  write(8, 'WAVEfmt ');
  view.setUint32(16, 16, true);
  view.setUint16(20, 1, true);
  view.setUint16(22, 1, true);
  view.setUint32(24, rateHz, true);
  view.setUint32(28, rateHz * 2, true);
  view.setUint16(32, 2, true);
  view.setUint16(34, 16, true);
  write(36, 'data');
  view.setUint32(40, pcm.byteLength, true);
  file.set(pcmBytes(pcm), headerBytes);
  return file;
};
