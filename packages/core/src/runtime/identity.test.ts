import { scriptedAvatar, scriptedLlm, scriptedPlugin, scriptedTts, startVirtualEngine } from '@tth/testkit';
import { describe, expect, it } from 'vitest';

const start = async (reply: string) => {
  const avatar = scriptedAvatar();
  const { connect, clock } = await startVirtualEngine({
    plugins: [scriptedPlugin([scriptedLlm({ reply }), scriptedTts(), avatar])],
  });
  return {
    client: connect(),
    clock,
    identities: () => avatar.log.calls.map(({ control }) => control.identity),
  };
};

const otto = { render: { identity: 'otto' } } as const;

describe('who is shown', () => {
  it('does not change within a turn: what is asked for meanwhile holds from the next one on', async () => {
    const { client, clock, identities } = await start('One sentence. And another one.');
    client.ask('Hi');
    await clock.advance(300);

    client.session.handle({ type: 'controls', clientMsgId: 'look', controls: otto });
    await clock.advance(20_000);
    const before = identities();
    client.ask('And now?');
    await clock.advance(20_000);

    expect(before).toEqual(['mira']);
    expect(identities()).toEqual(['mira', 'otto']);
  });

  it('is out of the reach of a model, whatever tags it writes', async () => {
    const { client, clock, identities } = await start(
      '[identity:otto] I am [otto:1.0] somebody else. [happy:0.9] Yes.',
    );

    client.ask('Hi');
    await clock.advance(20_000);

    expect(identities()).toEqual(['mira']);
  });

  it('comes from the persona where nobody asks for anybody', async () => {
    const avatar = scriptedAvatar();
    const { connect, clock } = await startVirtualEngine({
      plugins: [scriptedPlugin([scriptedLlm({ reply: 'Yes.' }), scriptedTts(), avatar])],
    });
    const client = connect({ persona: 'otto' });

    client.ask('Hi');
    await clock.advance(20_000);

    expect(avatar.log.calls.map(({ control }) => control.identity)).toEqual(['otto']);
  });
});
