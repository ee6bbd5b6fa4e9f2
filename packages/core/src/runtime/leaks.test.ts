import {
  type Script,
  scriptedAvatar,
  scriptedLlm,
  scriptedPlugin,
  scriptedTts,
  startVirtualEngine,
} from '@tth/testkit';
import { describe, expect, it } from 'vitest';
import { seededRandom } from '../domain/ids.ts';
import { defaultPolicies } from '../domain/policies.ts';

const turns = 100;
const misfortunes: readonly Script[] = [
  {},
  { failAt: 0 },
  { failAt: 3 },
  { endAt: 2 },
  { hangAt: 1 },
  { betweenMs: 30 },
  { betweenMs: 10, failAt: 5 },
];

describe('an engine after a hundred turns that failed, were stopped or were heard', () => {
  it('has no call, no timer and no actor left but those of its circuits', async () => {
    const random = seededRandom(3);
    const pick = <Item>(items: readonly Item[]): Item => items[Math.floor(random.next() * items.length)]!;
    const script = (): Script => pick(misfortunes);
    const providers = ['first', 'second'].flatMap((id) => [
      scriptedLlm({ id: `${id}-llm`, reply: 'One sentence. And another one.', script }),
      scriptedTts({ id: `${id}-tts`, script }),
      scriptedAvatar({ id: `${id}-avatar`, script }),
    ]);
    const { engine, clock, connect } = await startVirtualEngine({
      plugins: [scriptedPlugin(providers)],
      policies: { circuit: { ...defaultPolicies.circuit, failureThreshold: 1e6, minCalls: 1e6 } },
    });
    const status = new Map<string, string>();
    engine.inspect((record) => {
      if (record.kind !== 'event') status.set(record.row.actor, record.row.status);
    });
    const client = connect();

    for (let turn = 0; turn < turns; turn++) {
      client.ask('Hi');
      if (random.next() < 0.5) {
        await clock.advance(Math.floor(random.next() * 3_000));
        client.interrupt();
      }
      await clock.runUntil(() => client.ends.length === turn + 1, 200_000);
    }
    await client.session.close('done');
    await clock.advance(10_000);

    const living = [...status].filter(([, state]) => state === 'active' || state === 'created');
    expect(living.map(([actor]) => actor).filter((actor) => !actor.startsWith('process/'))).toEqual([]);
    expect(status.size).toBeGreaterThan(turns);
    expect(new Set(client.ends.map(({ type }) => type)).size).toBe(3);
    expect(providers.reduce((sum, { log }) => sum + log.open, 0)).toBe(0);
    expect([clock.pendingTimers, engine.sessions().length]).toEqual([0, 0]);
    await engine.close();
  });
});
