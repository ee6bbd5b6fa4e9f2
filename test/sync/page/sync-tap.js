/* global AudioWorkletProcessor, currentFrame, registerProcessor, sampleRate */
const size = sampleRate / 100;

/** Takes the level of each 10 ms of what passes; what it puts out itself is silence. */
class SyncTap extends AudioWorkletProcessor {
  levels = [];
  sum = 0;

  process([input]) {
    const samples = input[0];
    for (let n = 0; n < 128; n++) {
      this.sum += (samples?.[n] ?? 0) ** 2;
      const at = currentFrame + n + 1;
      if (at % size !== 0) continue;
      this.levels.push(Math.sqrt(this.sum / size));
      this.sum = 0;
      if (this.levels.length < 50) continue;
      this.port.postMessage({ first: at / size - this.levels.length, levels: this.levels });
      this.levels = [];
    }
    return true;
  }
}

registerProcessor('sync-tap', SyncTap);
