import {
  type AvatarControl,
  type AvatarImplementation,
  type AvatarOutput,
  type AvatarSpeech,
  createIds,
  type InferContext,
  type MediaCodecs,
  neutralControls,
  type PictureFrame,
  createHttp,
  createSockets,
  seededRandom,
  silentLog,
  systemClock,
  type UsageRecord,
} from '@tth/core/plugin';
import { decodePose, mouthOpening, poseChannels, poseSize } from '@tth/face';
import { afterAll, afterEach, describe, expect, it, vi } from 'vitest';
import { collect, endlessStreamOf, speechOf, streamOf } from '../test/speech.ts';
import { puppetAvatar } from './avatar.ts';

const mediaCodecs: MediaCodecs = {
  moduleUrl: new URL('../test/fake-codecs.ts', import.meta.url).href,
  video: ['h264', 'vp8'],
  audio: [],
};
const ids = createIds(seededRandom(1));
const options = puppetAvatar.options.parse({ workers: 1 });

const createPuppet = (services: { mediaCodecs?: MediaCodecs }): AvatarImplementation =>
  puppetAvatar.create(options, {
    clock: systemClock,
    random: seededRandom(2),
    log: silentLog,
    secrets: { reveal: () => '' },
    http: createHttp({ clock: systemClock, log: silentLog }),
    socket: createSockets({ clock: systemClock, log: silentLog }),
    services,
  });
const puppet = createPuppet({ mediaCodecs });
afterAll(() => puppet.close?.());

const control = (given: Partial<AvatarControl> = {}): AvatarControl => ({
  ...neutralControls.render,
  widthPx: 129,
  heightPx: 131,
  codec: 'pose',
  character: neutralControls.character,
  takeKeyFrameRequest: () => false,
  ...given,
});
const turnContext = (given: Partial<InferContext> = {}): InferContext => ({
  signal: new AbortController().signal,
  deadline: Number.POSITIVE_INFINITY,
  sessionId: ids.session(),
  turnId: ids.turn(),
  epoch: 0,
  attempt: 0,
  locale: 'en-US',
  clock: systemClock,
  log: silentLog,
  usage: () => {},
  ...given,
});

const hello = [
  ...speechOf([{ ms: 40 }, { ipa: 'a', ms: 400 }, { ipa: 'p', ms: 80 }, { ipa: 'oʊ', ms: 280 }]),
];
const perform = (
  speech: AsyncIterable<AvatarSpeech>,
  given: Partial<AvatarControl>,
  context?: Partial<InferContext>,
): AsyncIterable<AvatarOutput> =>
  puppet.inferStream({ kind: 'audio', speech }, control(given), turnContext(context));
const framesOf = (outputs: readonly AvatarOutput[]): PictureFrame[] =>
  outputs.flatMap((output) => (output.type === 'picture' ? [output.frame] : []));

const isContiguous = (frames: readonly PictureFrame[]): boolean =>
  frames.every(({ ptsUs }, i) => ptsUs === (i === 0 ? 0 : frames[i - 1]!.ptsUs + frames[i - 1]!.durationUs));
const endUs = (frames: readonly PictureFrame[]): number => frames.at(-1)!.ptsUs + frames.at(-1)!.durationUs;

describe('puppet capabilities', () => {
  const deliveryWith = (services: { mediaCodecs?: MediaCodecs }): unknown => {
    const { capabilities } = puppetAvatar;
    return typeof capabilities === 'function' && capabilities(options, services).delivery;
  };

  it('prefer poses and offer video where encoders are installed', () => {
    expect(deliveryWith({ mediaCodecs })).toEqual(['pose', 'h264', 'vp8', 'jpeg']);
    expect(deliveryWith({})).toEqual(['pose', 'jpeg']);
  });
});

