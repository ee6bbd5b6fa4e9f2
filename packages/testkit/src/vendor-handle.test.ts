import { afterAll, afterEach, describe, expect, it } from 'vitest';
import { vendorHandle } from './scripted-faults.ts';
import { type VendorFault, vendorFaults } from './vendor-handle.ts';
import { startVendor } from './vendor-simulator.ts';

const vendor = await startVendor({ reply: () => 'The sea is deep.' });
const handle = vendorHandle(vendor);
afterEach(() => handle.play());
afterAll(() => vendor.close());

const ask = (signal?: AbortSignal): Promise<Response> =>
  fetch(`${vendor.url}/chat`, {
    method: 'POST',
    body: JSON.stringify({ messages: [] }),
    ...(signal && { signal }),
  });

/** What came of a request: its status, and what its reader saw of the body. */
const seen = async (): Promise<{ status: number; type: string | null; body: string; ended: string }> => {
  const response = await ask();
  const decoder = new TextDecoder();
  let body = '';
  let ended = 'cleanly';
  try {
    for await (const bytes of response.body!) body += decoder.decode(bytes, { stream: true });
  } catch {
    ended = 'cut';
  }
  return { status: response.status, type: response.headers.get('content-type'), body, ended };
};

const events = 'text/event-stream';
const whole = await seen();

describe('The simulated vendor in the hand of the kit', () => {
  it.each<{ fault: VendorFault; sees: object }>([
    { fault: { kind: 'refuse', status: 401 }, sees: { status: 401, body: '' } },
    { fault: { kind: 'refuse', status: 500 }, sees: { status: 500, body: '' } },
    { fault: { kind: 'silent_end' }, sees: { status: 200, type: events, body: '', ended: 'cleanly' } },
    { fault: { kind: 'cut', how: 'fin' }, sees: { status: 200, type: events, ended: 'cut' } },
    { fault: { kind: 'cut', how: 'rst' }, sees: { status: 200, type: events, ended: 'cut' } },
    { fault: { kind: 'drip', everyMs: 1 }, sees: whole },
    { fault: { kind: 'garbage', as: 'html' }, sees: { status: 200, type: 'text/html', ended: 'cleanly' } },
    { fault: { kind: 'garbage', as: 'noise' }, sees: { status: 200, type: events, ended: 'cleanly' } },
    { fault: { kind: 'recut', byteLength: 3 }, sees: whole },
  ])('plays $fault', async ({ fault, sees }) => {
    handle.play(fault);

    expect(await seen()).toMatchObject(sees);
  });

  it('says in seconds how long to wait', async () => {
    handle.play({ kind: 'refuse', status: 429, retryAfterS: 7 });

    expect((await ask()).headers.get('retry-after')).toBe('7');
  });

  it.each([
    { at: 'before_headers', pieces: 0 },
    { at: 'after_headers', pieces: 0 },
    { at: 'after_first_item', pieces: 1 },
  ] as const)('hangs $at until it is left, and counts that', async ({ at, pieces }) => {
    const leave = new AbortController();
    const before = { requests: handle.requests(), pieces: handle.pieces() };
    handle.play({ kind: 'hang', at });

    const asked = ask(leave.signal).catch(() => undefined);
    if (at !== 'before_headers') await asked;
    await expect.poll(handle.pieces, { interval: 1 }).toBe(before.pieces + pieces);
    await expect.poll(handle.openCalls, { interval: 1 }).toBe(1);
    expect(handle.openSockets()).toBeGreaterThan(0);
    leave.abort();

    await expect.poll(handle.openCalls, { interval: 1 }).toBe(0);
    expect(handle.requests()).toBe(before.requests + 1);
  });

  it('has a row here for every fault', () => {
    expect(new Set(vendorFaults.map(({ kind }) => kind))).toEqual(
      new Set(['refuse', 'silent_end', 'cut', 'hang', 'drip', 'garbage', 'recut']),
    );
  });
});
