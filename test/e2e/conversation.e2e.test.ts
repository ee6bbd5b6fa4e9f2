import { afterEach, describe, expect, it } from 'vitest';
import { scriptedLlm, scriptedPlugin, scriptedTts } from '@tth/testkit';
import { type TestServer, startTth } from '../support/start-tth.ts';
import { until } from '../support/until.ts';
import { afterTheEnd } from '../support/wire-client.ts';

let server: TestServer | undefined;
afterEach(async () => {
  await server?.close();
  server = undefined;
});

describe('a conversation with the built-in providers', () => {
  it('answers a question with text, sentences, contiguous sound and poses, and one end', async () => {
    server = await startTth();
    const client = await server.connect({ video: ['pose'], listensInstantly: true });

    client.send({ type: 'user_text', clientMsgId: 'm1', text: 'Hello, who are you?' });
    const accepted = await client.next('accepted');
    const completed = await client.next('turn_completed');
    await client.settled();

    const turnId = accepted.turnId!;
    expect(completed.turnId).toBe(turnId);
    expect(afterTheEnd(client, turnId)).toEqual({ terminals: 1, late: 0 });
    const text = client.events.map((event) => (event.type === 'text_delta' ? event.text : '')).join('');
    expect(text).toContain('Mira');
    expect(text).not.toMatch(/[[\]]/);
    const audio = client.media.filter(({ kind }) => kind === 'audio');
    let nextUs = 0;
    for (const chunk of audio) {
      expect(chunk.ptsUs).toBe(nextUs);
      nextUs = chunk.ptsUs + chunk.durationUs;
    }
    expect(nextUs / 1000).toBeCloseTo(completed.durationMs, 0);
    expect(audio.filter(({ sentenceEnd }) => sentenceEnd)).toHaveLength(completed.sentences);
    const poses = client.media.filter(({ kind }) => kind === 'pose');
    const lastPose = poses.at(-1)!;
    expect(lastPose.ptsUs + lastPose.durationUs).toBeGreaterThanOrEqual(nextUs);
    expect(completed.heardText).toBe(text);
  });

  it('sends media at most 400 ms ahead of the playhead to a client that grants no credit', async () => {
    server = await startTth();
    const client = await server.connect();
    const begun = performance.now();

    client.send({
      type: 'say',
      clientMsgId: 'm1',
      text: 'One two three four five six seven eight nine ten.',
    });
    const completed = await client.next('turn_completed');

    const tookMs = performance.now() - begun;
    expect(tookMs).toBeGreaterThan(completed.durationMs - 400);
    expect(completed.heardSource).toBe('complete');
  });

  it('remembers what was said', async () => {
    server = await startTth();
    const client = await server.connect({ listensInstantly: true });

    client.send({ type: 'user_text', clientMsgId: 'm1', text: 'My name is Ada.' });
    await client.next('turn_completed');
    client.send({ type: 'user_text', clientMsgId: 'm2', text: 'What is my name?' });
    const answer = await client.next('turn_completed');

    expect(answer.heardText).toContain('Ada');
  });

  it('reports what became of a control before the sound that it affects', async () => {
    server = await startTth();
    const client = await server.connect({ listensInstantly: true });

    client.send({
      type: 'say',
      clientMsgId: 'm1',
      text: 'Quickly now.',
      controls: { character: { rate: 4 }, emotion: { label: 'happy', intensity: 1 } },
    });
    const report = await client.next('control_report');
    await client.next('turn_completed');

    expect(report.outcomes.find(({ field }) => field === 'character.rate')).toMatchObject({
      stage: 'tts',
      provider: 'espeak',
      requested: 4,
      result: 'clamped',
    });
    const reportAt = client.log.findIndex(
      (entry) => 'event' in entry && entry.event.type === 'control_report',
    );
    const soundAt = client.log.findIndex((entry) => 'media' in entry);
    expect(reportAt).toBeLessThan(soundAt);
  });
});

