import { describe, expect, it } from 'vitest';
import { continuation, remainder } from './continue.ts';

const reply = '[happy:0.6] Hello there. [sad:0.3] It rains. Stay dry.';

describe('continuation', () => {
  it('goes on from the last character of a prefix with hints', () => {
    expect(continuation(reply, '[happy:0.6] Hello th')).toBe('ere. [sad:0.3] It rains. Stay dry.');
  });

  it('goes on from the last character of a prefix that lost its hints', () => {
    expect(continuation(reply, 'Hello there. It ra')).toBe('ins. Stay dry.');
  });

  it('keeps the hint of a sentence that has not begun', () => {
    expect(remainder(reply, 'Hello there. ')).toBe('[sad:0.3] It rains. Stay dry.');
  });

  it('has nothing to add to a finished reply', () => {
    expect(continuation(reply, reply)).toBe('');
  });

  it('gives the whole reply when nothing was said yet', () => {
    expect(continuation(reply, '')).toBe(reply);
  });

  it("ends another model's broken sentence and owns up in a new one", () => {
    const rest = continuation(reply, 'The capital of France is Par');

    expect(rest).toMatch(/^\. \[neutral:0\.3\] .*understudy/);
  });

  it("adds a new sentence after another model's finished one", () => {
    expect(continuation(reply, 'Paris it is.')).toMatch(/^ \[neutral:0\.3\] [A-Z]/);
    expect(continuation(reply, 'Paris it is. ')).toMatch(/^\[neutral:0\.3\] [A-Z]/);
  });
});
