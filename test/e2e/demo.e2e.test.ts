import { spawnSync } from 'node:child_process';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { root } from '../support/start-tth.ts';

describe('tth demo failover', () => {
  it('tells how a voice dies in mid-sentence, the next refuses, and the third says the rest', () => {
    const { status, stdout, stderr } = spawnSync(
      process.execPath,
      [path.join(root, 'packages/server/src/main.ts'), 'demo', 'failover'],
      { cwd: root },
    );

    expect({ status, stderr: stderr.toString() }).toEqual({ status: 0, stderr: '' });
    const lines = stdout.toString().split('\n');
    const at = (text: string): number => lines.findIndex((line) => line.includes(text));
    expect(at('first-voice failed (provider.unavailable); second-voice takes over')).toBeGreaterThan(0);
    expect(at('second-voice failed')).toBeGreaterThan(at('first-voice failed'));
    expect(at('You have just heard another voice')).toBeGreaterThan(at('third-voice takes over'));
    expect(at('everything was said, once')).toBe(lines.length - 2);
  });
});
