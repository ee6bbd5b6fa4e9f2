import type { EspeakEvent } from '@echogarden/espeak-ng-emscripten';
import { createResampler, type PhonemeTiming, samplesToUs, type WordTiming } from '@tth/core/plugin';
import type { TextWord } from './text.ts';
import type { SpokenPiece } from './wire.ts';

/** What espeak-ng makes, in Hz. */
export const espeakRateHz = 22_050;

const pieceSamples = espeakRateHz / 10;
const quiet = 48; // 0.15 % of full scale: below any speech, above the ringing of a variant's echo
const leadSamples = 110; // 5 ms before the first sound, so that an attack is never cut

const isLoud = (sample: number): boolean => sample > quiet || sample < -quiet;
const msToSamples = (ms: number): number => Math.round((ms * espeakRateHz) / 1000);

/** Sound and events of one run as espeak-ng gives them, in order. */
export interface Timeline {
  push(sound: Int16Array, events: readonly EspeakEvent[]): void;
  /** Hands on everything that is left, and the pause. */
  finish(): void;
}

interface TimelineOptions {
  readonly words: readonly TextWord[];
  readonly pauseMs: number;
  readonly onPiece: (piece: SpokenPiece) => void;
}

interface Open {
  readonly startMs: number;
  /** Where silence began inside it, unless sound came again. */
  quietMs: number | undefined;
}

/**
 * Makes pieces out of a run: silence at both ends cut, 24 kHz, every word and phoneme in or before the piece in which it
 * begins. A word's length is known once the next one begins, so sound waits here for as long as its last word; a run
 * without a single sound makes no piece.
 *
 * Words of the text that espeak-ng speaks as one (`I am`, `out of the`) share its time by their number of letters;
 * several that it makes of one (`42`, an emoji) are put together.
 */
export const createTimeline = ({ words, pauseMs, onPiece }: TimelineOptions): Timeline => {
  const resampler = createResampler(espeakRateHz);
  let held: Int16Array[] = [];
  let heldSamples = 0;
  let takenSamples = 0;
  let cutSamples = 0;
  let madeSamples = 0;
  let started = false;
  let word: (Open & { readonly index: number }) | undefined;
  let nextWord = 0;
  let phoneme: { readonly ipa: string; readonly startMs: number } | undefined;
  const closedWords: WordTiming[] = [];
  const closedPhonemes: PhonemeTiming[] = [];

  const toUs = (ms: number): number => Math.max(0, Math.round(ms * 1000 - (cutSamples * 1e6) / espeakRateHz));

  const closePhoneme = (endMs: number): void => {
    if (phoneme && endMs > phoneme.startMs) {
      const startUs = toUs(phoneme.startMs);
      closedPhonemes.push({ ipa: phoneme.ipa, startUs, durationUs: toUs(endMs) - startUs });
    }
    phoneme = undefined;
  };

  const closeWord = (endMs: number, until: number): void => {
    if (!word) return;
    const { index } = word;
    const spoken = words.slice(nextWord, until).filter((each, at) => each.certain || nextWord + at === index);
    const startUs = toUs(word.startMs);
    const spanUs = toUs(word.quietMs ?? endMs) - startUs;
    const letters = spoken.reduce((sum, { text }) => sum + text.length, 0);
    let before = 0;
    for (const { text } of spoken) {
      const fromUs = startUs + Math.round((spanUs * before) / letters);
      before += text.length;
      closedWords.push({
        text,
        startUs: fromUs,
        durationUs: startUs + Math.round((spanUs * before) / letters) - fromUs,
      });
    }
    nextWord = until;
    word = undefined;
  };

  const openWord = (position: number, atMs: number): void => {
    const found = words.findLastIndex(({ start }) => start <= position - 1);
    const index = Math.max(found, nextWord, word?.index ?? 0);
    if (index >= words.length || word?.index === index) {
      if (word) word.quietMs = undefined;
      return;
    }
    closeWord(atMs, index);
    word = { index, startMs: atMs, quietMs: undefined };
  };

  const note = (event: EspeakEvent): void => {
    const atMs = event.audio_position;
    if (event.type === 'word') openWord(event.text_position, atMs);
    if (event.type === 'end') closePhoneme(atMs);
    if (event.type !== 'phoneme') return;
    closePhoneme(atMs);
    if (event.id) {
      phoneme = { ipa: String(event.id), startMs: atMs };
      if (word) word.quietMs = undefined;
    } else if (word) word.quietMs ??= atMs;
  };

  const due = <T extends { readonly startUs: number }>(from: T[], beforeUs: number): T[] => {
    const first = from.findIndex(({ startUs }) => startUs >= beforeUs);
    return from.splice(0, first < 0 ? from.length : first);
  };

  const release = (sound: Int16Array, last: boolean): void => {
    takenSamples += sound.length;
    let pcm = resampler.push(sound);
    if (last) {
      const rest = resampler.flush();
      const joined = new Int16Array(pcm.length + rest.length);
      joined.set(pcm);
      joined.set(rest, pcm.length);
      pcm = joined;
    }
    if (pcm.length === 0) return;
    madeSamples += pcm.length;
    const untilUs = last ? Number.POSITIVE_INFINITY : samplesToUs(madeSamples);
    onPiece({ pcm, words: due(closedWords, untilUs), phonemes: due(closedPhonemes, untilUs) });
  };

  const releaseUntil = (sample: number): void => {
    while (held.length > 0 && cutSamples + takenSamples + held[0]!.length <= sample) {
      const sound = held.shift()!;
      heldSamples -= sound.length;
      release(sound, false);
    }
  };

  const afterLead = (sound: Int16Array): Int16Array => {
    if (started) return sound;
    const first = sound.findIndex(isLoud);
    started = first >= 0;
    const cut = started ? Math.max(0, first - leadSamples) : sound.length;
    cutSamples += cut;
    return sound.subarray(cut);
  };

  const hold = (sound: Int16Array): void => {
    if (sound.length === 0) return;
    held.push(sound);
    heldSamples += sound.length;
  };

  /** Trims what is held to its last sound and adds the pause, in pieces of the usual size. */
  const addPause = (): void => {
    let sound: Int16Array = new Int16Array(0);
    while (held.length > 0 && sound.length === 0) {
      const latest = held.pop()!;
      heldSamples -= latest.length;
      sound = latest.subarray(0, latest.findLastIndex(isLoud) + 1);
    }
    const tail = new Int16Array(Math.max(1, sound.length + msToSamples(pauseMs)));
    tail.set(sound);
    const size = Math.ceil(tail.length / Math.ceil(tail.length / pieceSamples));
    for (let at = 0; at < tail.length; at += size) hold(tail.subarray(at, at + size));
  };

  return {
    push: (sound, events) => {
      hold(afterLead(sound));
      for (const event of events) note(event);
      const openMs = Math.min(
        word?.startMs ?? Number.POSITIVE_INFINITY,
        phoneme?.startMs ?? Number.POSITIVE_INFINITY,
      );
      if (word) releaseUntil(msToSamples(openMs));
    },
    finish: () => {
      if (!started) return;
      addPause();
      const endMs = ((cutSamples + takenSamples + heldSamples) * 1000) / espeakRateHz;
      closePhoneme(endMs);
      closeWord(endMs, words.length);
      const last = held.pop()!;
      for (const sound of held) release(sound, false);
      held = [];
      release(last, true);
    },
  };
};
