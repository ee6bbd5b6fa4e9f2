import { type Engine, createEngine, isTerminal, offeredEmotions } from '@tth/core';
import {
  type PluginDefinition,
  type TtsCapabilities,
  type TtsDefinition,
  loudness,
  sampleRateHz,
} from '@tth/core/plugin';
import { medianPitchHz } from '@tth/testkit';

/** Tells the same story in seven feelings, and prints how fast, how high and how loud each was. */
const story =
  'The train leaves at nine from the second platform. Anna has packed her bag and closed the door behind her. ' +
  'On the way she meets her neighbour, who carries a basket of apples. They talk for a minute and go on.';

interface Heard {
  readonly wordsPerSecond: number;
  readonly pitchHz: number;
  readonly loudness: number;
}

const hear = async (engine: Engine, label: string): Promise<Heard> => {
  const session = engine.createSession({ accepts: { audio: ['pcm_s16le'], video: [] }, pacing: 'unpaced' });
  const pieces: Uint8Array[] = [];
  const { promise, resolve } = Promise.withResolvers<void>();
  session.attach({
    event: (event) => {
      if (isTerminal(event) || event.type === 'error') resolve();
    },
    media: (item) => {
      pieces.push(item.data.slice());
      return true;
    },
    replaced: () => {},
  });
  session.handle({
    type: 'say',
    clientMsgId: label,
    text: story,
    controls: { emotion: { label, intensity: 1 } },
  });
  await promise;
  await session.close('measured');
  const pcm = new Int16Array(Buffer.concat(pieces).buffer.slice(0));
  const words = story.split(' ').length;
  return {
    wordsPerSecond: words / (pcm.length / sampleRateHz),
    pitchHz: medianPitchHz(pcm),
    loudness: loudness(pcm, 0, pcm.length),
  };
};

const plugin: PluginDefinition = (await import('@tth/plugin-espeak')).default;
const espeak = plugin.adapters?.find((adapter): adapter is TtsDefinition => adapter.stage === 'tts');
if (espeak === undefined) throw new Error('there is no voice to measure');
const own = espeak.capabilities as TtsCapabilities;

/** espeak as it is, and as a voice that has no feelings of its own. */
const voices: Readonly<Record<string, TtsCapabilities>> = {
  'its own feelings': own,
  'no feelings, but rate, pitch and volume': {
    ...own,
    controls: { ...own.controls, emotions: [], standIns: {} },
  },
  'no controls at all': { ...own, controls: { emotions: [] } },
};

const change = (value: number, base: number): string => {
  const percent = Math.round((value / base - 1) * 100);
  return percent === 0 ? '' : ` (${percent > 0 ? '+' : '−'}${Math.abs(percent)} %)`;
};

for (const [name, capabilities] of Object.entries(voices)) {
  const adapters = [{ ...espeak, capabilities }];
  const source = { name: 'measured', load: () => Promise.resolve({ default: { ...plugin, adapters } }) };
  const engine = await createEngine({ plugins: [source] });
  const rows: string[] = [];
  let base: Heard | undefined;
  for (const label of offeredEmotions) {
    const heard = await hear(engine, label);
    base ??= heard;
    const cells = [
      `${heard.wordsPerSecond.toFixed(2)}${change(heard.wordsPerSecond, base.wordsPerSecond)}`,
      `${heard.pitchHz.toFixed(0)}${change(heard.pitchHz, base.pitchHz)}`,
      `${heard.loudness.toFixed(3)}${change(heard.loudness, base.loudness)}`,
    ];
    rows.push(`| ${[label, ...cells].join(' | ')} |`);
  }
  await engine.close();
  process.stdout.write(`\nA voice with ${name}:\n\n`);
  process.stdout.write(
    '| feeling | words per second | pitch, Hz | loudness, RMS |\n| --- | --- | --- | --- |\n',
  );
  process.stdout.write(`${rows.join('\n')}\n`);
}
