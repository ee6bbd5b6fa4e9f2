/* oxlint-disable no-console -- a command that prints its figures */
import { startTth } from '../support/start-tth.ts';

// What sound costs on the wire as PCM and as Opus, and what encoding costs. `node test/bench/opus.ts`

const text = [
  'This is a paragraph of ordinary speech, spoken by the built-in voice.',
  'It is said twice, once as plain samples and once packed, and the bytes are counted with their headers.',
  'Pauses between the sentences count as well, because they take time, and time is what a listener pays for.',
].join(' ');
const headerBytes = 32;
/** As many as the credit of one connection, a minute, lets through. */
const rounds = 2;

const server = await startTth();
await server.warm;

const speak = async (codec: 'pcm_s16le' | 'opus') => {
  const client = await server.connect({
    listensInstantly: true,
    hello: { accepts: { audio: [codec], video: [] } },
  });
  const before = process.cpuUsage();
  for (let n = 0; n < rounds; n++) {
    client.send({ type: 'say', clientMsgId: `m${n}`, text });
    await client.next('turn_completed');
  }
  const { user, system } = process.cpuUsage(before);
  client.close();
  const seconds = client.media.reduce((sum, { durationUs }) => sum + durationUs, 0) / 1_000_000;
  const payload = client.media.reduce((sum, frame) => sum + frame.payload.length, 0);
  const codecs = new Set(client.media.map((frame) => frame.codec));
  if (!codecs.has(codec) || codecs.size !== 1)
    throw new Error(`expected ${codec}, got ${[...codecs].join(', ')}`);
  return {
    seconds,
    payloadPerS: payload / seconds,
    wirePerS: (payload + client.media.length * headerBytes) / seconds,
    framesPerS: client.media.length / seconds,
    cpuMsPerS: (user + system) / 1000 / seconds,
  };
};

await speak('opus');
const [pcm, opus] = [await speak('pcm_s16le'), await speak('opus')];
await server.close();
for (const [name, figures] of Object.entries({ pcm_s16le: pcm, opus })) {
  console.log(
    `${name}: ${figures.payloadPerS.toFixed(0)} bytes of sound and ${figures.wirePerS.toFixed(0)} with headers a second, ` +
      `${figures.framesPerS.toFixed(1)} frames a second; process ${figures.cpuMsPerS.toFixed(1)} ms a second, synthesis and client included`,
  );
}
console.log(
  `opus takes ${((100 * opus.wirePerS) / pcm.wirePerS).toFixed(1)} % of the bytes and ` +
    `${(opus.cpuMsPerS - pcm.cpuMsPerS).toFixed(1)} ms more of processor time per second of speech (${opus.seconds.toFixed(0)} s measured)`,
);
process.exit(0);
