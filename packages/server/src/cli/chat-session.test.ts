import { scriptedLlm, scriptedPlugin, scriptedTts, startVirtualEngine } from '@tth/testkit';
import { describe, expect, it } from 'vitest';
import { openChat } from './chat-session.ts';
import type { Speakers } from './speakers.ts';

const start = async ({
  reply = 'It is blue. Very blue.',
  voices = [scriptedTts()],
  speakers = undefined as Speakers | undefined,
} = {}) => {
  const { engine, clock } = await startVirtualEngine({
    plugins: [scriptedPlugin([scriptedLlm({ reply }), ...voices])],
  });
  let screen = '';
  const chat = openChat(engine, { speakers, write: (text) => (screen += text) });
  return { chat, clock, screen: () => screen };
};

describe('a chat in the terminal', () => {
  it('writes the answer as it comes, and a line end at its end', async () => {
    const { chat, clock, screen } = await start();

    const answered = chat.ask('What colour is the sea?');
    await clock.advance(10_000);
    await answered;

    expect(screen()).toBe('It is blue. Very blue.\n');
    expect(chat.name).not.toBe('');
  });

  it('says when a voice was replaced and when nobody could answer', async () => {
    const voices = [scriptedTts({ id: 'dies', script: { failAt: 0 } }), scriptedTts({ id: 'talks' })];
    const { chat, clock, screen } = await start({ voices });

    const answered = chat.ask('Hi');
    await clock.advance(10_000);
    await answered;

    expect(screen()).toMatch(/\[tts: dies failed \(.+\), talks goes on\]\n/);
  });

  it('says whether it was answered, and where to look when nobody could', async () => {
    const voices = [scriptedTts({ script: { failAt: 0, failure: 'provider.misconfigured' } })];
    const well = await start();
    const ill = await start({ voices });

    const answers = [well.chat.ask('Hi'), ill.chat.ask('Hi')];
    await well.clock.advance(10_000);
    await ill.clock.advance(10_000);

    expect(await Promise.all(answers)).toEqual([true, false]);
    expect(ill.screen()).toMatch(/\(provider\.misconfigured\) "tth doctor" says more\.\]\n$/);
  });

  it('ends an answer when it is interrupted, silences the loudspeakers, and knows when there is nothing to end', async () => {
    let played = 0;
    let stops = 0;
    const speakers: Speakers = {
      play: (pcm) => void (played += pcm.byteLength),
      stop: () => void (stops += 1),
      finish: () => Promise.resolve(),
    };
    const { chat, clock, screen } = await start({ speakers, reply: 'A long story. '.repeat(20) });

    const answered = chat.ask('Tell me a story.');
    await clock.advance(500);
    const wasRunning = chat.interrupt();
    await answered;

    expect(wasRunning).toBe(true);
    expect(played).toBeGreaterThan(0);
    expect(stops).toBe(1);
    expect(screen()).toMatch(/\[stopped\]\n$/);
    expect(chat.interrupt()).toBe(false);
  });

  it('ends the running answer when something else is asked', async () => {
    const { chat, clock, screen } = await start({ reply: 'A long story. '.repeat(20) });

    const first = chat.ask('Tell me a story.');
    const screenAtEnd = chat.ask('Another one.').then(screen);
    await clock.advance(60_000);
    await first;

    expect(await screenAtEnd).toBe(screen());
    expect(screen()).toContain('[stopped]');
    expect(screen().trimEnd()).toMatch(/A long story\.$/);
  });
});
