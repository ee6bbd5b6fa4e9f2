import { neutralPose } from '@tth/face';
import { describe, expect, it } from 'vitest';
import { createEasels } from './easels.ts';
import type { Look } from './look.ts';

const look = (widthPx: number): Look => ({
  character: 'mira',
  widthPx,
  heightPx: 128,
  fps: 25,
  framing: 'bust',
  background: { color: '#204060' },
  badge: false,
});

describe('easels', () => {
  it('are shared by drawings that look alike, whatever their frame rate', () => {
    const easelFor = createEasels(2);

    expect(easelFor(look(128))).toBe(easelFor({ ...look(128), fps: 50 }));
  });

  it('are kept for the looks used last', () => {
    const easelFor = createEasels(2);
    const [first, second] = [easelFor(look(128)), easelFor(look(130))];

    easelFor(look(128));
    easelFor(look(132));

    expect(easelFor(look(128))).toBe(first);
    expect(easelFor(look(130))).not.toBe(second);
  });

  it('mark the picture as synthetic in a corner, and nothing else of it, where that is asked for', () => {
    const easelFor = createEasels(2);
    const [bare, marked] = [false, true].map((badge) => {
      const { canvas, draw } = easelFor({ ...look(128), badge });
      draw(neutralPose());
      return [...canvas.data()];
    });

    const changed = bare!.flatMap((value, at) => (value === marked![at] ? [] : [at >> 2]));
    const corner = (pixel: number): boolean => pixel % 128 > 100 && pixel >> 7 > 112;
    expect(changed.length).toBeGreaterThan(100);
    expect([...changed].every(corner)).toBe(true);
  });

  it('paint the background that was asked for and a face upon it', () => {
    const { canvas, draw } = createEasels(1)(look(128));

    draw(neutralPose());

    const pixels = canvas.data();
    const middle = (64 * 128 + 64) * 4;
    expect([...pixels.subarray(0, 4)]).toEqual([0x20, 0x40, 0x60, 255]);
    expect(pixels[middle]).toBeGreaterThan(150);
  });
});
