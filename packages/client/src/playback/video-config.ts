/** Colours as the server's encoder tags them; what the stream says is wrong in some encoders. */
const colorSpace = { matrix: 'smpte170m', primaries: 'bt709', transfer: 'bt709', fullRange: false } as const;

const sequenceParameterSet = 7;

/** The codec string that an annex-B key frame declares, from its sequence parameter set; nothing when it has none. */
export const h264CodecOf = (annexB: Uint8Array): string | undefined => {
  for (let i = 0; i + 6 < annexB.length; i += 1) {
    if (annexB[i] !== 0 || annexB[i + 1] !== 0 || annexB[i + 2] !== 1) continue;
    if (((annexB[i + 3] ?? 0) & 0x1f) !== sequenceParameterSet) continue;
    const profile = [...annexB.subarray(i + 4, i + 7)].map((byte) => byte.toString(16).padStart(2, '0'));
    return `avc1.${profile.join('')}`;
  }
  return undefined;
};

/** What a decoder must know before the first frame of a turn. */
export const decoderConfig = (codec: 'h264' | 'vp8', keyFrame?: Uint8Array): VideoDecoderConfig => ({
  codec: codec === 'vp8' ? 'vp8' : ((keyFrame && h264CodecOf(keyFrame)) ?? 'avc1.640028'),
  colorSpace,
  optimizeForLatency: true,
});
