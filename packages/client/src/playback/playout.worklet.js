/**
 * The loudspeaker end of TTH: a queue of speech that starts when enough is buffered, never repeats, and can be
 * cut within one render quantum. Its sample count is the master clock of sound and picture.
 *
 * This file is an AudioWorklet module: it loads by its own URL, unbundled, so it imports nothing.
 * `Playout` itself knows nothing of audio hardware; the same class drives playback without sound, and the tests.
 *
 * @import {PlayoutChunk, PlayoutCommand, PlayoutEvent, PlayoutQueue, PlayoutReport} from './audio-output.ts'
 */

/** Length of every fade, in seconds: long enough to hide a click, shorter than one render quantum at 24 kHz. */
const fadeS = 0.005;
/** How often a working queue reports, in seconds. */
const reportEveryS = 0.04;
/** Two neighbouring chunks whose times differ by less than this, in microseconds, are one run. */
const seamUs = 1_000;
/** A busy machine makes the device skip blocks; its clock then jumps by more than this, in seconds. */
const skipS = 0.001;

/** @implements {PlayoutQueue} */
export class Playout {
  /** @param {number} sampleRateHz */
  constructor(sampleRateHz) {
    this.sampleRateHz = sampleRateHz;
    this.fadeSamples = Math.round(fadeS * sampleRateHz);
    /** @type {PlayoutChunk[]} */
    this.queue = [];
    /** Samples of the first chunk that were played already. */
    this.headOffset = 0;
    this.bufferedSamples = 0;
    this.thresholdSamples = 0;
    this.generation = 0;
    this.playing = false;
    /** Where the sound went on last: turn, and the time the next sample must have. */
    this.turn = -1;
    this.nextPtsUs = 0;
    this.nextTimeS = 0;
    this.lastWasSentenceEnd = true;
    /** @type {Int16Array} */
    this.lastSamples = new Int16Array(0);
    /** Samples that still sound after the queue stopped. */
    this.tail = new Float32Array(0);
    this.fadeInLeft = 0;
    this.playedSamples = 0;
    this.flushedSamples = 0;
    this.underruns = 0;
    /** @type {PlayoutEvent[]} */
    this.events = [];
    this.sinceReport = 0;
    this.squares = 0;
    this.peak = 0;
    this.dirty = false;
  }

  /** @returns {boolean} */
  get isWorking() {
    return this.dirty || this.playing || this.events.length > 0;
  }

  /** @param {PlayoutCommand} command */
  accept(command) {
    this.dirty = true;
    switch (command.type) {
      case 'chunk':
        if (command.samples.length === 0) this.endSentence();
        else this.queue.push(command);
        this.bufferedSamples += command.samples.length;
        break;
      case 'threshold':
        this.thresholdSamples = command.samples;
        break;
      case 'cut':
        this.generation = command.generation;
        this.fadeOut();
        this.flushFrom(0);
        this.playing = false;
        this.lastWasSentenceEnd = true;
        break;
      case 'discard':
        this.discard(command.turn, command.afterUs);
        break;
    }
  }

  /** The sentence turned out to be over with what came before. */
  endSentence() {
    const last = this.queue.pop();
    if (last === undefined) this.lastWasSentenceEnd = true;
    else this.queue.push({ ...last, sentenceEnd: true });
  }

  /**
   * Drops what is queued of a turn from `afterUs` on; what is before it still plays.
   * @param {number} turn
   * @param {number} afterUs
   */
  discard(turn, afterUs) {
    const first = this.queue.findIndex((chunk) => chunk.turn === turn && this.endUs(chunk) > afterUs);
    const chunk = this.queue[first];
    if (chunk === undefined) return;
    const played = first === 0 ? this.headOffset : 0;
    const kept = Math.round(((afterUs - chunk.ptsUs) * this.sampleRateHz) / 1_000_000);
    this.flushFrom(first + 1);
    if (kept > played) {
      this.flushed(chunk.samples.length - kept);
      this.queue[first] = { ...chunk, samples: chunk.samples.subarray(0, kept), sentenceEnd: true };
      return;
    }
    if (first === 0) {
      this.fadeOut();
      this.lastWasSentenceEnd = true;
    }
    this.flushFrom(first);
  }

