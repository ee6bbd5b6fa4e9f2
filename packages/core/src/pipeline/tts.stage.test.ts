import { scriptedLlm, scriptedPlugin, scriptedTts, startVirtualEngine } from '@tth/testkit';
import { describe, expect, it } from 'vitest';

const mute = { timings: { words: 'none', phonemes: 'none' } } as const;
const sentence = 'This is what was heard of a sentence without any times.';

describe('a voice that does not time its words', () => {
  it('has them estimated, so that an interrupt knows what was heard', async () => {
    const { connect, clock } = await startVirtualEngine({
      plugins: [scriptedPlugin([scriptedLlm(), scriptedTts({ capabilities: mute })])],
    });
    const client = connect();
    client.say(sentence);
    await clock.advance(1_500);

    client.interrupt();

    const [end] = client.ends;
    const heard = end?.heardText ?? '';
    expect(sentence.startsWith(heard)).toBe(true);
    expect(heard.length).toBeGreaterThan(sentence.length * 0.3);
    expect(heard.length).toBeLessThan(sentence.length * 0.75);
  });

  it('is not continued at an estimated word by the next voice: the sentence is said again', async () => {
    const first = scriptedTts({ id: 'first', capabilities: mute, script: { failAt: 12 } });
    const second = scriptedTts({ id: 'second' });
    const { connect, clock } = await startVirtualEngine({
      plugins: [scriptedPlugin([scriptedLlm(), first, second])],
    });
    const client = connect();

    client.say(sentence);
    await clock.advance(20_000);

    expect(second.log.calls.map(({ input }) => input.text)).toEqual([sentence]);
    expect(client.of('audio_discard')).toMatchObject([{ sentence: 0, afterUs: 0 }]);
    expect(client.ends).toMatchObject([{ type: 'turn_completed', heardText: sentence }]);
  });
});
