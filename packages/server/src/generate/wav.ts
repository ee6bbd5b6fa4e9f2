/** The 44-byte header of 16-bit mono PCM. `dataBytes` unknown ahead of time: the largest number, as streams do. */
export const wavHeader = (sampleRateHz: number, dataBytes?: number): Uint8Array => {
  const bytes = new Uint8Array(44);
  const view = new DataView(bytes.buffer);
  const ascii = (offset: number, text: string): void => {
    for (let i = 0; i < text.length; i++) view.setUint8(offset + i, text.charCodeAt(i));
  };
  const size = dataBytes ?? 0xffff_ffff - 36;
  ascii(0, 'RIFF');
  view.setUint32(4, size + 36, true);
  ascii(8, 'WAVEfmt ');
  view.setUint32(16, 16, true);
  view.setUint16(20, 1, true);
  view.setUint16(22, 1, true);
  view.setUint32(24, sampleRateHz, true);
  view.setUint32(28, sampleRateHz * 2, true);
  view.setUint16(32, 2, true);
  view.setUint16(34, 16, true);
  ascii(36, 'data');
  view.setUint32(40, size, true);
  return bytes;
};
