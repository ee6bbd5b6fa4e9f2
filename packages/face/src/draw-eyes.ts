import { bakeLayer, drawLayer } from './canvas.ts';
import type { CreateCanvas, FaceContext, Layer } from './canvas.ts';
import type { Character } from './characters.ts';
import { mixColors, withAlpha } from './color.ts';

/** One eye of one instant. `side` is −1 on the left of the picture, 1 on the right; gaze as in a pose. */
export interface EyeState {
  readonly side: -1 | 1;
  readonly blink: number;
  readonly squint: number;
  /** Lower lid pushed up by a smiling cheek. */
  readonly cheek: number;
  readonly wide: number;
  /** Upper lid hanging, as grief has it. */
  readonly droop: number;
  readonly browInnerUp: number;
  readonly browDown: number;
  readonly gazeX: number;
  readonly gazeY: number;
}

const irisRadius = 11.4;

/** Bakes iris and pupil around the origin. */
export const bakeIris = (createCanvas: CreateCanvas, pxPerUnit: number, { eyes }: Character): Layer => {
  const edge = irisRadius + 1;
  return bakeLayer(
    createCanvas,
    { x: -edge, y: -edge, width: edge * 2, height: edge * 2 },
    pxPerUnit,
    (context) => {
      const disc = (radius: number, style: string | CanvasGradient): void => {
        context.fillStyle = style;
        context.beginPath();
        context.arc(0, 0, radius, 0, Math.PI * 2);
        context.fill();
      };
      const dark = mixColors(eyes.iris, '#0d0a12', 0.62);
      disc(irisRadius, dark);
      const glow = context.createRadialGradient(0, 3.5, 1, 0, 0.5, irisRadius - 0.6);
      glow.addColorStop(0, eyes.irisLight);
      glow.addColorStop(0.5, mixColors(eyes.iris, eyes.irisLight, 0.35));
      glow.addColorStop(0.82, eyes.iris);
      glow.addColorStop(1, dark);
      disc(irisRadius - 0.9, glow);
      context.strokeStyle = withAlpha(eyes.irisLight, 0.3);
      context.lineWidth = 0.5;
      context.beginPath();
      for (let i = 0; i < 28; i += 1) {
        const angle = (i / 28) * Math.PI * 2 + (i % 3) * 0.07;
        context.moveTo(Math.cos(angle) * 5.6, Math.sin(angle) * 5.6);
        context.lineTo(Math.cos(angle) * (8.2 + (i % 2)), Math.sin(angle) * (8.2 + (i % 2)));
      }
      context.stroke();
      const lidShade = context.createLinearGradient(0, -irisRadius, 0, irisRadius * 0.5);
      lidShade.addColorStop(0, 'rgba(10,5,15,0.6)');
      lidShade.addColorStop(1, 'rgba(10,5,15,0)');
      disc(irisRadius, lidShade);
      disc(5.3, '#120c12');
    },
  );
};

