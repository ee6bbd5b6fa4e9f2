import { isTerminal } from '@tth/core';
import { scriptedLlm, scriptedPlugin, scriptedTts, startVirtualEngine } from '@tth/testkit';
import { describe, expect, it } from 'vitest';
import { createScriptedEncoders } from '../../test/scripted-encoders.ts';
import { prefersOpus, withOpus } from './opus-outlet.ts';

const start = async () => {
  const scripted = createScriptedEncoders();
  const { engine, clock, connect } = await startVirtualEngine({
    plugins: [scriptedPlugin([scriptedLlm(), scriptedTts()])],
  });
  const problems: string[] = [];
  const client = connect(
    { accepts: { audio: ['opus'], video: [] } },
    {
      deliver: (outlet) => {
        const session = engine.sessions()[0]!;
        session.attach(
          withOpus(outlet, session, scripted.encoders, clock, (reason) => problems.push(reason)).outlet,
        );
      },
    },
  );
  return { scripted, clock, client, problems };
};

describe('an outlet for opus', () => {
  it.each([
    [['opus', 'pcm_s16le'], true],
    [['pcm_s16le', 'opus'], false],
    [['flac', 'opus'], true],
    [[], false],
  ])('is for a client that accepts %j: %s', (accepted, isPreferred) => {
    expect(prefersOpus(accepted)).toBe(isPreferred);
  });

  it('says what sound travels as, and ends a turn after its last packet', async () => {
    const { scripted, clock, client } = await start();

    client.say('One. Two.');
    await clock.advance(2_000);
    const before = client.ends.length;
    scripted.settle();

    expect(client.of('session_created')).toMatchObject([{ audio: { codec: 'opus' } }]);
    expect(before).toBe(0);
    expect(client.ends).toMatchObject([{ type: 'turn_completed' }]);
    expect(client.media.every(({ item }) => item.codec === 'opus')).toBe(true);
    const last = client.received.findLastIndex((each) => each.kind === 'media');
    const end = client.received.findIndex((each) => each.kind === 'event' && isTerminal(each.event));
    expect(end).toBeGreaterThan(last);
  });

  it('sends nothing that was inside the encoder at an interrupt', async () => {
    const { scripted, clock, client } = await start();
    client.say('A sentence that is going to be interrupted.');
    await clock.advance(300);
    scripted.step();

    client.interrupt();
    const atInterrupt = client.media.length;
    scripted.settle();

    expect(atInterrupt).toBe(1);
    expect(client.media).toHaveLength(1);
    expect(client.ends).toMatchObject([{ type: 'turn_stopped' }]);
  });

  it('announces that PCM follows when the encoder fails', async () => {
    const { scripted, clock, client, problems } = await start();
    client.say('A sentence that loses its encoder.');
    await clock.advance(300);
    scripted.step();

    scripted.fail();
    await clock.advance(10_000);

    expect(problems).toEqual(['broken']);
    expect(client.of('degraded_mode')).toMatchObject([{ stage: 'tts', from: 'opus', to: 'pcm_s16le' }]);
    const announced = client.received.findIndex(
      (each) => each.kind === 'event' && each.event.type === 'degraded_mode',
    );
    const firstPcm = client.received.findIndex(
      (each) => each.kind === 'media' && each.item.codec === 'pcm_s16le',
    );
    expect(firstPcm).toBeGreaterThan(announced);
    expect(client.ends).toMatchObject([{ type: 'turn_completed' }]);
  });
});
