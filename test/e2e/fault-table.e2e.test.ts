import {
  type VendorScript,
  type VendorSimulator,
  corrupt,
  dieAfter,
  drip,
  duplicate,
  endAfter,
  enlarge,
  goOnWith,
  hangAfter,
  neverEnd,
  pace,
  recut,
  swap,
} from '@tth/testkit';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import {
  answer,
  begin,
  closedSentences,
  ended,
  hastyPolicies,
  hear,
  sentences,
  soundThatCounts,
} from '../support/faults.ts';
import { type FaultServer, startFaultServer } from '../support/serve-faults.ts';
import { until } from '../support/until.ts';
import { type WireClient, afterTheEnd, connectWire } from '../support/wire-client.ts';

// The rows of the fault table for which a real vendor connection matters: `tth serve` in a process of its own,
// HTTP and event streams on real sockets, every budget a twentieth of the default.

const once = { terminals: 1, late: 0 };
const mebibyte = 1_048_576;

/** The vendor's last request: what became of it. */
const last = (vendor: VendorSimulator) => vendor.requests.at(-1)!;

/** One server for many rows: after each a turn in which everything is well, served by the first of each stage. */
const useServer = (form: 'raw' | 'lines') => {
  let server: FaultServer;
  let client: WireClient;
  beforeAll(async () => {
    server = await startFaultServer({
      adapters: { 'first-tts': { form } },
      // Every second turn here is a failure: a circuit that measures rates would keep the first of a stage out.
      policies: { circuit: { ...hastyPolicies.circuit, minCalls: 1e6 } },
    });
    client = await server.connect();
    await hear(client);
  });
  afterEach(async () => {
    for (const vendor of [server.llm.first, server.tts.first]) vendor.play({});
    client.send({ type: 'credit', audioMs: 60_000, videoMs: 0 });
    const turn = await hear(client);

    expect(turn.of('degraded_mode')).toEqual([]);
    expect(turn.ends).toMatchObject([{ type: 'turn_completed', heardText: answer }]);
    await until(() => server.llm.first.openRequests + server.tts.first.openRequests === 0);
  });
  afterAll(() => server.stop());
  return { server: () => server, client: () => client };
};