/** Draws one eye around the origin, under the brow. */
export const drawEye = (
  context: FaceContext,
  { eyes, skin, lines }: Character,
  iris: Layer,
  state: EyeState,
): void => {
  const { side, blink, squint, cheek, wide } = state;
  const open =
    1 +
    0.36 * wide -
    eyes.heavy -
    0.42 * squint +
    0.16 * state.gazeY -
    (state.gazeY < 0 ? 0.22 * -state.gazeY : 0);
  const lowerY = 10.8 - 4.5 * squint - 6.5 * cheek + 1.4 * wide;
  const shutY = 13;
  const lift = -18 * open;
  const upper = lift + (shutY - lift) * blink;
  const upperIn = upper + (1 - blink) * (5 * state.browDown - 1.5 * state.browInnerUp);
  const upperOut = upper + (1 - blink) * 4.2 * state.browInnerUp;
  const inX = -19.5;
  const inY = 3.4;
  const outX = 20.5;
  const outY = 1.2 - eyes.tilt + 3.2 * blink + 1.4 * state.browInnerUp;
  const lower = lowerY + (shutY - lowerY) * blink;

  context.save();
  context.scale(side * eyes.size, eyes.size);

  // The lid's skin, seen best when the eye shuts.
  context.fillStyle = withAlpha(skin.shade, 0.3);
  context.beginPath();
  context.moveTo(inX, inY);
  context.bezierCurveTo(-14, lift - 6, 12, lift - 6.5, outX + 1, outY - 2);
  context.lineTo(outX, outY);
  context.bezierCurveTo(12, upperOut, -13, upperIn, inX, inY);
  context.fill();

  if (blink < 0.93) {
    context.save();
    context.beginPath();
    context.moveTo(inX, inY);
    context.bezierCurveTo(-13, upperIn, 12, upperOut, outX, outY);
    context.bezierCurveTo(13, lower, -9, lower + 0.8, inX, inY);
    context.closePath();
    context.fillStyle = '#fffdfa';
    context.fill();
    context.clip();
    // Iris, then the two lights that make an eye alive, then the lid's shade over both.
    context.translate(side * state.gazeX * 6.6, -1.6 - state.gazeY * 5.4);
    drawLayer(context, iris);
    context.fillStyle = 'rgba(255,255,255,0.95)';
    context.beginPath();
    context.arc(side * -3.6, -4.4, 3.1, 0, Math.PI * 2);
    context.fill();
    context.fillStyle = 'rgba(255,255,255,0.6)';
    context.beginPath();
    context.arc(side * 4.2, 4.6, 1.5, 0, Math.PI * 2);
    context.fill();
    context.translate(-side * state.gazeX * 6.6, 1.6 + state.gazeY * 5.4);
    context.strokeStyle = withAlpha(eyes.line, 0.2);
    context.lineWidth = 7;
    context.beginPath();
    context.moveTo(inX, inY);
    context.bezierCurveTo(-13, upperIn, 12, upperOut, outX, outY);
    context.stroke();
    context.fillStyle = withAlpha(skin.blush, 0.5);
    context.beginPath();
    context.ellipse(inX + 1.6, inY + 0.6, 3.2, 2, 0, 0, Math.PI * 2);
    context.fill();
    context.restore();
  }

  // Lower rim.
  context.strokeStyle = withAlpha(skin.deep, 0.5);
  context.lineWidth = 0.9;
  context.beginPath();
  context.moveTo(outX, outY);
  context.bezierCurveTo(
    13,
    Math.max(lower, shutY * blink),
    -9,
    Math.max(lower, shutY * blink) + 0.8,
    inX,
    inY,
  );
  context.stroke();

  // Upper lashes: one tapered stroke with a wing.
  const thick = 2 + 3 * eyes.lashes;
  const wingX = outX + 1 + 5 * eyes.lashes;
  const wingY = outY - (2.8 * eyes.lashes + 0.6) * (1 - 1.9 * blink);
  context.fillStyle = eyes.line;
  context.beginPath();
  context.moveTo(inX - 0.6, inY + 0.4);
  context.bezierCurveTo(-13, upperIn, 12, upperOut, outX, outY);
  context.lineTo(wingX, wingY);
  context.bezierCurveTo(
    14,
    upperOut - thick + (blink > 0.5 ? 1.5 : 0),
    -12,
    upperIn - thick * 0.7,
    inX - 0.6,
    inY + 0.4,
  );
  context.fill();

  // Crease.
  context.strokeStyle = withAlpha(skin.deep, 0.5 * (1 - 0.65 * blink));
  context.lineWidth = 1;
  context.beginPath();
  context.moveTo(inX + 3, inY - 7);
  context.bezierCurveTo(
    -11,
    Math.min(lift, upperIn) - 7.5,
    11,
    Math.min(lift, upperOut) - 8.5,
    outX + 3,
    outY - 7.5,
  );
  context.stroke();

  // A smile's crease below, and crow's feet with age.
  const pouch = Math.max((squint * 0.8 + cheek * 0.5) * (0.5 + lines * 0.5), lines * 0.55);
  if (pouch > 0.05) {
    context.strokeStyle = withAlpha(skin.deep, Math.min(0.4, pouch * 0.5));
    context.lineWidth = 1.1;
    context.beginPath();
    context.moveTo(-10, 15);
    context.quadraticCurveTo(2, 19 - 2 * squint, 13, 14);
    context.stroke();
  }
  if (lines > 0) {
    context.strokeStyle = withAlpha(skin.deep, 0.28 * lines + 0.3 * squint);
    context.beginPath();
    for (const drop of [-1, 4, 9]) {
      context.moveTo(outX + 6, outY + drop * 0.6);
      context.lineTo(outX + 12, outY + drop);
    }
    context.stroke();
  }
  context.restore();
};

/** How one brow is raised and drawn together, each 0–1. */
export interface BrowState {
  readonly side: -1 | 1;
  readonly innerUp: number;
  readonly outerUp: number;
  readonly down: number;
}

/** Draws one brow around the middle of its eye. */
export const drawBrow = (
  context: FaceContext,
  { brows }: Character,
  { side, innerUp, outerUp, down }: BrowState,
): void => {
  const inX = -17 - 3.5 * down;
  const inY = -brows.lift + 3 - 13 * innerUp - 4 * outerUp + 13 * down;
  const midX = 4 - 2 * down;
  const midY = -brows.lift - brows.arch - 4 * innerUp - 12 * outerUp + 7 * down;
  const outX = 25;
  const outY = -brows.lift + 4 + 3 * innerUp - 9 * outerUp + 1 * down;
  const half = brows.thickness / 2;
  context.save();
  context.scale(side, 1);
  context.fillStyle = brows.color;
  context.beginPath();
  context.moveTo(inX + 0.8, inY + half);
  context.bezierCurveTo(inX - 2, inY + half * 0.3, inX - 1.4, inY - half * 0.9, inX + 1.4, inY - half);
  context.quadraticCurveTo(midX, midY - half * 1.5, outX, outY);
  context.quadraticCurveTo(midX, midY + half * 1.1, inX + 0.8, inY + half);
  context.fill();
  context.restore();
};
