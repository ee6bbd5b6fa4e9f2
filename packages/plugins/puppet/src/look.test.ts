import { neutralControls } from '@tth/core/plugin';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { chooseLook, sizeRangePx } from './look.ts';

const control = { ...neutralControls.render, codec: 'h264' } as const;

describe('look', () => {
  it('has an even size within the limits, the nearest to the one asked for', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 4_000 }), (sizePx) => {
        const { widthPx } = chooseLook({ ...control, widthPx: sizePx });

        expect(widthPx % 2).toBe(0);
        const { min, max } = sizeRangePx;
        expect(Math.abs(widthPx - Math.max(min, Math.min(max, sizePx)))).toBeLessThanOrEqual(1);
      }),
    );
  });

  it('is Mira for an identity that nobody drew', () => {
    expect(chooseLook({ ...control, identity: 'otto' }).character).toBe('otto');
    expect(chooseLook({ ...control, identity: 'nobody' }).character).toBe('mira');
    expect(chooseLook({ ...control, identity: 'constructor' }).character).toBe('mira');
  });

  it('takes half a figure for a full one', () => {
    expect(chooseLook({ ...control, framing: 'full' }).framing).toBe('half');
  });

  it('keeps 10 to 60 frames a second', () => {
    expect(chooseLook({ ...control, fps: 5 }).fps).toBe(10);
    expect(chooseLook({ ...control, fps: 90 }).fps).toBe(60);
  });

  it('lets only poses be transparent and paints the colour to key out elsewhere', () => {
    expect(chooseLook({ ...control, codec: 'pose', background: 'transparent' }).background).toBe(
      'transparent',
    );
    expect(chooseLook({ ...control, background: 'transparent' }).background).toBe('greenscreen');
  });

  it('takes hex colours as they are and the studio for anything it does not know', () => {
    expect(chooseLook({ ...control, background: '#1a2b3c' }).background).toEqual({ color: '#1a2b3c' });
    expect(chooseLook({ ...control, background: 'url(x)' }).background).toBe('studio');
  });
});