describe('a model over HTTP', () => {
  const { server, client } = useServer('raw');

  it('A1: that refuses connections costs one announced change', async () => {
    await server().llm.first.refuse();

    const turn = await hear(client());

    await server().llm.first.listen();
    expect(turn.of('degraded_mode')).toMatchObject([
      { stage: 'llm', from: 'first-llm', to: 'second-llm', reason: 'provider.unavailable' },
    ]);
    expect(turn.order.indexOf('degraded_mode')).toBeLessThan(turn.order.indexOf('text_delta'));
    expect(turn.text).toBe(answer);
    expect(turn.ends).toMatchObject([{ type: 'turn_completed', heardText: answer }]);
    expect(afterTheEnd(client(), turn.turnId)).toEqual(once);
  });

  it.each<{ row: string; script: VendorScript; reason: string }>([
    { row: 'A2: that never answers', script: { isMute: true }, reason: 'provider.timeout' },
    {
      row: 'A2: that answers with headers alone',
      script: { faults: [hangAfter(0)] },
      reason: 'provider.timeout',
    },
    {
      row: 'A8: that sends two events that cannot be read',
      script: { faults: [corrupt(0), corrupt(1)] },
      reason: 'provider.protocol_error',
    },
    {
      row: 'A8: that answers with a page',
      script: { refusal: { status: 200, headers: { 'content-type': 'text/html' }, body: '<html>' } },
      reason: 'provider.protocol_error',
    },
  ])('$row is left, and its connection closed', async ({ script, reason }) => {
    const { first, second } = server().llm;
    first.play(script);
    const before = [first.requests.length, second.requests.length];

    const turn = await hear(client());

    expect(turn.of('degraded_mode')).toMatchObject([{ from: 'first-llm', to: 'second-llm', reason }]);
    expect(turn.order.indexOf('degraded_mode')).toBeLessThan(turn.order.indexOf('text_delta'));
    expect(turn.text).toBe(answer);
    expect(turn.ends).toMatchObject([{ type: 'turn_completed', heardText: answer }]);
    expect([first.requests.length, second.requests.length]).toEqual(before.map((count) => count + 1));
    await until(() => last(first).state !== 'open');
  });

  it.each<{ row: string; script: VendorScript; reason: string }>([
    { row: 'A4: hangs between events', script: { faults: [hangAfter(3)] }, reason: 'provider.stalled' },
    {
      row: 'A4: sends one event byte by byte',
      script: { faults: [drip(3, 20)] },
      reason: 'provider.stalled',
    },
    { row: 'A5: closes', script: { faults: [dieAfter(6, 'fin')] }, reason: 'provider.unavailable' },
    {
      row: 'A5: is reset',
      script: { faults: [pace(10), dieAfter(6, 'rst')] },
      reason: 'provider.unavailable',
    },
    {
      row: 'A5: ends without its last event',
      script: { faults: [endAfter(6)] },
      reason: 'provider.protocol_error',
    },
    {
      row: 'A15: says everything and does not end',
      script: { faults: [hangAfter(Math.ceil(answer.length / 5))] },
      reason: 'provider.stalled',
    },
    {
      row: 'A16: sends an event of 50 MB',
      script: { faults: [enlarge(3, 50 * mebibyte)] },
      reason: 'provider.protocol_error',
    },
  ])('$row in the middle: the next one goes on from its last character', async ({ script, reason }) => {
    const { first, second } = server().llm;
    first.play(script);

    const turn = await hear(client());

    expect(turn.of('degraded_mode')).toMatchObject([{ from: 'first-llm', to: 'second-llm', reason }]);
    expect(turn.text).toBe(answer);
    expect(turn.of('sentence').map(({ text }) => text)).toEqual(sentences);
    const { messages } = last(second).body as { messages: readonly { role: string; content: string }[] };
    const { role, content } = messages.at(-1)!;
    const sent = turn.log.slice(0, turn.order.indexOf('degraded_mode'));
    const begun = sent.flatMap((entry) =>
      'event' in entry && entry.event.type === 'text_delta' ? [entry.event.text] : [],
    );
    // A reset may overtake what was sent before it: then the next one begins from the beginning.
    expect(role === 'assistant' ? content : '').toBe(begun.join(''));
    expect(turn.ends).toMatchObject([{ type: 'turn_completed', heardText: answer }]);
    expect(afterTheEnd(client(), turn.turnId)).toEqual(once);
    await until(() => last(first).state !== 'open');
  });

  it('A4: is left although bytes of its event keep coming', async () => {
    const { first } = server().llm;
    first.play({ faults: [drip(0, 40)] });

    const turn = await hear(client());

    expect(turn.of('degraded_mode')).toMatchObject([{ reason: 'provider.timeout' }]);
    expect(last(first).sentBytes).toBeGreaterThan(3);
    await until(() => last(first).state === 'left');
  });

  it('A8: that sends one event that cannot be read loses it and nothing else', async () => {
    server().llm.first.play({ faults: [corrupt(3)] });

    const turn = await hear(client());

    expect(turn.of('degraded_mode')).toEqual([]);
    expect(turn.text).toBe(answer.slice(0, 15) + answer.slice(20));
    expect(turn.ends).toMatchObject([{ type: 'turn_completed' }]);
  });

  it('A15: that goes on after its end, and ends twice, is not listened to any more', async () => {
    const ghost = ['{"text": "Ghost."}', '{"finish": "stop"}', '[DONE]'].map((data) => `data: ${data}\n\n`);
    server().llm.first.play({ faults: [goOnWith(...ghost), neverEnd()] });

    const turn = await hear(client());

    expect(turn.of('degraded_mode')).toEqual([]);
    expect(turn.text).toBe(answer);
    expect(turn.ends).toMatchObject([{ type: 'turn_completed', heardText: answer }]);
    expect(afterTheEnd(client(), turn.turnId)).toEqual(once);
    await until(() => last(server().llm.first).state === 'left');
  });

  it('A16: whose event has 50 MB costs the process a bounded amount of memory', async () => {
    const { first } = server().llm;
    first.play({ faults: [enlarge(3, 50 * mebibyte)] });
    const before = server().residentBytes();

    await hear(client());

    await until(() => last(first).state === 'left');
    expect(last(first).sentBytes).toBeLessThan(20 * mebibyte);
    const after = server().residentBytes();
    if (before !== undefined && after !== undefined) expect(after - before).toBeLessThan(16 * mebibyte);
  });

  it('A19: whose error page holds secrets keeps them from the client, and from the log above debug', async () => {
    const { first } = server().llm;
    const page = `<html>PAGE-MARK key sk-12345 at 10.0.0.7 ${'.'.repeat(200)}AFTER-MARK</html>`;
    first.play({ refusal: { status: 500, headers: { 'content-type': 'text/html' }, body: page } });

    const turn = await hear(client());

    expect(turn.of('degraded_mode')).toMatchObject([{ reason: 'provider.unavailable' }]);
    expect(turn.text).toBe(answer);
    expect(JSON.stringify(client().events)).not.toMatch(/PAGE-MARK|sk-12345|10\.0\.0\.7|<html>/);
    await until(() => server().output().includes('PAGE-MARK'));
    const lines = server()
      .output()
      .split('\n')
      .filter((line) => /PAGE-MARK|<html>|10\.0\.0\.7/.test(line));
    expect(lines.map((line) => (JSON.parse(line) as { level: string }).level)).toEqual(['debug']);
    expect(server().output()).not.toMatch(/sk-12345|AFTER-MARK/);
  });

  it('A23: that closes an idle connection as a call comes costs nothing, not even a failure', async () => {
    const { first } = server().llm;
    const wasCut = (): boolean => first.requests.some(({ state }) => state === 'cut');
    first.play(() => (wasCut() ? {} : { drop: 'idle' }));
    const before = (await server().routing())['first-llm']!.calls;

    let turns = 0;
    for (; !wasCut(); turns++) {
      client().send({ type: 'credit', audioMs: 60_000, videoMs: 0 });
      const turn = await hear(client());
      expect(turn.of('degraded_mode')).toEqual([]);
      expect(turn.text).toBe(answer);
    }

    const after = (await server().routing())['first-llm']!.calls;
    expect([after.calls - before.calls, after.failed - before.failed]).toEqual([turns, 0]);
  });
});

