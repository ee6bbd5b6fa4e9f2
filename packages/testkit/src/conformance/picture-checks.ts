import assert from 'node:assert/strict';
import { type AvatarSubject, isInterCoded, picturesOf, soundMs, speechMs } from './avatar-subject.ts';
import { collect, contextFor, within } from './calls.ts';
import type { Check } from './check.ts';

/** Pictures from the asking for a key frame to that key frame, at most. */
const patience = 25;

/** The pictures of a face, for each codec that it delivers. */
export const pictureChecks: readonly Check<AvatarSubject>[] = [
  {
    id: 'pictures.delivery',
    sentence: 'lists the codec among its deliveries',
    severity: 'must',
    runsLive: true,
    run: async ({ started, codec }) => {
      assert(started.adapter.capabilities().delivery.includes(codec), `It does not list "${codec}".`);
    },
  },
  {
    id: 'pictures.format',
    sentence: 'tells the format once, before the first picture',
    severity: 'must',
    runsLive: true,
    run: async (subject) => {
      const items = await collect(subject, subject.show());
      const formats = items.flatMap((item) => (item.type === 'format' ? [item.format] : []));

      assert.equal(items[0]?.type, 'format', 'It does not begin with the format.');
      assert.equal(formats.length, 1, 'It tells the format more than once.');
      assert.equal(formats[0]!.codec, subject.codec, 'The format is of another codec.');
      assert(formats[0]!.fps > 0, 'The format has no frames per second.');
      if (subject.codec === 'pose')
        assert((formats[0]!.channels?.length ?? 0) > 0, 'Its poses have no channels.');
    },
  },
  {
    id: 'pictures.contiguous',
    sentence: 'covers the whole speech with pictures, from 0 on, in order and without a gap',
    severity: 'must',
    runsLive: true,
    run: async (subject) => {
      const items = await collect(subject, subject.show());
      const endMs = soundMs(items) || speechMs;

      let nextUs = 0;
      for (const { ptsUs, durationUs, data } of picturesOf(items)) {
        assert(Math.abs(ptsUs - nextUs) <= 1, `A picture comes at ${ptsUs} us in place of ${nextUs} us.`);
        assert(durationUs > 0, `The picture at ${ptsUs} us lasts ${durationUs} us.`);
        assert(data.byteLength > 0, `The picture at ${ptsUs} us is empty.`);
        nextUs = ptsUs + durationUs;
      }
      assert(nextUs / 1000 >= endMs - 1, `Pictures end at ${nextUs / 1000} ms, the sound at ${endMs} ms.`);
      assert(
        nextUs / 1000 < endMs + 1_000,
        `Pictures go on to ${nextUs / 1000} ms, the sound to ${endMs} ms.`,
      );
    },
  },
  {
    id: 'pictures.begin',
    sentence: 'begins with a picture that can be seen without any other',
    severity: 'must',
    runsLive: true,
    run: async (subject) => {
      const [first, ...rest] = picturesOf(await collect(subject, subject.show()));

      assert(first?.key, 'The first picture is no key picture.');
      if (!isInterCoded(subject.codec)) {
        assert(
          rest.every(({ key }) => key),
          'A picture of this codec says that it needs another one.',
        );
      }
    },
  },
  {
    id: 'pictures.key-on-demand',
    sentence: 'gives a key picture soon after one is asked for',
    severity: 'must',
    notFor: ({ codec }) => (isInterCoded(codec) ? undefined : 'every picture of this codec is a key picture'),
    run: async (subject) => {
      let isWanted = false;
      let count = 0;
      let askedAt = 0;
      const keys: number[] = [];
      const takeKeyFrameRequest = (): boolean => {
        const wanted = isWanted;
        isWanted = false;
        return wanted;
      };
      const read = async (): Promise<void> => {
        const call = subject.show({ totalMs: 3_000, control: { takeKeyFrameRequest } });
        for await (const item of call(contextFor(subject))) {
          if (item.type !== 'picture') continue;
          if (item.frame.key) keys.push(count);
          count += 1;
          if (count !== 12) continue;
          askedAt = count;
          isWanted = true;
        }
      };

      await within(subject.limitMs, 'The call', read());

      assert(askedAt > 0, `It gave ${count} pictures in three seconds.`);
      assert(
        keys.some((at) => at >= askedAt && at <= askedAt + patience),
        `No key picture came within ${patience} pictures.`,
      );
    },
  },
  {
    id: 'pictures.odd-size',
    sentence: 'takes odd sizes and says which it made of them',
    severity: 'must',
    run: async (subject) => {
      const { min, max } = subject.started.adapter.capabilities().controls.sizePx;
      const odd = Math.min(max, Math.max(min, 131));
      const items = await collect(
        subject,
        subject.show({ totalMs: 200, control: { widthPx: odd, heightPx: odd + 2 } }),
      );
      const format = items.find((item) => item.type === 'format')?.format;

      assert(Math.abs((format?.widthPx ?? 0) - odd) <= 16, `Of ${odd} pixels it made ${format?.widthPx}.`);
      assert(picturesOf(items).length > 0, 'There are no pictures.');
    },
  },
  {
    id: 'pictures.no-speech',
    sentence: 'shows little or nothing for no speech at all',
    severity: 'must',
    run: async (subject) => {
      const items = await collect(subject, subject.show({ totalMs: 0 }));

      const shownUs = picturesOf(items).reduce((sum, { durationUs }) => sum + durationUs, 0);
      assert(shownUs <= 1_000_000, `It shows ${shownUs / 1000} ms.`);
    },
  },
  {
    id: 'pictures.sound',
    sentence: 'gives its own sound from 0 on and marks the end of every sentence',
    severity: 'must',
    notFor: ({ started }) =>
      started.adapter.capabilities().input === 'audio' ? 'it is given its sound' : undefined,
    run: async (subject) => {
      const items = await collect(subject, subject.show());
      const sounds = items.flatMap((item) => (item.type === 'audio' ? [item] : []));
      const order = sounds.map(({ sentence }) => sentence);

      assert(soundMs(items) > 0, 'It gives no sound.');
      assert.deepEqual(
        order,
        order.toSorted((a, b) => a - b),
        'Its sentences are mixed.',
      );
      const ends = sounds.flatMap(({ sentence, sentenceEnd }) => (sentenceEnd ? [sentence] : []));
      assert.deepEqual(ends, [...new Set(order)], 'The end of a sentence is not marked once.');
    },
  },
];