describe('puppet as poses', () => {
  it('says first what the bytes of a pose mean and who is drawn', async () => {
    const [first] = await collect(perform(streamOf(hello), { identity: 'otto', fps: 30 }));

    expect(first).toEqual({
      type: 'format',
      format: {
        codec: 'pose',
        widthPx: 130,
        heightPx: 132,
        fps: 30,
        channels: poseChannels,
        character: 'otto',
      },
    });
  });

  it('has the client draw a badge where the operator wants synthetic people marked', async () => {
    const marking = puppetAvatar.create(puppetAvatar.options.parse({ badge: true }), {
      clock: systemClock,
      random: seededRandom(2),
      log: silentLog,
      secrets: { reveal: () => '' },
      services: {},
      http: createHttp({ clock: systemClock, log: silentLog }),
      socket: createSockets({ clock: systemClock, log: silentLog }),
    });
    const speech = { kind: 'audio', speech: streamOf(hello) } as const;

    const [first] = await collect(marking.inferStream(speech, control({}), turnContext()));

    expect(first).toMatchObject({ type: 'format', format: { codec: 'pose', badge: true } });
  });

  it('covers the speech and its tail with runs of whole poses that a client can decode', async () => {
    const frames = framesOf(await collect(perform(streamOf(hello), {})));

    expect(isContiguous(frames)).toBe(true);
    expect(endUs(frames)).toBe(1_000_000);
    expect(frames.every(({ key }) => key)).toBe(true);
    const openings = frames.flatMap(({ data }) =>
      Array.from({ length: data.length / poseSize }, (_, i) => mouthOpening(decodePose(data, i * poseSize))),
    );
    expect(openings).toHaveLength(25);
    expect(Math.max(...openings)).toBeGreaterThan(0.5);
    expect(openings.at(-1)).toBe(0);
  });

  it('moves the same way whenever a turn is repeated, and another way in another turn', async () => {
    const turnId = ids.turn();

    const [once, again, other] = await Promise.all(
      [{ turnId }, { turnId }, {}].map((context) => collect(perform(streamOf(hello), {}, context))),
    );

    expect(again).toEqual(once);
    expect(other).not.toEqual(once);
  });

  it('reports how much picture it made', async () => {
    const usage = vi.fn<(record: UsageRecord) => void>();

    await collect(perform(streamOf(hello), {}, { usage }));

    expect(usage.mock.calls).toEqual([[{ unit: 'video_ms', amount: 1_000 }]]);
  });
});

describe.for(['h264', 'vp8', 'jpeg'] as const)('puppet as %s', (codec) => {
  it('sends one picture per frame, contiguous, the first decodable by itself', async () => {
    const outputs = await collect(perform(streamOf(hello), { codec, fps: 30 }));
    const frames = framesOf(outputs);

    expect(outputs[0]).toEqual({ type: 'format', format: { codec, widthPx: 130, heightPx: 132, fps: 30 } });
    expect(frames).toHaveLength(30);
    expect(isContiguous(frames)).toBe(true);
    expect(endUs(frames)).toBe(1_000_000);
    expect(frames[0]!.key).toBe(true);
    expect(frames.every((frame) => frame.codec === codec && frame.data.length > 0)).toBe(true);
  });

  it('stops at an abort in the middle of a turn and holds nothing for it', async () => {
    const abort = new AbortController();
    const speech = endlessStreamOf(hello);
    const frames: PictureFrame[] = [];

    for await (const output of perform(speech, { codec }, { signal: abort.signal })) {
      if (output.type === 'picture' && frames.push(output.frame) === 4) abort.abort();
    }

    expect(frames).toHaveLength(4);
    await vi.waitUntil(() => speech.isStopped);
    expect((await puppet.health(abort.signal)).detail).toBe('Drawings: 0; workers: 1.');
  });

  it('holds nothing for a consumer that leaves while speech is awaited', async () => {
    const speech = endlessStreamOf(hello);
    const known = codec === 'vp8' ? 19 : 20;
    let pictures = 0;

    for await (const output of perform(speech, { codec })) {
      if (output.type === 'picture' && ++pictures === known) break;
    }

    expect((await puppet.health(new AbortController().signal)).detail).toBe('Drawings: 0; workers: 1.');
    await vi.waitUntil(() => speech.isStopped);
  });
});