  /**
   * Fills one block of sound whose first sample is due at `timeS` on the output's clock.
   * @param {Float32Array} out
   * @param {number} timeS
   */
  render(out, timeS) {
    if (this.playing && timeS - this.nextTimeS > skipS) this.skip(timeS);
    if (!this.playing && this.mayStart()) this.start();
    let at = 0;
    let tailFrom = 0;
    while (this.playing && at < out.length) {
      const chunk = this.queue[0];
      if (chunk === undefined) {
        this.runDry(timeS + at / this.sampleRateHz);
        tailFrom = at;
        break;
      }
      if (this.headOffset === 0) this.enter(chunk, timeS + at / this.sampleRateHz);
      const count = Math.min(out.length - at, chunk.samples.length - this.headOffset);
      for (let i = 0; i < count; i += 1) {
        out[at + i] = ((chunk.samples[this.headOffset + i] ?? 0) / 32_768) * this.fadeInGain();
      }
      this.advance(chunk, count);
      at += count;
    }
    this.playTail(out, tailFrom);
    this.measure(out);
    this.nextTimeS = timeS + out.length / this.sampleRateHz;
  }

  /** @returns {boolean} */
  mayStart() {
    if (this.bufferedSamples === 0) return false;
    return this.bufferedSamples >= this.thresholdSamples || this.queue.some((chunk) => chunk.sentenceEnd);
  }

  start() {
    this.playing = true;
    this.fadeInLeft = this.lastWasSentenceEnd ? 0 : this.fadeSamples;
    this.turn = -1;
  }

  /**
   * The device left out blocks: the sound goes on where it was, at a later time.
   * @param {number} timeS
   */
  skip(timeS) {
    const place = { turn: this.turn, ptsUs: this.nextPtsUs };
    this.events.push({ type: 'pause', ...place, timeS: this.nextTimeS }, { type: 'run', ...place, timeS });
  }

  /**
   * Begins a chunk; one that does not follow on from the last begins a new run.
   * @param {PlayoutChunk} chunk
   * @param {number} timeS
   */
  enter(chunk, timeS) {
    if (chunk.turn === this.turn && Math.abs(chunk.ptsUs - this.nextPtsUs) < seamUs) return;
    this.turn = chunk.turn;
    this.events.push({ type: 'run', turn: chunk.turn, ptsUs: chunk.ptsUs, timeS });
  }

  /**
   * @param {PlayoutChunk} chunk
   * @param {number} count
   */
  advance(chunk, count) {
    this.headOffset += count;
    this.bufferedSamples -= count;
    this.playedSamples += count;
    this.nextPtsUs = chunk.ptsUs + this.samplesUs(this.headOffset);
    if (this.headOffset < chunk.samples.length) return;
    this.lastWasSentenceEnd = chunk.sentenceEnd;
    this.lastSamples = chunk.samples;
    this.queue.shift();
    this.headOffset = 0;
  }

  /** @param {number} timeS */
  runDry(timeS) {
    this.playing = false;
    this.events.push({ type: 'pause', turn: this.turn, ptsUs: this.nextPtsUs, timeS });
    if (this.lastWasSentenceEnd) return;
    this.underruns += 1;
    this.fade(this.lastSamples.slice(-this.fadeSamples).toReversed());
  }

  /** @returns {number} */
  fadeInGain() {
    if (this.fadeInLeft === 0) return 1;
    this.fadeInLeft -= 1;
    return 1 - this.fadeInLeft / this.fadeSamples;
  }

