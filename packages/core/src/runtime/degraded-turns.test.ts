import {
  type RecordedSession,
  type Script,
  keptSoundMs,
  scriptedAvatar,
  scriptedLlm,
  scriptedManagedAvatar,
  scriptedPlugin,
  scriptedTts,
  startVirtualEngine,
} from '@tth/testkit';
import { describe, expect, it } from 'vitest';
import { type Policies, defaultPolicies } from '../domain/policies.ts';

/** Sentences of 20, 21 and 21 letters, at 50 ms each. */
const reply = 'Twenty letters long. Twenty letters more. Twenty letters last.';
const sentencesMs = [1_000, 1_000, 1_000];
const retry = { ...defaultPolicies.retry, budgetShare: 0, budgetMin: 0 };

const start = async (adapters: Parameters<typeof scriptedPlugin>[0], policies: Partial<Policies> = {}) => {
  const llm = scriptedLlm({ reply });
  const virtual = await startVirtualEngine({
    plugins: [scriptedPlugin([llm, ...adapters])],
    policies: { retry, ...policies },
  });
  return { ...virtual, client: virtual.connect() };
};
const managed = (id: string, script: Script = {}) => scriptedManagedAvatar({ id, script });
const changes = (client: RecordedSession) =>
  client.of('degraded_mode').map(({ stage, from, to, reason }) => ({ stage, from, to, reason }));
const textOf = (client: RecordedSession): string =>
  client
    .of('text_delta')
    .map(({ text }) => text)
    .join('');

/** What the running turn's machine is at. */
const turnState = ({ session }: RecordedSession): string => {
  const { value } = session.actor.getSnapshot().children['turn']!.getSnapshot() as {
    value: { running: string };
  };
  return value.running;
};

describe('a face that speaks by itself and fails', () => {
  it('is followed by another such face, which says its sentence once more', async () => {
    const first = managed('first', { failAt: 70, betweenMs: 20 });
    const second = managed('second');
    const { client, clock } = await start([first, second, scriptedTts()]);

    client.ask('Hi');
    await clock.advance(30_000);

    expect(changes(client)).toEqual([
      { stage: 'avatar', from: 'first', to: 'second', reason: 'provider.unavailable' },
    ]);
    expect(keptSoundMs(client)).toEqual(sentencesMs);
    expect(client.of('audio_discard')).toMatchObject([{ sentence: 1, afterUs: 1_000_000 }]);
    expect(client.ends).toMatchObject([{ type: 'turn_completed', heardText: reply }]);
    const pictures = client.media.filter(({ item }) => item.kind === 'pose');
    expect(pictures.at(-1)!.item.ptsUs).toBeGreaterThan(2_900_000);
    expect([first.log.open, second.log.open, clock.pendingTimers]).toEqual([0, 0, 0]);
  });

  it('leaves the rest to a voice where there is no other', async () => {
    const first = managed('first', { failAt: 70, betweenMs: 20 });
    const tts = scriptedTts();
    const { client, clock } = await start([first, tts]);

    client.ask('Hi');
    await clock.advance(30_000);

    expect(changes(client)).toEqual([
      { stage: 'avatar', from: 'first', to: 'audio_only', reason: 'provider.unavailable' },
    ]);
    expect(keptSoundMs(client)).toEqual(sentencesMs);
    expect(tts.log.calls.map(({ input }) => input.text)).toEqual([
      'Twenty letters more.',
      'Twenty letters last.',
    ]);
    expect(client.ends).toMatchObject([{ type: 'turn_completed', heardText: reply }]);
    const order = client.received.map((each) => (each.kind === 'event' ? each.event.type : 'media'));
    expect(order.indexOf('degraded_mode')).toBeLessThan(order.indexOf('audio_discard'));
  });

  it('leaves it to a voice that may honour less, and what becomes of the controls there is told', async () => {
    const first = managed('first', { failAt: 70, betweenMs: 20 });
    const { client, clock } = await start([first, scriptedTts()]);

    client.ask('Hi', { controls: { character: { rate: 3 } } });
    await clock.advance(30_000);

    expect(client.of('control_report').flatMap(({ outcomes }) => outcomes)).toMatchObject([
      { stage: 'tts', field: 'character.rate', requested: 3, used: 2, result: 'clamped' },
    ]);
    expect(client.ends).toMatchObject([{ type: 'turn_completed' }]);
  });

  it.each<{ how: string; script: Script }>([
    { how: 'refuses', script: { failAt: 0 } },
    { how: 'says nothing', script: { endAt: 0 } },
    { how: 'leaves in the middle of the first sentence', script: { endAt: 12 } },
    { how: 'hangs', script: { hangAt: 5 } },
  ])('and $how costs no sentence', async ({ script }) => {
    const { client, clock } = await start([managed('first', script), managed('second'), scriptedTts()]);

    client.ask('Hi');
    await clock.advance(30_000);

    expect(changes(client)).toMatchObject([{ from: 'first', to: 'second' }]);
    expect(keptSoundMs(client)).toEqual(sentencesMs);
    expect(client.ends).toMatchObject([{ type: 'turn_completed' }]);
  });

  it('ends the turn where nobody can go on', async () => {
    const { client, clock } = await start([managed('first', { failAt: 5 })]);

    client.ask('Hi');
    await clock.advance(30_000);

    expect(client.ends).toMatchObject([{ type: 'turn_error', error: { code: 'provider.unavailable' } }]);
  });
});

