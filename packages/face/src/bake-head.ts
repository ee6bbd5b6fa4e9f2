import { bakeLayer, paintGlow } from './canvas.ts';
import type { Box, CreateCanvas, FaceContext, Layer } from './canvas.ts';
import type { Character } from './characters.ts';
import { mixColors, withAlpha } from './color.ts';
import { scatter } from './scatter.ts';

/** Rows below this line stretch when the jaw drops. */
export const jawLine = 34;

const faceBox: Box = { x: -100, y: -118, width: 200, height: 250 };

/** Adds the outline of the face to the path. */
export const addFaceOutline = (context: FaceContext, { face }: Character): void => {
  const { cheekX, jawX, jawY, chinX, chinY } = face;
  context.moveTo(0, -112);
  context.bezierCurveTo(cheekX * 0.66, -112, cheekX + 2, -78, cheekX + 1, -24);
  context.bezierCurveTo(cheekX + 1, 4, cheekX - 2, 30, jawX, jawY);
  context.bezierCurveTo(jawX - 8, jawY + 22, chinX + 10, chinY, 0, chinY);
  context.bezierCurveTo(-chinX - 10, chinY, -jawX + 8, jawY + 22, -jawX, jawY);
  context.bezierCurveTo(-cheekX + 2, 30, -cheekX - 1, 4, -cheekX - 1, -24);
  context.bezierCurveTo(-cheekX - 2, -78, -cheekX * 0.66, -112, 0, -112);
};

/** A hair of a beard: a sliver, thin at both ends. */
const paintBristle = (
  context: FaceContext,
  x: number,
  y: number,
  leanX: number,
  leanY: number,
  width: number,
): void => {
  const sideX = (-leanY * width) / Math.hypot(leanX, leanY);
  const sideY = (leanX * width) / Math.hypot(leanX, leanY);
  context.beginPath();
  context.moveTo(x, y);
  context.quadraticCurveTo(x + leanX * 0.5 + sideX, y + leanY * 0.5 + sideY, x + leanX, y + leanY);
  context.quadraticCurveTo(x + leanX * 0.5 - sideX, y + leanY * 0.5 - sideY, x, y);
  context.fill();
};

const addBeardOutline = (context: FaceContext, { face, mouth }: Character): void => {
  const { cheekX, jawX, jawY, chinX, chinY } = face;
  context.moveTo(-cheekX - 1, -14);
  context.bezierCurveTo(-cheekX - 3, 20, -jawX - 5, jawY - 10, -jawX - 3, jawY + 4);
  context.bezierCurveTo(-jawX + 6, jawY + 32, -chinX - 12, chinY + 15, 0, chinY + 15);
  context.bezierCurveTo(chinX + 12, chinY + 15, jawX - 6, jawY + 32, jawX + 3, jawY + 4);
  context.bezierCurveTo(jawX + 5, jawY - 10, cheekX + 3, 20, cheekX + 1, -14);
  // Back along the cheeks, over the lip.
  context.bezierCurveTo(cheekX - 5, 12, cheekX - 12, 46, 46, 56);
  context.bezierCurveTo(34, 60, 22, mouth.y - 15, 0, mouth.y - 15);
  context.bezierCurveTo(-22, mouth.y - 15, -34, 60, -46, 56);
  context.bezierCurveTo(-cheekX + 12, 46, -cheekX + 5, 12, -cheekX - 1, -14);
};

const paintBeard = (context: FaceContext, character: Character): void => {
  const { beard, face, mouth } = character;
  if (!beard) return;
  const { cheekX, chinY } = face;
  context.beginPath();
  addBeardOutline(context, character);
  const fill = context.createLinearGradient(-20, -14, 20, chinY + 15);
  fill.addColorStop(0, withAlpha(beard.dark, 0.55));
  fill.addColorStop(0.3, beard.base);
  fill.addColorStop(0.7, mixColors(beard.base, beard.light, 0.45));
  fill.addColorStop(1, beard.dark);
  context.fillStyle = fill;
  context.fill();
  // Its upper edge is a fringe, not a line.
  for (let i = 0; i < 90; i += 1) {
    const side = i % 2 ? 1 : -1;
    const t = scatter(31, i);
    const x = side * (cheekX - 2 - t * 36 + 5 * Math.sin(t * 3));
    const y = -6 + 64 * t ** 0.62;
    context.fillStyle = withAlpha(beard.base, 0.75);
    paintBristle(context, x, y - 3, side * (1 + 3 * scatter(32, i)), 9, 0.9);
  }
  context.save();
  context.beginPath();
  addBeardOutline(context, character);
  context.clip();
  for (let i = 0; i < 420; i += 1) {
    const x = (scatter(21, i) * 2 - 1) * (cheekX + 2);
    const y = 6 + scatter(22, i) * (chinY + 4);
    const isLight = scatter(23, i) < 0.55;
    context.fillStyle = withAlpha(isLight ? beard.light : beard.dark, 0.3 + 0.25 * scatter(24, i));
    paintBristle(context, x, y, -x * 0.09 + 2 * (scatter(25, i) - 0.5), 9 + 5 * scatter(26, i), 0.75);
  }
  paintGlow(context, -14, chinY - 4, 30, 16, withAlpha(beard.light, 0.5), withAlpha(beard.light, 0));
  for (const side of [-1, 1]) {
    paintGlow(context, side * (cheekX + 2), 66, 24, 60, withAlpha(beard.dark, 0.6), withAlpha(beard.dark, 0));
  }
  paintGlow(context, 0, mouth.y + 18, 18, 6, withAlpha(beard.dark, 0.55), withAlpha(beard.dark, 0));
  context.restore();
};