  /** What would have sounded next goes on for a moment, ever softer. */
  fadeOut() {
    if (!this.playing) return;
    const next = new Int16Array(this.fadeSamples);
    let filled = 0;
    for (const [index, { samples }] of this.queue.entries()) {
      const from = index === 0 ? this.headOffset : 0;
      const part = samples.subarray(from, from + next.length - filled);
      next.set(part, filled);
      filled += part.length;
      if (filled === next.length) break;
    }
    this.fade(next);
  }

  /** @param {Int16Array} samples */
  fade(samples) {
    this.tail = Float32Array.from(samples, (sample, i) => (sample / 32_768) * (1 - (i + 1) / samples.length));
  }

  /**
   * @param {Float32Array} out
   * @param {number} from
   */
  playTail(out, from) {
    const count = Math.min(out.length - from, this.tail.length);
    for (let i = 0; i < count; i += 1) out[from + i] = (out[from + i] ?? 0) + (this.tail[i] ?? 0);
    this.tail = this.tail.subarray(count);
  }

  /**
   * Throws away the queue from the nth chunk on.
   * @param {number} first
   */
  flushFrom(first) {
    for (const [index, chunk] of this.queue.splice(first).entries()) {
      const played = first + index === 0 ? this.headOffset : 0;
      this.flushed(chunk.samples.length - played);
    }
    if (first === 0) this.headOffset = 0;
  }

  /** @param {number} samples */
  flushed(samples) {
    this.flushedSamples += samples;
    this.bufferedSamples -= samples;
  }

  /** @param {Float32Array} out */
  measure(out) {
    for (const sample of out) {
      this.squares += sample * sample;
      this.peak = Math.max(this.peak, Math.abs(sample));
    }
    this.sinceReport += out.length;
  }

  /**
   * What happened since the last report, or nothing when there is nothing new to say.
   * @param {number} timeS
   * @returns {PlayoutReport | undefined}
   */
  takeReport(timeS) {
    const due = this.sinceReport >= reportEveryS * this.sampleRateHz;
    if (this.events.length === 0 && !due) return undefined;
    const rms = Math.sqrt(this.squares / Math.max(1, this.sinceReport));
    const { peak } = this;
    this.sinceReport = 0;
    this.squares = 0;
    this.peak = 0;
    if (!this.isWorking) return undefined;
    /** @type {PlayoutReport} */
    const report = {
      timeS,
      generation: this.generation,
      events: this.events,
      playedSamples: this.playedSamples,
      flushedSamples: this.flushedSamples,
      bufferedSamples: this.bufferedSamples,
      underruns: this.underruns,
      rms,
      peak,
    };
    // After the last sound one more report follows, so that the level is known to have come down.
    this.dirty = this.bufferedSamples > 0 || peak > 0;
    this.events = [];
    return report;
  }

  /**
   * @param {PlayoutChunk} chunk
   * @returns {number}
   */
  endUs(chunk) {
    return chunk.ptsUs + this.samplesUs(chunk.samples.length);
  }

  /**
   * @param {number} samples
   * @returns {number}
   */
  samplesUs(samples) {
    return (samples * 1_000_000) / this.sampleRateHz;
  }
}

/** @type {any} */
const scope = globalThis;

if (typeof scope.registerProcessor === 'function') {
  scope.registerProcessor(
    'tth-playout',
    class extends scope.AudioWorkletProcessor {
      constructor() {
        super();
        this.playout = new Playout(scope.sampleRate);
        this.port.addEventListener('message', (/** @type {MessageEvent} */ { data }) =>
          this.playout.accept(data),
        );
        this.port.start();
      }

      /**
       * @param {Float32Array[][]} _inputs
       * @param {Float32Array[][]} outputs
       */
      process(_inputs, outputs) {
        const out = outputs[0]?.[0];
        if (out === undefined) return true;
        this.playout.render(out, scope.currentTime);
        const report = this.playout.takeReport(scope.currentTime);
        if (report !== undefined) this.port.postMessage(report);
        return true;
      }
    },
  );
}