/** How long the sound was that came before the change of the voice, in milliseconds. */
const soundBeforeChangeMs = (turn: Awaited<ReturnType<typeof hear>>): number =>
  turn.audio
    .slice(
      0,
      turn.order.slice(0, turn.order.indexOf('degraded_mode')).filter((kind) => kind === 'audio').length,
    )
    .reduce((sum, { durationUs }) => sum + durationUs / 1000, 0);

describe('a voice over HTTP', () => {
  const { server, client } = useServer('raw');

  it.each<{ row: string; script: VendorScript; reason: string }>([
    { row: 'A1: is overloaded', script: { refusal: { status: 503 } }, reason: 'provider.unavailable' },
    { row: 'A2: never answers', script: { isMute: true }, reason: 'provider.timeout' },
    { row: 'A6: closes', script: { faults: [dieAfter(12, 'fin')] }, reason: 'provider.unavailable' },
    { row: 'A6: is reset', script: { faults: [dieAfter(12, 'rst')] }, reason: 'provider.unavailable' },
    {
      row: 'A8: ends with half a sample',
      script: { faults: [goOnWith('x')] },
      reason: 'provider.protocol_error',
    },
    { row: 'A15: does not end', script: { faults: [neverEnd()] }, reason: 'provider.stalled' },
  ])('that $row is replaced, and every sentence is closed once', async ({ script, reason }) => {
    const { first, second } = server().tts;
    first.play((nth) => (nth === 0 ? script : {}));
    const before = second.requests.length;

    const turn = await hear(client());

    expect(turn.of('degraded_mode')).toMatchObject([
      { stage: 'tts', from: 'first-tts', to: 'second-tts', reason },
    ]);
    expect(closedSentences(turn)).toEqual([0, 1, 2]);
    expect(second.requests.slice(before).map(({ body }) => body)).toEqual(
      sentences.map((text) => ({ text })),
    );
    const pieces = soundThatCounts(turn);
    expect(turn.ends).toMatchObject([
      { type: 'turn_completed', heardText: answer, durationMs: pieces.at(-1)!.endUs / 1000 },
    ]);
    expect(afterTheEnd(client(), turn.turnId)).toEqual(once);
    await until(() => last(first).state !== 'open');
  });

  it('A8: whose bytes are cut in the middle of samples sounds as it should', async () => {
    server().tts.first.play({ faults: [recut(481)] });

    const turn = await hear(client());

    expect(turn.of('degraded_mode')).toEqual([]);
    const bytes = turn.audio.reduce((sum, { payload }) => sum + payload.length, 0);
    expect(bytes).toBe(sentences.join('').length * 50 * 24 * 2);
  });

  it('A10: that is far faster than real time is not read faster than it is heard', async () => {
    const { first } = server().tts;
    const listener = await connectWire(server().url);
    first.play({ speech: { msPerCharacter: 30_000 } });
    const wholeBytes = sentences[0]!.length * 30_000 * 24 * 2;

    const turnId = await begin(listener);
    await until(() => first.requests.some(({ isPaused }) => isPaused));
    const heard = listener.media.length;
    await until(() => listener.media.length >= heard + 10);

    const [request] = first.requests.filter(({ state }) => state === 'open');
    expect(request).toMatchObject({ isPaused: true });
    expect(request!.sentBytes).toBeLessThan(16 * mebibyte);
    expect(wholeBytes).toBeGreaterThan(32 * mebibyte);
    listener.send({ type: 'interrupt', turnId });
    await ended(listener, turnId);
    await until(() => request!.state === 'left');
    listener.close();
  });

  it('A16: that sends 50 MB at once does not make the process larger by that', async () => {
    const { first } = server().tts;
    const listener = await connectWire(server().url);
    first.play({ faults: [enlarge(1, 50 * mebibyte)] });
    const before = server().residentBytes();

    const turnId = await begin(listener);
    await until(() => first.requests.some(({ isPaused }) => isPaused));
    const heard = listener.media.length;
    await until(() => listener.media.length >= heard + 10);

    const after = server().residentBytes();
    if (before !== undefined && after !== undefined) expect(after - before).toBeLessThan(16 * mebibyte);
    expect(last(first).sentBytes).toBeLessThan(20 * mebibyte);
    listener.send({ type: 'interrupt', turnId });
    await ended(listener, turnId);
    listener.close();
  });
});