/** Bakes the face without its features: skin, blush, soft shading, beard. */
export const bakeFace = (createCanvas: CreateCanvas, pxPerUnit: number, character: Character): Layer =>
  bakeLayer(
    createCanvas,
    faceBox,
    pxPerUnit,
    (context) => {
      const { skin, face, eyes, mouth } = character;
      context.save();
      context.beginPath();
      addFaceOutline(context, character);
      const fill = context.createRadialGradient(-16, -22, 10, 0, 0, 128);
      fill.addColorStop(0, skin.light);
      fill.addColorStop(0.45, skin.base);
      fill.addColorStop(0.78, mixColors(skin.base, skin.shade, 0.45));
      fill.addColorStop(1, skin.shade);
      context.fillStyle = fill;
      context.fill();
      context.clip();
      // Shade of hair on the forehead, sockets, sides.
      const brow = context.createLinearGradient(0, -112, 0, -30);
      brow.addColorStop(0, withAlpha(skin.deep, 0.55));
      brow.addColorStop(1, withAlpha(skin.deep, 0));
      context.fillStyle = brow;
      context.fillRect(-100, -118, 200, 100);
      for (const side of [-1, 1]) {
        paintGlow(
          context,
          side * eyes.x,
          eyes.y - 6,
          30,
          22,
          withAlpha(skin.shade, 0.42),
          withAlpha(skin.shade, 0),
        );
        paintGlow(
          context,
          side * 46,
          38,
          33,
          25,
          withAlpha(skin.blush, skin.blushAlpha),
          withAlpha(skin.blush, 0),
        );
        paintGlow(context, side * 40, 24, 20, 11, withAlpha(skin.light, 0.55), withAlpha(skin.light, 0));
        paintGlow(
          context,
          side * (face.cheekX + 6),
          60,
          34,
          70,
          withAlpha(skin.deep, side > 0 ? 0.34 : 0.22),
          withAlpha(skin.deep, 0),
        );
      }
      paintGlow(context, -6, -48, 44, 22, withAlpha(skin.light, 0.6), withAlpha(skin.light, 0));
      paintGlow(context, 0, face.chinY - 9, 22, 11, withAlpha(skin.light, 0.6), withAlpha(skin.light, 0));
      paintGlow(context, 0, mouth.y + 17, 20, 6, withAlpha(skin.deep, 0.3), withAlpha(skin.deep, 0));
      const under = context.createLinearGradient(0, face.chinY - 16, 0, face.chinY);
      under.addColorStop(0, withAlpha(skin.shade, 0));
      under.addColorStop(1, withAlpha(skin.shade, 0.7));
      context.fillStyle = under;
      context.fillRect(-100, face.chinY - 16, 200, 30);
      if (skin.freckles > 0) {
        context.fillStyle = withAlpha(skin.deep, 0.15 * skin.freckles);
        for (let i = 0; i < 34; i += 1) {
          const side = i % 2 ? 1 : -1;
          const x = side * (11 + 44 * scatter(61, i) ** 1.3);
          const y = 27 + 13 * scatter(62, i) - Math.abs(x) * 0.08;
          context.beginPath();
          context.arc(x, y, 0.5 + 0.55 * scatter(63, i), 0, Math.PI * 2);
          context.fill();
        }
      }
      context.restore();
      paintBeard(context, character);
    },
    true,
  );

