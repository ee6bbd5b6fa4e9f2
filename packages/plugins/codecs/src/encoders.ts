/** The module behind `MediaCodecs.moduleUrl`; a worker thread imports it by its address. */
export { createAudioEncoder } from './audio-encoder.ts';
export { createVideoEncoder } from './video-encoder.ts';
