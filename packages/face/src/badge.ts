import type { Box, FaceContext } from './canvas.ts';

/** Height of the badge as a share of the picture's smaller side. */
const share = 0.075;

const heightOf = (widthPx: number, heightPx: number): number =>
  Math.max(10, Math.min(widthPx, heightPx) * share);

/** The corner that the badge lies in, in whole pixels. */
export const badgeBox = (widthPx: number, heightPx: number): Box => {
  const size = Math.ceil(heightOf(widthPx, heightPx));
  return {
    x: widthPx - size * 2,
    y: heightPx - Math.ceil(size * 1.5),
    width: size * 2,
    height: Math.ceil(size * 1.5),
  };
};

/**
 * Paints "AI" on a dark plate into the lower right corner, in pixels: a sign that the person is synthetic. The letters
 * are strokes, because a server may have no fonts.
 */
export const paintBadge = (context: FaceContext, widthPx: number, heightPx: number): void => {
  const height = heightOf(widthPx, heightPx);
  const length = height * 0.5;
  context.save();
  context.translate(widthPx - height * 0.95 - length, heightPx - height * 0.95);
  context.lineCap = 'round';
  context.lineJoin = 'round';
  // A thick line with round ends is the plate.
  context.strokeStyle = 'rgba(12, 16, 24, 0.66)';
  context.lineWidth = height;
  context.beginPath();
  context.moveTo(0, 0);
  context.lineTo(length, 0);
  context.stroke();
  context.strokeStyle = 'rgba(255, 255, 255, 0.95)';
  context.lineWidth = height * 0.1;
  const [rise, half] = [height * 0.26, height * 0.23];
  const [a, i] = [length / 2 - height * 0.16, length / 2 + height * 0.3];
  context.beginPath();
  context.moveTo(a - half, rise);
  context.lineTo(a, -rise);
  context.lineTo(a + half, rise);
  context.moveTo(a - half * 0.6, rise * 0.35);
  context.lineTo(a + half * 0.6, rise * 0.35);
  context.moveTo(i, rise);
  context.lineTo(i, -rise);
  context.stroke();
  context.restore();
};