describe('puppet as video', () => {
  const long = speechOf([{ ipa: 'a', ms: 4_800 }]);

  it('sends a key frame every two seconds', async () => {
    const frames = framesOf(await collect(perform(streamOf(long), { codec: 'h264', fps: 25 })));

    expect(frames.flatMap(({ key, ptsUs }) => (key ? [ptsUs] : []))).toEqual([0, 2_000_000, 4_000_000]);
  });

  it('sends a key frame soon after somebody asked for one, and only one', async () => {
    let requests = 0;
    const takeKeyFrameRequest = (): boolean => requests-- > 0;
    const frames: PictureFrame[] = [];

    for await (const output of perform(streamOf(long), { codec: 'h264', takeKeyFrameRequest })) {
      if (output.type === 'picture' && frames.push(output.frame) === 10) requests = 1;
    }

    const keys = frames.flatMap(({ key }, i) => (key ? [i] : []));
    expect(keys[1]).toBeGreaterThanOrEqual(10);
    expect(keys[1]).toBeLessThan(20);
    expect(keys[2]! - keys[1]!).toBe(50);
  });

  it('paints the background that was asked for', async () => {
    const [first] = framesOf(
      await collect(perform(streamOf(hello), { codec: 'h264', background: '#336699' })),
    );

    expect([...first!.data]).toEqual([1, 0x33, 0x66, 0x99]);
  });

  it.each([
    { share: undefined, widthPx: 512, bitrate: 800_000 },
    { share: 0.8, widthPx: 384, bitrate: 360_000 },
    { share: 0.6, widthPx: 256, bitrate: 120_000 },
  ])(
    'spends $bitrate bits a second on $widthPx pixels a side, of which a link carries $share',
    async (given) => {
      const { share, widthPx, bitrate } = given;
      const moduleUrl = new URL('../test/telling-codecs.ts', import.meta.url).href;
      const telling = createPuppet({ mediaCodecs: { ...mediaCodecs, moduleUrl } });
      const input = { kind: 'audio', speech: streamOf(hello) } as const;
      const asked = {
        codec: 'h264',
        widthPx,
        heightPx: widthPx,
        ...(share && { bitrateShare: share }),
      } as const;

      const [first] = framesOf(await collect(telling.inferStream(input, control(asked), turnContext())));
      await telling.close?.();

      expect(JSON.parse(new TextDecoder().decode(first!.data))).toMatchObject({ widthPx, bitrate });
    },
  );

  it('draws several turns on one worker at the same time', async () => {
    const turns = await Promise.all(
      ['h264', 'vp8', 'jpeg'].map((codec) =>
        collect(perform(streamOf(hello), { codec: codec as 'h264' | 'vp8' | 'jpeg' })),
      ),
    );

    expect(turns.map((outputs) => framesOf(outputs).length)).toEqual([25, 25, 25]);
    expect(turns.every((outputs) => isContiguous(framesOf(outputs)))).toBe(true);
  });
});

describe('puppet without what it needs', () => {
  const puppets: AvatarImplementation[] = [];
  const create = (services: { mediaCodecs?: MediaCodecs }): AvatarImplementation => {
    const created = createPuppet(services);
    puppets.push(created);
    return created;
  };
  afterEach(async () => {
    for (const created of puppets.splice(0)) await created.close?.();
  });

  it('refuses text, which it cannot speak', async () => {
    const sentences = { async *[Symbol.asyncIterator]() {} };

    const refused = collect(puppet.inferStream({ kind: 'text', sentences }, control(), turnContext()));

    await expect(refused).rejects.toMatchObject({ code: 'provider.rejected' });
  });

  it('refuses video where no encoders are installed, and names what it has', async () => {
    const input = { kind: 'audio', speech: streamOf(hello) } as const;

    const refused = collect(create({}).inferStream(input, control({ codec: 'h264' }), turnContext()));

    await expect(refused).rejects.toMatchObject({
      code: 'provider.rejected',
      details: { delivery: ['pose', 'jpeg'] },
    });
  });

  it('fails a turn whose encoder cannot be made with an error that lets another provider try', async () => {
    const moduleUrl = new URL('../test/broken-codecs.ts', import.meta.url).href;
    const input = { kind: 'audio', speech: streamOf(hello) } as const;
    const broken = create({ mediaCodecs: { ...mediaCodecs, moduleUrl } });

    const failed = collect(broken.inferStream(input, control({ codec: 'h264' }), turnContext()));

    await expect(failed).rejects.toMatchObject({ code: 'provider.unavailable' });
    expect((await broken.health(new AbortController().signal)).detail).toBe('Drawings: 0; workers: 1.');
  });

  it('starts a worker at boot only when told to', async () => {
    const cold = create({});
    const warm = puppetAvatar.create(puppetAvatar.options.parse({ workers: 1, warmup: true }), {
      clock: systemClock,
      random: seededRandom(3),
      log: silentLog,
      secrets: { reveal: () => '' },
      http: createHttp({ clock: systemClock, log: silentLog }),
      socket: createSockets({ clock: systemClock, log: silentLog }),
      services: {},
    });
    puppets.push(warm);
    const { signal } = new AbortController();

    await Promise.all([cold.warmup?.(signal), warm.warmup?.(signal)]);

    expect((await cold.health(signal)).detail).toBe('Drawings: 0; workers: 0.');
    expect((await warm.health(signal)).detail).toBe('Drawings: 0; workers: 1.');
  });
});
