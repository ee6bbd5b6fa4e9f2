import { scriptedLlm, scriptedPlugin, scriptedTts, startVirtualEngine } from '@tth/testkit';
import { describe, expect, it } from 'vitest';

const reply = 'One sentence only.';

describe('routes of a session', () => {
  it('serve it only by providers that carry every tag that its client asks for', async () => {
    const [cloud, near] = [scriptedLlm({ id: 'cloud', reply }), scriptedLlm({ id: 'near', reply })];
    const voices = [scriptedTts({ id: 'cloud-voice' }), scriptedTts({ id: 'near-voice' })];
    const { clock, connect } = await startVirtualEngine({
      plugins: [scriptedPlugin([cloud, near, ...voices])],
      routes: {
        llm: ['cloud', { id: 'near', tags: ['local'] }],
        tts: ['cloud-voice', { id: 'near-voice', tags: ['local', 'eu'] }],
      },
    });
    const client = connect({ tags: ['local'] });

    client.ask('Hi');
    await clock.advance(10_000);

    expect(client.ends).toMatchObject([{ type: 'turn_completed' }]);
    expect([cloud, near, ...voices].map(({ log }) => log.calls.length)).toEqual([0, 1, 0, 1]);
  });

  it('refuse a turn, with the reason, where no provider carries a tag', async () => {
    const { clock, connect } = await startVirtualEngine({
      plugins: [scriptedPlugin([scriptedLlm({ reply }), scriptedTts()])],
    });
    const client = connect({ tags: ['local'] });

    client.ask('Hi');
    await clock.advance(1_000);

    expect(client.ends).toMatchObject([
      {
        type: 'turn_error',
        error: { code: 'provider.none_available', message: expect.stringMatching(/route/) },
      },
    ]);
  });

  it('keep a conversation with one of two equal voices, and let other conversations meet the other', async () => {
    const voices = [scriptedTts({ id: 'left' }), scriptedTts({ id: 'right' })];
    const { clock, connect } = await startVirtualEngine({
      plugins: [scriptedPlugin([scriptedLlm({ reply }), ...voices])],
      routes: {
        tts: [
          { id: 'left', priority: 0 },
          { id: 'right', priority: 0 },
        ],
      },
    });
    const clients = Array.from({ length: 12 }, () => connect());

    for (const client of clients) {
      client.say('First.');
      await clock.advance(5_000);
      client.say('Second.');
      await clock.advance(5_000);
    }

    const sessionsOf = voices.map(({ log }) => log.calls.map(({ context }) => context.sessionId as string));
    const [left, right] = sessionsOf.map((ids) => new Set(ids)) as [Set<string>, Set<string>];
    expect([...left].filter((id) => right.has(id))).toEqual([]);
    expect(left.size + right.size).toBe(12);
    expect(Math.min(left.size, right.size)).toBeGreaterThan(1);
  });

  it('ask a voice that speaks the language of the turn before one that does not', async () => {
    const english = scriptedTts({ id: 'english', capabilities: { languages: ['en'] } });
    const german = scriptedTts({ id: 'german', capabilities: { languages: ['de'] } });
    const { clock, connect } = await startVirtualEngine({
      plugins: [scriptedPlugin([scriptedLlm({ reply }), english, german])],
    });
    const client = connect({ controls: { character: { language: 'de-AT' } } });

    client.say('Guten Tag.');
    await clock.advance(5_000);

    expect([english, german].map(({ log }) => log.calls.length)).toEqual([0, 1]);
  });
});
