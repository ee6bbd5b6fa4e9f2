import { describe, it } from 'vitest';
import { startCommand } from '../support/tth-command.ts';

// Both speak in real time: they do it at once.

describe.concurrent('tth demo failover', () => {
  it('tells how a voice dies in mid-sentence, the next refuses, and the third says the rest', async ({
    expect,
  }) => {
    const { code, stdout, stderr } = await startCommand(['demo', 'failover']).done;

    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    const lines = stdout.toString().split('\n');
    const at = (text: string): number => lines.findIndex((line) => line.includes(text));
    expect(at('first-voice failed (provider.unavailable); second-voice takes over')).toBeGreaterThan(0);
    expect(at('second-voice failed')).toBeGreaterThan(at('first-voice failed'));
    expect(at('You have just heard another voice')).toBeGreaterThan(at('third-voice takes over'));
    expect(at('everything was said, once')).toBe(lines.length - 2);
  });
});

describe.concurrent('tth demo controls', () => {
  it('shows what becomes of the same wishes at a poor voice, at a rich one that dies, and where they are strict', async ({
    expect,
  }) => {
    const { code, stdout, stderr } = await startCommand(['demo', 'controls']).done;

    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    const [, poor = '', rich = '', strict = ''] = stdout.toString().split(/^ {2}(?=[A-Z])/m);
    const became = (scene: string, pattern: RegExp): boolean => pattern.test(scene);
    expect(became(poor, /plain-voice +character\.rate +1\.35 → 1\.2 +clamped/)).toBe(true);
    expect(became(poor, /plain-voice +character\.pitch .* dropped/)).toBe(true);
    expect(became(poor, /plain-voice +character\.volume +0\.708 +emulated/)).toBe(true);
    expect(rich.indexOf('rich-voice failed')).toBeGreaterThan(
      rich.search(/rich-voice +character\.rate .* applied/),
    );
    expect(rich.search(/plain-voice +character\.rate .* clamped/)).toBeGreaterThan(
      rich.indexOf('rich-voice failed'),
    );
    expect(rich).toContain('everything was said, once');
    expect(strict).toContain('protocol.controls_refused');
    expect(strict).not.toContain('♪');
  });
});
