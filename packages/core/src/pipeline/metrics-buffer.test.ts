import { describe, expect, it } from 'vitest';
import { MetricsBuffer } from './metrics-buffer.ts';

describe('metrics buffer', () => {
  it('keeps the first value of a mark', () => {
    const buffer = new MetricsBuffer();

    buffer.mark('firstAudioMs', 12);
    buffer.mark('firstAudioMs', 90);

    expect(buffer.has('firstAudioMs')).toBe(true);
    expect(buffer.values()).toEqual({ firstAudioMs: 12 });
  });

  it('adds up a mark that is made of parts', () => {
    const buffer = new MetricsBuffer();

    buffer.add('guardMs', 2);
    buffer.add('guardMs', 3);

    expect(buffer.values()).toEqual({ guardMs: 5 });
  });

  it('takes no more than 64 names', () => {
    const buffer = new MetricsBuffer();

    for (let at = 0; at < 100; at++) buffer.mark(`mark${at}Ms`, at);
    buffer.add('lateMs', 1);

    expect(Object.keys(buffer.values())).toHaveLength(64);
  });
});
