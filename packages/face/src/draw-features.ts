import type { FaceContext } from './canvas.ts';
import type { Character } from './characters.ts';
import { withAlpha } from './color.ts';

/** Draws wings, nostrils and wrinkles of the nose around its base. `sneer` 0–1, `turn` as `headYaw`. */
export const drawNose = (
  context: FaceContext,
  { nose, skin }: Character,
  sneer: number,
  turn: number,
): void => {
  const width = nose.width;
  const rise = sneer * 2.6;
  context.strokeStyle = withAlpha(skin.deep, 0.4);
  context.lineWidth = 1.3;
  context.beginPath();
  for (const side of [-1, 1]) {
    context.moveTo(side * (width - 1), -5 - rise);
    context.quadraticCurveTo(
      side * (width + 2 + sneer * 1.5),
      0.5 - rise,
      side * width * 0.72,
      2.4 - rise * 0.6,
    );
  }
  context.moveTo(-width * 0.34, 3.4);
  context.quadraticCurveTo(turn * 2, 5.6, width * 0.34, 3.4);
  context.stroke();
  context.fillStyle = withAlpha(skin.deep, 0.62);
  context.beginPath();
  for (const side of [-1, 1]) {
    context.moveTo(side * width * 0.28, 2.2);
    context.quadraticCurveTo(side * width * 0.46, -0.8 - rise * 0.8, side * width * 0.68, 1.6 - rise * 0.6);
    context.quadraticCurveTo(side * width * 0.48, 3.2, side * width * 0.28, 2.2);
  }
  context.fill();
  if (sneer < 0.08) return;
  context.strokeStyle = withAlpha(skin.deep, 0.65 * sneer);
  context.lineWidth = 1.3;
  context.beginPath();
  for (const side of [-1, 1]) {
    for (const y of [-31, -26]) {
      context.moveTo(side * 3, y + 2);
      context.quadraticCurveTo(side * 6, y - 1, side * 9.5, y + 2.5);
    }
  }
  context.stroke();
};

/** Draws the fold from nose to mouth corner on one side; `depth` 0–1. Points in face units. */
export const drawFold = (
  context: FaceContext,
  { skin }: Character,
  fromX: number,
  fromY: number,
  toX: number,
  toY: number,
  depth: number,
): void => {
  if (depth < 0.06) return;
  const outwards = Math.sign(toX - fromX) * 6;
  context.strokeStyle = withAlpha(skin.deep, Math.min(0.55, depth * 0.55));
  context.lineWidth = 1.3;
  context.beginPath();
  context.moveTo(fromX, fromY);
  context.quadraticCurveTo(toX + outwards * 0.3, fromY + (toY - fromY) * 0.35, toX, toY);
  context.stroke();
};

/** Draws upright lines between brows that are drawn together, around the top of the nose; `depth` 0–1. */
export const drawFrownLines = (context: FaceContext, { skin }: Character, depth: number): void => {
  if (depth < 0.1) return;
  context.strokeStyle = withAlpha(skin.deep, 0.5 * depth);
  context.lineWidth = 1.3;
  context.beginPath();
  for (const side of [-1, 1]) {
    context.moveTo(side * 4.4, -7);
    context.quadraticCurveTo(side * 2.4, -2, side * 3.6, 4);
  }
  context.stroke();
};

/** Draws lines across the forehead around its middle; `depth` 0–1. */
export const drawForeheadLines = (context: FaceContext, { skin }: Character, depth: number): void => {
  if (depth < 0.08) return;
  context.strokeStyle = withAlpha(skin.deep, 0.34 * depth);
  context.lineWidth = 1.2;
  context.beginPath();
  for (const [y, half] of [
    [-6, 26],
    [2, 30],
  ] as const) {
    context.moveTo(-half, y + 3);
    context.bezierCurveTo(-half * 0.5, y - 2, half * 0.5, y - 2, half, y + 3);
  }
  context.stroke();
};

/** Draws the glasses over both eyes; positions in face units, `foreshorten` per lens 0–1. */
export const drawGlasses = (
  context: FaceContext,
  frame: NonNullable<Character['glasses']>,
  lenses: readonly { readonly x: number; readonly y: number; readonly scaleX: number }[],
  earX: readonly [left: number, right: number],
): void => {
  const [left, right] = lenses;
  if (!left || !right) return;
  const { radius } = frame;
  context.strokeStyle = frame.frame;
  context.lineWidth = 3.2;
  context.beginPath();
  context.moveTo(left.x - radius * left.scaleX, left.y - 5);
  context.lineTo(earX[0], left.y - 9);
  context.moveTo(right.x + radius * right.scaleX, right.y - 5);
  context.lineTo(earX[1], right.y - 9);
  context.stroke();
  for (const { x, y, scaleX } of lenses) {
    context.fillStyle = 'rgba(235,246,255,0.1)';
    context.beginPath();
    context.ellipse(x, y, radius * scaleX, radius * 0.95, 0, 0, Math.PI * 2);
    context.fill();
    context.lineWidth = 3.6;
    context.strokeStyle = frame.frame;
    context.stroke();
    context.lineWidth = 1;
    context.strokeStyle = withAlpha(frame.light, 0.9);
    context.beginPath();
    context.ellipse(x, y - 0.6, radius * scaleX, radius * 0.95, 0, Math.PI * 1.1, Math.PI * 1.75);
    context.stroke();
    context.lineWidth = 2.4;
    context.strokeStyle = 'rgba(255,255,255,0.35)';
    context.beginPath();
    context.ellipse(x, y, (radius - 5) * scaleX, radius * 0.95 - 5, 0, Math.PI * 1.12, Math.PI * 1.36);
    context.stroke();
  }
  context.strokeStyle = frame.frame;
  context.lineWidth = 3.4;
  context.beginPath();
  context.moveTo(left.x + radius * left.scaleX, left.y - 4);
  context.quadraticCurveTo((left.x + right.x) / 2, left.y - 13, right.x - radius * right.scaleX, right.y - 4);
  context.stroke();
};
