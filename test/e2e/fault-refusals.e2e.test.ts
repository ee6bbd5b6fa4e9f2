import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { type VendorSimulator, makeCertificate, startVendor } from '@tth/testkit';
import { afterEach, describe, expect, it } from 'vitest';
import { type HeardTurn, answer, hastyPolicies, hear } from '../support/faults.ts';
import { createStartFaultServer, vendorKey } from '../support/serve-faults.ts';
import type { WireClient } from '../support/wire-client.ts';

// Vendors that refuse, and vendors that must not be trusted: `tth serve` in a process of its own.

const start = createStartFaultServer();
const { circuit } = hastyPolicies;
/** Longer than any test. */
const longMs = 600_000;

const hearUntil = async (client: WireClient, isEnough: () => boolean): Promise<HeardTurn[]> => {
  const turns: HeardTurn[] = [];
  while (!isEnough()) {
    client.send({ type: 'credit', audioMs: 10_000, videoMs: 0 });
    turns.push(await hear(client));
  }
  return turns;
};
const reasons = (turn: HeardTurn): string[] => turn.of('degraded_mode').map(({ reason }) => reason);
const ends = ({ ends }: HeardTurn): string[] => ends.map(({ type }) => type);

describe('vendors that refuse', () => {
  it.each([
    { said: 'in seconds', value: () => '1' },
    { said: 'by a date', value: () => new Date(Math.ceil(Date.now() / 1000) * 1000 + 1_000).toUTCString() },
  ])('A17: a model that says $said when to come back is left alone until then', async ({ value }) => {
    const server = await start();
    const client = await server.connect();
    const { first } = server.llm;
    const askedAt = Date.now();
    const headers = { 'retry-after': value() };
    const waitMs = headers['retry-after'] === '1' ? 1_000 : Date.parse(headers['retry-after']) - askedAt;
    first.play((nth) => (nth === 0 ? { refusal: { status: 429, headers } } : {}));

    const turns = await hearUntil(client, () => first.requests.length === 2);

    expect(turns.map(reasons)).toEqual([['provider.rate_limited'], ...turns.slice(1).map(() => [])]);
    expect(turns.every(({ text }) => text === answer)).toBe(true);
    expect(server.llm.second.requests).toHaveLength(turns.length - 1);
    const [refused, next] = first.requests;
    // The clock of dates and the clock of the log are not the same one: a tick between them is no haste.
    expect(next!.atMs - refused!.atMs).toBeGreaterThanOrEqual(Math.min(1_000, waitMs) - 20);
    expect((await server.routing())['first-llm']).toMatchObject({ circuit: 'closed' });
  });

  it('A17: a model that says nonsense about when to come back is left alone for the usual time', async () => {
    const server = await start({ policies: { circuit: { ...circuit, throttleMs: longMs } } });
    const client = await server.connect();
    const refusal = { status: 429, headers: { 'retry-after': 'soon' } };
    server.llm.first.play({ refusal });

    const turns = [await hear(client), await hear(client), await hear(client)];

    expect(turns.map(reasons)).toEqual([['provider.rate_limited'], [], []]);
    expect(server.llm.first.requests).toHaveLength(1);
    expect((await server.routing())['first-llm']).toMatchObject({ circuit: 'throttled' });
  });

  it('A18: a key that is refused is used once, and is in no log and no event', async () => {
    const server = await start({ policies: { circuit: { ...circuit, isolationMs: longMs } } });
    const client = await server.connect();
    const body = `{"error": {"message": "Incorrect API key provided: ${vendorKey}."}}`;
    server.llm.first.play({ refusal: { status: 401, body } });

    const turns = [await hear(client), await hear(client), await hear(client)];

    expect(turns.map(reasons)).toEqual([['provider.misconfigured'], [], []]);
    expect(turns.map(ends)).toEqual(turns.map(() => ['turn_completed']));
    expect(server.llm.first.requests).toHaveLength(1);
    expect(server.llm.first.requests[0]?.headers.authorization).toBe(`Bearer ${vendorKey}`);
    expect((await server.routing())['first-llm']).toMatchObject({ circuit: 'isolated' });
    expect(server.output()).toContain('a provider was taken out of service');
    expect(server.output()).not.toContain(vendorKey);
    expect(JSON.stringify(client.events)).not.toContain(vendorKey);
  });

  it('A20: with every model gone turns fail and say when to come back; when one returns, they work', async () => {
    const limits = { ...circuit, failureThreshold: 1, cooldownMs: 800, cooldownJitter: 0, lastResortMs: 800 };
    const server = await start({ policies: { circuit: limits } });
    const client = await server.connect();
    const { first, second } = server.llm;
    await Promise.all([first.refuse(), second.refuse()]);

    const broken = await hear(client);
    const refused = await hear(client);
    await first.listen();
    const later = await hearUntil(client, () => first.requests.length > 0);

    expect(reasons(broken)).toEqual(['provider.unavailable']);
    expect(broken.ends).toMatchObject([{ type: 'turn_error', error: { code: 'provider.unavailable' } }]);
    expect(refused.order).toEqual(['accepted', 'turn_started', 'metrics', 'turn_error']);
    const [refusal] = refused.of('turn_error');
    expect(refusal?.error).toMatchObject({ code: 'provider.none_available', retryable: true });
    expect(refusal?.error.retryAfterMs).toBeLessThanOrEqual(800);
    expect(later.at(-1)).toMatchObject({ text: answer, ends: [{ type: 'turn_completed' }] });
  });
});

