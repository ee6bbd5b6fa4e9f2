import { seededRandom } from '@tth/core';
import { type VendorScript, corrupt, dieAfter, endAfter, gapBefore, hangAfter } from '@tth/testkit';
import { describe, expect, it } from 'vitest';
import { begin, ended, hastyPolicies } from '../support/faults.ts';
import { createStartFaultServer } from '../support/serve-faults.ts';
import { until } from '../support/until.ts';
import { afterTheEnd } from '../support/wire-client.ts';

const start = createStartFaultServer();
const turns = 40;

const misfortunes: readonly VendorScript[] = [
  {},
  { isMute: true },
  { refusal: { status: 500, body: 'no' } },
  { drop: 'any' },
  { faults: [hangAfter(4)] },
  { faults: [gapBefore(2, 30)] },
  { faults: [dieAfter(5, 'fin')] },
  { faults: [dieAfter(5, 'rst')] },
  { faults: [endAfter(6)] },
  { faults: [corrupt(1), corrupt(2)] },
];

describe('a server after many turns that failed or were stopped', () => {
  it('has no vendor call, no session and no turn left', async () => {
    const random = seededRandom(7);
    const pick = <Item>(items: readonly Item[]): Item => items[Math.floor(random.next() * items.length)]!;
    const { circuit } = hastyPolicies;
    // Nobody rests, so that every turn reaches the vendors.
    const restless = { ...circuit, failureThreshold: 1e6, minCalls: 1e6 };
    const server = await start({ policies: { circuit: restless } });
    const vendors = [server.llm.first, server.llm.second, server.tts.first, server.tts.second];
    for (const vendor of vendors) vendor.play(() => pick(misfortunes));
    const client = await server.connect();

    for (let turn = 0; turn < turns; turn++) {
      client.send({ type: 'credit', audioMs: 10_000, videoMs: 0 });
      const asked = vendors.reduce((sum, { requests }) => sum + requests.length, 0);
      const turnId = await begin(client);
      if (random.next() < 0.5) {
        const calls = 1 + Math.floor(random.next() * 3);
        const isOver = (): boolean => afterTheEnd(client, turnId).terminals > 0;
        await until(
          () => isOver() || vendors.reduce((sum, { requests }) => sum + requests.length, 0) >= asked + calls,
        );
        client.send({ type: 'interrupt', turnId });
      }
      await ended(client, turnId);
      expect(afterTheEnd(client, turnId)).toEqual({ terminals: 1, late: 0 });
    }
    client.close();
    await client.closed;

    await until(() => vendors.every(({ openRequests }) => openRequests === 0));
    const { sessions } = (await (await fetch(`${server.url}/v1/health`)).json()) as { sessions: number };
    expect(sessions).toBe(0);
    const routing = Object.values(await server.routing());
    expect(routing.map(({ calls }) => calls.inFlight)).toEqual(routing.map(() => 0));
    expect(vendors.reduce((sum, { requests }) => sum + requests.length, 0)).toBeGreaterThan(turns);
    await server.stop();
    await until(() => vendors.every(({ openSockets }) => openSockets === 0));
    expect(server.output()).not.toMatch(/was not caught|was not handled|MaxListeners/);
  });
});