describe('interrupt', () => {
  it('stops a turn at once: one end, nothing of it afterwards, no open provider call', async () => {
    const llm = scriptedLlm({ reply: 'This is a very long story. '.repeat(30) });
    const tts = scriptedTts();
    server = await startTth({ plugins: [scriptedPlugin([llm.definition, tts.definition])] });
    const client = await server.connect();
    client.send({ type: 'user_text', clientMsgId: 'm1', text: 'Tell me a long story.' });
    const { turnId } = await client.next('turn_started');
    await client.nextMedia();

    client.send({ type: 'interrupt' });
    const stopped = await client.next('turn_stopped');
    await client.settled();

    expect(stopped).toMatchObject({ turnId, reason: 'interrupt' });
    expect(afterTheEnd(client, turnId!)).toEqual({ terminals: 1, late: 0 });
    await until(() => llm.log.open + tts.log.open === 0);
    expect('This is a very long story. '.repeat(30)).toContain(stopped.heardText);
  });

  it('is acknowledged in words: stopped, already stopped, stale, or nothing to stop', async () => {
    server = await startTth({
      plugins: [scriptedPlugin([scriptedLlm().definition, scriptedTts().definition])],
    });
    const client = await server.connect();

    client.send({ type: 'interrupt', clientMsgId: 'i1' });
    expect(await client.next('accepted')).toMatchObject({ effect: 'none' });
    client.send({ type: 'user_text', clientMsgId: 'm1', text: 'Hi' });
    const { turnId } = await client.next('turn_started');
    client.send({ type: 'interrupt', clientMsgId: 'i2', turnId: 't_other' });
    expect(await client.next('accepted', (event) => event.clientMsgId === 'i2')).toMatchObject({
      effect: 'stale',
    });
    client.send({ type: 'interrupt', clientMsgId: 'i3', turnId: turnId! });
    expect(await client.next('accepted', (event) => event.clientMsgId === 'i3')).toMatchObject({
      effect: 'stopped',
    });
    client.send({ type: 'interrupt', clientMsgId: 'i4', turnId: turnId! });
    expect(await client.next('accepted', (event) => event.clientMsgId === 'i4')).toMatchObject({
      effect: 'already_stopped',
    });

    expect(afterTheEnd(client, turnId!)).toEqual({ terminals: 1, late: 0 });
  });

  it('followed by a text in the same packet stops the old turn and starts the new one', async () => {
    server = await startTth({
      plugins: [
        scriptedPlugin([
          scriptedLlm({ reply: 'On and on. '.repeat(50) }).definition,
          scriptedTts().definition,
        ]),
      ],
    });
    const client = await server.connect();
    client.send({ type: 'user_text', clientMsgId: 'm1', text: 'First' });
    const first = await client.next('turn_started');
    await client.nextMedia();

    client.send({ type: 'user_text', clientMsgId: 'm2', text: 'Second' });
    const stopped = await client.next('turn_stopped');
    const second = await client.next('turn_started');
    await client.nextMedia(({ turn }) => turn === second.turn);
    await client.settled();

    expect(stopped).toMatchObject({ turnId: first.turnId, reason: 'replaced' });
    expect(second.epoch).toBeGreaterThan(first.epoch);
    expect(afterTheEnd(client, first.turnId!)).toEqual({ terminals: 1, late: 0 });
  });
});

describe('a client that goes away', () => {
  it('in the middle of a turn leaves nothing behind when the resume window is 0', async () => {
    const llm = scriptedLlm({ reply: 'On and on. '.repeat(50) });
    const tts = scriptedTts();
    server = await startTth({ plugins: [scriptedPlugin([llm.definition, tts.definition])] });
    const client = await server.connect();
    client.send({ type: 'user_text', clientMsgId: 'm1', text: 'Go on' });
    await client.nextMedia();
    const [session] = server.engine.sessions();

    client.cut();
    await session!.closed;

    expect(server.engine.sessions()).toEqual([]);
    await until(() => llm.log.open + tts.log.open === 0);
  });

  it('within the resume window comes back to every event it missed, and only with its token', async () => {
    server = await startTth({
      plugins: [scriptedPlugin([scriptedLlm().definition, scriptedTts().definition])],
      policies: { resumeWindowMs: 60_000 },
    });
    const before = await server.connect();
    const created = before.events.find((event) => event.type === 'session_created')!;
    if (created.type !== 'session_created') throw new Error('expected session_created');
    before.send({ type: 'user_text', clientMsgId: 'm1', text: 'Hi' });
    await before.next('turn_started');
    before.cut();
    await before.closed;

    const resume = { sessionId: created.sessionId, token: created.token, logId: created.logId, lastSeq: 2 };
    const stranger = await server.connect({ hello: { resume: { ...resume, token: 'wrong' } } });
    expect(await stranger.closed).toBe(4503);
    const after = await server.connect({ hello: { resume } });
    const resumed = await after.next('session_resumed');
    await after.next('turn_completed');

    expect(resumed.recovered).toBe(true);
    const seqs = after.events.map(({ seq }) => seq);
    expect([...seqs].toSorted((a, b) => a - b)).toEqual(seqs.map((_, at) => at + 3));
  });
});
