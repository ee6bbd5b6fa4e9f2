/** The part of the package that this plugin uses; it ships no types of its own. */
declare module '@echogarden/espeak-ng-emscripten' {
  /** `text_position` counts code points from 1; `audio_position` is in milliseconds. */
  export interface EspeakEvent {
    readonly type:
      | 'word'
      | 'sentence'
      | 'phoneme'
      | 'end'
      | 'samplerate'
      | 'mark'
      | 'play'
      | 'msg_terminated';
    readonly text_position: number;
    readonly audio_position: number;
    /** The IPA of a phoneme, empty for silence; the number of a word or sentence. */
    readonly id: string | number | undefined;
  }

  export interface EspeakVoice {
    readonly identifier: string;
    readonly languages: readonly { readonly name: string }[];
  }

  export interface EspeakSynthesizer {
    /** 0 on success. A variant that does not exist is ignored without a word. */
    set_voice(name: string): number;
    set_rate(wordsPerMinute: number): void;
    set_pitch(zeroTo99: number): void;
    set_range(zeroTo99: number): void;
    set_volume(percent: number): void;
    /** Calls back with a copy of about 100 ms of sound at 22,050 Hz at a time; `true` stops it. */
    synthesize(text: string, onSound: (sound: Int16Array, events: readonly EspeakEvent[]) => boolean): void;
    list_voices(): EspeakVoice[];
  }

  export interface EspeakModule {
    readonly HEAPU8: Uint8Array;
    readonly FS: { readdir(path: string): string[] };
    readonly eSpeakNGWorker: new () => EspeakSynthesizer;
  }

  const load: () => Promise<EspeakModule>;
  export default load;
}