describe('vendors that cannot be trusted', () => {
  const others: VendorSimulator[] = [];
  let folder = '';
  afterEach(async () => {
    await Promise.all(others.splice(0).map((vendor) => vendor.close()));
    if (folder !== '') await rm(folder, { recursive: true });
    folder = '';
  });

  const day = 86_400_000;
  const inDays = (days: number): Date => new Date(Date.now() + days * day);
  const serveTls = async (host: string, days: number) => {
    const tls = makeCertificate({ host, notBefore: inDays(-30), notAfter: inDays(days) });
    const vendor = await startVendor({ host: 'localhost', tls, reply: () => answer });
    others.push(vendor);
    return { vendor, cert: tls.cert, adapter: { baseUrl: vendor.url } };
  };

  it('A22: a certificate that has ended or is of another host: nothing is sent, and nothing without TLS', async () => {
    const expired = await serveTls('localhost', -1);
    const good = await serveTls('localhost', 30);
    const foreign = await serveTls('elsewhere.test', 30);
    folder = await mkdtemp(path.join(tmpdir(), 'tth-'));
    const trusted = path.join(folder, 'trusted.pem');
    await writeFile(trusted, [expired, good, foreign].map(({ cert }) => cert).join(''));
    const server = await start({
      env: { NODE_EXTRA_CA_CERTS: trusted },
      adapters: {
        'first-llm': expired.adapter,
        'second-llm': good.adapter,
        'first-tts': foreign.adapter,
      },
    });
    const client = await server.connect();

    const turn = await hear(client);

    expect(turn.of('degraded_mode')).toMatchObject([
      { stage: 'llm', from: 'first-llm', to: 'second-llm', reason: 'provider.unavailable' },
      { stage: 'tts', from: 'first-tts', to: 'second-tts', reason: 'provider.unavailable' },
    ]);
    expect(turn.text).toBe(answer);
    expect(turn.ends).toMatchObject([{ type: 'turn_completed', heardText: answer }]);
    expect([expired, foreign, good].map(({ vendor }) => vendor.requests.length)).toEqual([0, 0, 1]);
    expect(server.output()).toMatch(/CERT_HAS_EXPIRED/);
    expect(server.output()).toMatch(/ERR_TLS_CERT_ALTNAME_INVALID/);
  });

  it('A22: a vendor whose name leads nowhere is one that is not there', async () => {
    // Too long for a name: that nobody has it is known without asking.
    const baseUrl = `http://${'v'.repeat(64)}.invalid`;
    const server = await start({ adapters: { 'first-llm': { baseUrl } } });
    const client = await server.connect();

    const turn = await hear(client);

    expect(reasons(turn)).toEqual(['provider.unavailable']);
    expect(turn.text).toBe(answer);
    expect(turn.ends).toMatchObject([{ type: 'turn_completed', heardText: answer }]);
  });
});
