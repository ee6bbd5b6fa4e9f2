import { type Figure, single } from '../measure.ts';
import { startServer } from '../server-process.ts';
import { talk } from './paced-audio.ts';

const kinds = [
  { name: 'sound alone', video: [] },
  { name: 'sound and poses', video: ['pose'] },
  { name: 'sound and relayed video, 100 kB/s', video: ['h264'] },
] as const;

/** What bringing a session to its listener costs, whoever makes its pictures: these come from memory. */
export const measureDelivery = async (isQuick: boolean): Promise<Figure[]> => {
  const windowMs = isQuick ? 2_000 : 10_000;
  const server = await startServer('tth', ['face']);
  try {
    const figures: Figure[] = [];
    for (const { name, video } of kinds) {
      const cpuMs = await talk(server, windowMs, video);
      figures.push(single(`delivery, ${name}`, 'CPU ms per session-minute', cpuMs, 1));
    }
    return figures;
  } finally {
    await server.stop();
  }
};
