import { type Canvas, createCanvas, type SKRSContext2D } from '@napi-rs/canvas';
import { createFacePainter, type Pose } from '@tth/face';
import type { Look } from './look.ts';

/** A baked face and the canvas it is drawn on. Shared by all drawings that look alike: read the canvas out at once. */
export interface Easel {
  readonly canvas: Canvas;
  draw(pose: Pose): void;
}

const makeEasel = ({ character, widthPx, heightPx, framing, background, badge }: Look): Easel => {
  const canvas = createCanvas(widthPx, heightPx);
  const context: SKRSContext2D = canvas.getContext('2d');
  const painter = createFacePainter({
    character,
    widthPx,
    heightPx,
    framing,
    background,
    badge,
    createCanvas,
  });
  return { canvas, draw: (pose) => painter.draw(context, pose) };
};

/** Baking takes tens of milliseconds and megabytes, so the `capacity` looks used last are kept. */
export const createEasels = (capacity: number): ((look: Look) => Easel) => {
  const easels = new Map<string, Easel>();
  return (look) => {
    const { character, widthPx, heightPx, framing, background, badge } = look;
    const key = JSON.stringify([character, widthPx, heightPx, framing, background, badge]);
    const easel = easels.get(key) ?? makeEasel(look);
    easels.delete(key);
    easels.set(key, easel);
    const [oldest] = easels.keys();
    if (easels.size > capacity && oldest !== undefined) easels.delete(oldest);
    return easel;
  };
};
