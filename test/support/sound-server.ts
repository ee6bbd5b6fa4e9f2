import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import path from 'node:path';
import { until } from './until.ts';

/** A sound server without a loudspeaker, for browsers that play nothing where there is no sound card. */
export interface SoundServer {
  /** What a program needs in its environment to use it; nothing where it finds one by itself. */
  readonly env: Readonly<Record<string, string>>;
  stop(): Promise<void>;
}

const pulseaudio = '/usr/bin/pulseaudio';
const hasOne = (): boolean => process.env['PULSE_SERVER'] !== undefined || existsSync('/dev/snd');

/** Whether browsers find something to play sound on here, or can be given it. */
export const hasSound = hasOne() || process.platform !== 'linux' || existsSync(pulseaudio);
export const noSound = 'needs a sound card, or PulseAudio: install the package pulseaudio';

const none: SoundServer = { env: {}, stop: async () => {} };

/** Starts one that keeps its files in `folder`, where the machine has no sound card and PulseAudio is installed. */
export const startSoundServer = async (folder: string): Promise<SoundServer> => {
  if (hasOne() || !existsSync(pulseaudio)) return none;
  const socket = path.join(folder, 'pulse.socket');
  const server = spawn(
    pulseaudio,
    [
      ['--daemonize=no', '--exit-idle-time=-1', '-n'],
      ['-L', `module-native-protocol-unix socket=${socket} auth-anonymous=1`],
      ['-L', 'module-null-sink'],
    ].flat(),
    { stdio: 'ignore', env: { ...process.env, XDG_RUNTIME_DIR: folder, HOME: folder } },
  );
  const ended = once(server, 'exit');
  await until(() => existsSync(socket));
  return {
    env: { PULSE_SERVER: `unix:${socket}` },
    stop: async () => {
      server.kill();
      await ended;
    },
  };
};