describe('a turn that waited for a face which is gone by then', () => {
  it('is heard at once, says so and ends well', async () => {
    const face = scriptedAvatar({ script: { betweenMs: 40, failAt: 10, failure: 'provider.misconfigured' } });
    const { client, clock } = await start([scriptedTts(), face], { onUserText: 'queue' });
    client.ask('Hi');
    await clock.advance(10);
    client.ask('Hi again');

    await clock.advance(30_000);

    expect(client.ends.map(({ type }) => type)).toEqual(['turn_completed', 'turn_completed']);
    const [, second] = client.of('turn_started');
    expect(client.of('degraded_mode').filter(({ turnId }) => turnId === second?.turnId)).toMatchObject([
      { stage: 'avatar', from: 'none', to: 'audio_only', reason: 'provider.none_available' },
    ]);
    const sound = client.media.find(({ item }) => item.turn === 2);
    const sinceMs = clock.now() - clock.monotonicMs();
    expect(sound!.atMs + sinceMs).toBe(second!.ts);
    expect(face.log.open).toBe(0);
  });
});

describe('a face that is lost before the first sound', () => {
  it('leaves the machine where it streams, not where it waits for a picture', async () => {
    const face = scriptedAvatar({ script: (call) => (call === 0 ? { failAt: 0 } : { hangAt: 0 }) });
    const slow = scriptedTts({ script: { firstItemMs: 500 } });
    const { client, clock } = await start([slow, face]);

    client.ask('Hi');
    await clock.advance(1_000);

    expect(changes(client)).toMatchObject([{ to: 'audio_only' }]);
    expect(turnState(client)).toBe('streamingOutput');
  });

  it('leaves it there too when it ended without a picture', async () => {
    const face = scriptedAvatar({ script: (call) => (call === 0 ? { endAt: 0 } : { hangAt: 0 }) });
    const { client, clock } = await start([scriptedTts({ script: { firstItemMs: 500 } }), face]);

    client.ask('Hi');
    await clock.advance(1_000);

    expect(turnState(client)).toBe('streamingOutput');
  });
});

describe('a face of video that is lost', () => {
  it.each<{ when: string; script: Script; to: string }>([
    { when: 'after its first pictures', script: { failAt: 20 }, to: 'still_image' },
    { when: 'before its first picture', script: { failAt: 1 }, to: 'audio_only' },
    { when: 'because it is too slow for its speech', script: { betweenMs: 200 }, to: 'still_image' },
  ])('$when leaves $to, as it is told, and the sound goes on', async ({ script, to }) => {
    const hangs: Script = { hangAt: 0, ignoreAbort: true };
    const isSlow = script.betweenMs !== undefined;
    const face = scriptedAvatar({
      id: 'face',
      delivery: ['h264'],
      script: (call) => (call === 0 || isSlow ? script : hangs),
    });
    const virtual = await startVirtualEngine({
      plugins: [scriptedPlugin([scriptedLlm({ reply: `${reply} ${reply}` }), scriptedTts(), face])],
      policies: { retry },
    });
    const client = virtual.connect({ accepts: { audio: ['pcm_s16le'], video: ['h264'] } });

    client.ask('Hi');
    await virtual.clock.advance(30_000);

    expect(changes(client).find((change) => change.to === to)).toMatchObject({ stage: 'avatar' });
    expect(
      changes(client).filter((change) => ['still_image', 'audio_only'].includes(change.to)),
    ).toHaveLength(1);
    expect(client.ends).toMatchObject([{ type: 'turn_completed' }]);
    expect(keptSoundMs(client)).toHaveLength(6);
  });
});

describe('a turn without a voice, where it may go on as text', () => {
  const asText: Partial<Policies> = { withoutVoice: 'text_only' };

  it('says so first, then gives its text and completes', async () => {
    const { client, clock } = await start([], asText);

    client.ask('Hi');
    await clock.advance(1_000);

    expect(changes(client)).toEqual([
      { stage: 'tts', from: 'none', to: 'text_only', reason: 'provider.none_available' },
    ]);
    const types = client.events.map(({ type }) => type);
    expect(types.indexOf('degraded_mode')).toBeLessThan(types.indexOf('text_delta'));
    expect(textOf(client)).toBe(reply);
    expect(client.ends).toMatchObject([{ type: 'turn_completed', heardText: reply }]);
    expect(clock.pendingTimers).toBe(0);
  });

  it('keeps what was said when the last voice dies in the middle, and the picture ends with it', async () => {
    const tts = scriptedTts({ id: 'only', script: (call) => (call === 1 ? { failAt: 5 } : {}) });
    const face = scriptedAvatar();
    const { client, clock } = await start([tts, face], asText);

    client.ask('Hi');
    await clock.advance(30_000);

    expect(changes(client)).toEqual([
      { stage: 'tts', from: 'only', to: 'text_only', reason: 'provider.unavailable' },
    ]);
    expect(keptSoundMs(client)).toEqual([1_000, 200]);
    expect(textOf(client)).toBe(reply);
    expect(client.ends).toMatchObject([{ type: 'turn_completed' }]);
    expect([tts.log.open, face.log.open, clock.pendingTimers]).toEqual([0, 0, 0]);
  });

  it('can be interrupted like any other', async () => {
    const slow = scriptedLlm({ id: 'slow', reply, script: { betweenMs: 100 } });
    const virtual = await startVirtualEngine({ plugins: [scriptedPlugin([slow])], policies: asText });
    const client = virtual.connect();
    client.ask('Hi');
    await virtual.clock.advance(350);

    client.interrupt();
    await virtual.clock.advance(5_000);

    expect(client.ends).toMatchObject([{ type: 'turn_stopped' }]);
    expect(slow.log.open).toBe(0);
  });
});