/** Bakes the soft light and shade of the nose around its base. */
export const bakeNose = (
  createCanvas: CreateCanvas,
  pxPerUnit: number,
  { nose, skin, eyes }: Character,
): Layer =>
  bakeLayer(createCanvas, { x: -26, y: -54, width: 52, height: 68 }, pxPerUnit, (context) => {
    const { width } = nose;
    const top = eyes.y - nose.y;
    paintGlow(context, width * 0.62, top + 12, 8, 24, withAlpha(skin.shade, 0.5), withAlpha(skin.shade, 0));
    paintGlow(context, -width * 0.8, top + 10, 6, 18, withAlpha(skin.shade, 0.3), withAlpha(skin.shade, 0));
    paintGlow(context, 1, 3.5, width * 1.25, 8, withAlpha(skin.deep, 0.42), withAlpha(skin.deep, 0));
    paintGlow(context, 0, -4, width, 10, withAlpha(skin.base, 0.9), withAlpha(skin.base, 0));
    paintGlow(context, 0, -4, width * 0.9, 9, withAlpha(skin.blush, 0.22), withAlpha(skin.blush, 0));
    paintGlow(context, -1.5, -18, 4.6, 20, withAlpha('#ffffff', 0.3), withAlpha('#ffffff', 0));
    paintGlow(context, -2, -6.5, 4.6, 4, withAlpha('#ffffff', 0.55), withAlpha('#ffffff', 0));
  });

/** Bakes both ears, to be drawn behind the face. */
export const bakeEars = (createCanvas: CreateCanvas, pxPerUnit: number, { face, skin }: Character): Layer =>
  bakeLayer(createCanvas, { x: -110, y: -36, width: 220, height: 80 }, pxPerUnit, (context) => {
    for (const side of [-1, 1]) {
      context.save();
      context.scale(side, 1);
      const x = face.cheekX - 2;
      context.beginPath();
      context.moveTo(x, -16);
      context.bezierCurveTo(x + 10, -30, x + 22, -20, x + 18, 2);
      context.bezierCurveTo(x + 16, 14, x + 12, 30, x + 2, 28);
      context.closePath();
      const fill = context.createLinearGradient(x, 0, x + 20, 0);
      fill.addColorStop(0, skin.shade);
      fill.addColorStop(1, mixColors(skin.base, skin.blush, 0.18));
      context.fillStyle = fill;
      context.fill();
      context.strokeStyle = withAlpha(skin.deep, 0.45);
      context.lineWidth = 1.5;
      context.beginPath();
      context.moveTo(x + 5, -12);
      context.bezierCurveTo(x + 14, -18, x + 16, -6, x + 11, 4);
      context.bezierCurveTo(x + 8, 8, x + 8, 14, x + 5, 16);
      context.stroke();
      context.restore();
    }
  });

/** Bakes the glow of a cheek that is pushed up, around its middle. */
export const bakeCheek = (createCanvas: CreateCanvas, pxPerUnit: number, { skin }: Character): Layer =>
  bakeLayer(createCanvas, { x: -28, y: -22, width: 56, height: 44 }, pxPerUnit, (context) => {
    paintGlow(context, 0, 3, 27, 18, withAlpha(skin.blush, 0.42), withAlpha(skin.blush, 0));
    paintGlow(context, -2, -6, 15, 8, withAlpha(skin.light, 0.8), withAlpha(skin.light, 0));
  });

/** Bakes the right half of the moustache around its root under the nose, when the character has one. */
export const bakeMoustache = (
  createCanvas: CreateCanvas,
  pxPerUnit: number,
  { beard }: Character,
): Layer | null =>
  beard
    ? bakeLayer(createCanvas, { x: -6, y: -18, width: 52, height: 36 }, pxPerUnit, (context) => {
        context.beginPath();
        context.moveTo(-3, -10);
        context.bezierCurveTo(10, -17, 30, -11, 38, 6);
        context.bezierCurveTo(26, 6, 12, 4, -1, -1);
        context.closePath();
        const fill = context.createLinearGradient(0, -15, 6, 12);
        fill.addColorStop(0, beard.light);
        fill.addColorStop(0.65, beard.base);
        fill.addColorStop(1, beard.dark);
        context.fillStyle = fill;
        context.fill();
        for (let i = 0; i < 46; i += 1) {
          const t = scatter(51, i);
          const isLight = scatter(52, i) < 0.5;
          context.fillStyle = withAlpha(isLight ? beard.light : beard.dark, 0.3 + 0.3 * scatter(53, i));
          const x = t * 27;
          paintBristle(
            context,
            x,
            -10 + t * t * 9 + 5 * scatter(54, i),
            8 + 3 * t,
            5 + 4 * scatter(55, i),
            0.7,
          );
        }
      })
    : null;
