import type { Clock } from '../clock.ts';
import type { Surroundings } from '../surroundings.ts';
import {
  type AudioBlocked,
  type AudioOutput,
  type AudioOutputListener,
  type PlayoutCommand,
  type PlayoutReport,
  sampleRateHz,
} from './audio-output.ts';
import { createSilentOutput } from './silent-output.ts';
import { keepSounding, resumeTimeoutMs } from './sound-keeper.ts';

/** A reported latency above this, in seconds, is taken for a mistake of the browser. */
const longestLatencyS = 0.5;

const autoplay: AudioBlocked = {
  reason: 'autoplay',
  message: 'The browser allows sound after a click: call enableAudio() from a click or key handler.',
};

/** Why this page can have no sound at all, or nothing when it can. */
export const soundObstacle = (scope: {
  AudioWorkletNode?: unknown;
  isSecureContext?: boolean;
}): AudioBlocked | undefined => {
  // Chromium shows the class on insecure pages too, but refuses to load a module.
  if (scope.isSecureContext === false) {
    return {
      reason: 'insecure_context',
      message: 'Browsers give AudioWorklet to secure pages only: open this page over https or on localhost.',
    };
  }
  if (scope.AudioWorkletNode !== undefined) return undefined;
  return { reason: 'unsupported', message: 'This browser has no AudioWorklet.' };
};

/**
 * Seconds on the context's clock that reach the ear now. The output timestamp knows the device's latency and moves
 * smoothly; where it is missing or absurd, the current time less the reported latency stands in.
 */
export const heardContextTimeS = (
  context: Pick<AudioContext, 'currentTime' | 'baseLatency' | 'outputLatency' | 'getOutputTimestamp'>,
  nowMs: number,
): number => {
  const { contextTime = 0, performanceTime = 0 } = context.getOutputTimestamp?.() ?? {};
  const stampedS = contextTime + (nowMs - performanceTime) / 1000;
  const lagS = context.currentTime - stampedS;
  if (contextTime > 0 && lagS >= -0.02 && lagS <= longestLatencyS)
    return Math.min(stampedS, context.currentTime);
  const latencyS = context.outputLatency || context.baseLatency || 0;
  return context.currentTime - Math.min(longestLatencyS, latencyS);
};

/**
 * The page's loudspeaker: an AudioWorklet that owns the queue, so that a busy page never makes it stutter. The context
 * is made when sound is first wanted, which should be in a click. Where there can be no sound, silence keeps time in its
 * place, so that picture and captions go on.
 */
export const createWebAudioOutput = (
  workletUrl: URL | string,
  clock: Clock,
  surroundings: Surroundings,
): AudioOutput => {
  let listener: AudioOutputListener | undefined;
  let context: AudioContext | undefined;
  let gain: GainNode | undefined;
  let port: MessagePort | undefined;
  let silence: AudioOutput | undefined;
  let obstacle = soundObstacle(globalThis);
  let opening: Promise<void> | undefined;
  let volume = 1;
  let letGo = (): void => {};
  let heardS = 0;
  const waiting: PlayoutCommand[] = [];

  const post = (command: PlayoutCommand): void => {
    if (silence !== undefined) silence.post(command);
    else if (port === undefined) waiting.push(command);
    else port.postMessage(command, command.type === 'chunk' ? [command.samples.buffer as ArrayBuffer] : []);
  };

  const postWaiting = (): void => {
    for (const command of waiting.splice(0)) post(command);
  };

  const openSpeaker = async (): Promise<void> => {
    const opened = new AudioContext({ sampleRate: sampleRateHz, latencyHint: 'interactive' });
    context = opened;
    await opened.audioWorklet.addModule(workletUrl);
    const node = new AudioWorkletNode(opened, 'tth-playout', { numberOfInputs: 0, outputChannelCount: [1] });
    node.port.addEventListener('message', ({ data }: MessageEvent<PlayoutReport>) =>
      listener?.onReport(data),
    );
    node.port.start();
    gain = new GainNode(opened, { gain: volume });
    node.connect(gain).connect(opened.destination);
    port = node.port;
    letGo = keepSounding(opened, surroundings, clock, {
      onAudible: (audible) => listener?.onAudible(audible),
      onBlocked: (blocked) => listener?.onBlocked(blocked),
    });
    postWaiting();
  };

  const keepSilence = (): void => {
    obstacle ??= {
      reason: 'unsupported',
      message: `Sound could not be started. Serve playout.worklet.js at ${String(workletUrl)}, or name its place as workletUrl.`,
    };
    silence = createSilentOutput(clock);
    if (listener !== undefined) silence.listen(listener);
    postWaiting();
  };

  const open = async (): Promise<void> => {
    try {
      if (obstacle === undefined) return await openSpeaker();
    } catch {
      await context?.close();
      context = undefined;
    }
    keepSilence();
  };

  const enable = async (): Promise<void> => {
    opening ??= open();
    // Must run in the click itself, before anything is awaited, and may never settle without one.
    const resumed = context?.resume().catch(() => {});
    await opening;
    if (obstacle !== undefined) return listener?.onBlocked(obstacle);
    await Promise.race([resumed, new Promise((resolve) => setTimeout(resolve, resumeTimeoutMs))]);
    if (context !== undefined && context.state !== 'running' && context.state !== 'closed')
      listener?.onBlocked(autoplay);
  };

  return {
    listen: (to) => {
      listener = to;
    },
    enable,
    post,
    setVolume: (to) => {
      volume = to;
      if (context !== undefined) gain?.gain.setTargetAtTime(to, context.currentTime, 0.01);
    },
    heardTimeS: () => {
      if (silence !== undefined) return silence.heardTimeS();
      // The first timestamps correct the latency guessed before them; what was heard is not unheard.
      if (context !== undefined) heardS = Math.max(heardS, heardContextTimeS(context, performance.now()));
      return heardS;
    },
    close: async () => {
      letGo();
      await silence?.close();
      if (context !== undefined && context.state !== 'closed') await context.close();
    },
  };
};