describe('a voice over HTTP that gives times', () => {
  const { server, client } = useServer('lines');

  it('A6: and closes in the middle is replaced at the next word', async () => {
    const { first, second } = server().tts;
    first.play((nth) => (nth === 0 ? { faults: [dieAfter(20, 'fin')] } : {}));
    const before = second.requests.length;

    const turn = await hear(client());

    const [again, ...rest] = second.requests.slice(before).map(({ body }) => (body as { text: string }).text);
    expect(again).not.toBe(sentences[0]);
    expect(sentences[0]!.endsWith(again!)).toBe(true);
    expect(rest).toEqual(sentences.slice(1));
    expect(closedSentences(turn)).toEqual([0, 1, 2]);
    soundThatCounts(turn);
    expect(turn.ends).toMatchObject([{ type: 'turn_completed', heardText: answer }]);
  });

  it.each<{ row: string; script: VendorScript; reason: string }>([
    {
      row: 'A8: sends two lines that cannot be read',
      script: { faults: [corrupt(2), corrupt(4)] },
      reason: 'provider.protocol_error',
    },
    {
      row: 'A15: ends without its last line',
      script: { faults: [endAfter(8)] },
      reason: 'provider.protocol_error',
    },
    {
      row: 'A16: sends a line of 50 MB',
      script: { faults: [enlarge(2, 50 * mebibyte)] },
      reason: 'provider.protocol_error',
    },
  ])('and $row is replaced', async ({ script, reason }) => {
    const { first } = server().tts;
    first.play((nth) => (nth === 0 ? script : {}));

    const turn = await hear(client());

    expect(turn.of('degraded_mode')).toMatchObject([{ from: 'first-tts', to: 'second-tts', reason }]);
    expect(closedSentences(turn)).toEqual([0, 1, 2]);
    soundThatCounts(turn);
    expect(turn.ends).toMatchObject([{ type: 'turn_completed', heardText: answer }]);
  });

  it('A8: and sends one line that cannot be read loses that line', async () => {
    server().tts.first.play((nth) => (nth === 0 ? { faults: [corrupt(2)] } : {}));

    const turn = await hear(client());

    expect(turn.of('degraded_mode')).toEqual([]);
    const soundMs = soundThatCounts(turn).at(-1)!.endUs / 1000;
    expect(soundMs).toBe(sentences.join('').length * 50 - 40);
  });

  it.each([16_000, 48_000])(
    'A9: and whose sound is made at %i Hz is left before half a second of it was sent',
    async (rateHz) => {
      server().tts.first.play({ speech: { rateHz } });

      const turn = await hear(client());

      expect(turn.of('degraded_mode')).toMatchObject([
        { stage: 'tts', from: 'first-tts', to: 'second-tts', reason: 'provider.format_mismatch' },
      ]);
      expect(soundBeforeChangeMs(turn)).toBeLessThan(500);
      expect(closedSentences(turn)).toEqual([0, 1, 2]);
      soundThatCounts(turn);
      expect(turn.ends).toMatchObject([{ type: 'turn_completed', heardText: answer }]);
    },
  );

  it.each<{ what: string; script: VendorScript }>([
    {
      what: 'jump ten seconds ahead',
      script: { speech: { stampMs: (ms) => (ms < 400 ? ms : ms + 10_000) } },
    },
    {
      what: 'jump ten seconds back',
      script: { speech: { stampMs: (ms) => (ms < 400 ? ms : ms - 10_000) } },
    },
    { what: 'run backwards', script: { speech: { stampMs: (ms) => -ms } } },
    { what: 'come in another order', script: { faults: [swap(4), swap(9), duplicate(12)] } },
  ])('A14: and whose times $what is heard on the clock of its samples', async ({ script }) => {
    server().tts.first.play(script);

    const turn = await hear(client());

    expect(turn.of('degraded_mode')).toEqual([]);
    expect(closedSentences(turn)).toEqual([0, 1, 2]);
    const pieces = soundThatCounts(turn);
    expect(turn.ends).toMatchObject([
      { type: 'turn_completed', heardText: answer, durationMs: pieces.at(-1)!.endUs / 1000 },
    ]);
  });
});
