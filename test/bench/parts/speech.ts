import { type Figure, single, spread } from '../measure.ts';
import { adapterOf, startPackages, synthesize } from '../plugins.ts';

const samplesPerSecond = 24_000;
const texts = [
  'Good morning!',
  'The quick brown fox jumps over the lazy dog, and then it goes home to sleep.',
  'Every sentence is spoken by itself, so the first one can be heard while the second is still being written.',
];

/** How much faster than it is heard the espeak plugin speaks, warm, on one thread. */
export const measureSpeech = async (isQuick: boolean): Promise<Figure[]> => {
  const host = await startPackages(['@tth/plugin-espeak'], { espeak: { workers: 1 } });
  try {
    const voice = adapterOf(host, 'tts');
    const rounds = isQuick ? 10 : 100;
    for (const text of texts) await synthesize(voice, text);
    const perWallSecond: number[] = [];
    let seconds = 0;
    const before = process.cpuUsage();
    for (let round = 0; round < rounds; round++) {
      for (const text of texts) {
        const startMs = performance.now();
        const outputs = await synthesize(voice, text);
        const spoken = outputs.reduce((sum, { pcm }) => sum + pcm.length, 0) / samplesPerSecond;
        perWallSecond.push(spoken / ((performance.now() - startMs) / 1000));
        seconds += spoken;
      }
    }
    const { user, system } = process.cpuUsage(before);
    const count = rounds * texts.length;
    return [
      spread('espeak, speech per second', '× real time', perWallSecond),
      single('espeak, speech per CPU second', '× real time', seconds / ((user + system) / 1e6), count),
    ];
  } finally {
    await host.close();
  }
};
