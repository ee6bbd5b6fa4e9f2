import { bakeLayer, paintGlow } from './canvas.ts';
import type { Box, CreateCanvas, FaceContext, Layer } from './canvas.ts';
import type { Character } from './characters.ts';
import { withAlpha } from './color.ts';

const hairBox: Box = { x: -140, y: -160, width: 280, height: 330 };

type Hair = Character['hair'];
type Curve = readonly [
  x: number,
  y: number,
  x1: number,
  y1: number,
  x2: number,
  y2: number,
  x3: number,
  y3: number,
];

/** Strands are long curves in the hair's own light and dark; they give a flat shape its flow. */
const paintStrands = (
  context: FaceContext,
  curves: readonly (readonly [Curve, string, number, number])[],
): void => {
  for (const [[x, y, ...rest], color, alpha, width] of curves) {
    context.strokeStyle = withAlpha(color, alpha);
    context.lineWidth = width;
    context.beginPath();
    context.moveTo(x, y);
    context.bezierCurveTo(...(rest as [number, number, number, number, number, number]));
    context.stroke();
  }
};

const fillHair = (context: FaceContext, { base, light, dark }: Hair, top: number, bottom: number): void => {
  const fill = context.createLinearGradient(-20, top, 20, bottom);
  fill.addColorStop(0, base);
  fill.addColorStop(0.22, light);
  fill.addColorStop(0.42, base);
  fill.addColorStop(1, dark);
  context.fillStyle = fill;
  context.fill();
};

const paintBobBack = (context: FaceContext, hair: Hair): void => {
  context.beginPath();
  context.moveTo(0, -136);
  context.bezierCurveTo(62, -138, 104, -98, 104, -30);
  context.bezierCurveTo(104, 20, 122, 60, 108, 112);
  context.bezierCurveTo(100, 140, 66, 146, 46, 130);
  context.lineTo(-46, 130);
  context.bezierCurveTo(-66, 146, -100, 140, -108, 112);
  context.bezierCurveTo(-122, 60, -104, 20, -104, -30);
  context.bezierCurveTo(-104, -98, -62, -138, 0, -136);
  context.closePath();
  const fill = context.createLinearGradient(0, -136, 0, 140);
  fill.addColorStop(0, hair.base);
  fill.addColorStop(0.5, hair.dark);
  fill.addColorStop(1, hair.base);
  context.fillStyle = fill;
  context.fill();
  context.save();
  context.clip();
  for (const side of [-1, 1]) {
    paintStrands(context, [
      [[side * 96, -40, side * 92, 20, side * 112, 60, side * 98, 118], hair.light, 0.35, 7],
      [[side * 86, 0, side * 84, 50, side * 100, 80, side * 84, 128], hair.base, 0.6, 9],
      [[side * 100, 0, side * 100, 40, side * 114, 70, side * 104, 108], hair.light, 0.25, 3],
    ]);
  }
  context.restore();
};

const paintBobFront = (context: FaceContext, hair: Hair): void => {
  const partX = 24;
  // Crown and the lock on the right of the picture.
  context.beginPath();
  context.moveTo(partX, -112);
  context.bezierCurveTo(58, -98, 76, -66, 77, -20);
  context.bezierCurveTo(78, 18, 70, 44, 76, 78);
  context.bezierCurveTo(80, 96, 92, 104, 104, 104);
  context.bezierCurveTo(116, 62, 100, 20, 104, -30);
  context.bezierCurveTo(106, -98, 62, -140, 0, -138);
  context.bezierCurveTo(-20, -138, 10, -128, partX, -112);
  context.closePath();
  fillHair(context, hair, -138, 110);
  context.save();
  context.clip();
  paintStrands(context, [
    [[partX, -114, 70, -104, 92, -60, 92, -10], hair.light, 0.5, 6],
    [[92, -10, 92, 30, 88, 60, 100, 98], hair.light, 0.3, 4],
    [[partX + 6, -110, 62, -90, 80, -50, 82, -8], hair.dark, 0.5, 2],
    [[98, -40, 98, 20, 100, 60, 108, 96], hair.dark, 0.4, 3],
    [[20, -132, 70, -128, 100, -80, 100, -30], hair.light, 0.35, 3],
  ]);
  context.restore();

  // The sweep across the forehead and the lock on the left.
  context.beginPath();
  context.moveTo(partX, -112);
  context.bezierCurveTo(4, -70, -38, -50, -66, -34);
  context.bezierCurveTo(-76, -12, -70, 30, -76, 74);
  context.bezierCurveTo(-80, 94, -92, 104, -104, 104);
  context.bezierCurveTo(-116, 62, -100, 20, -104, -30);
  context.bezierCurveTo(-106, -98, -62, -140, 4, -138);
  context.bezierCurveTo(22, -134, 32, -124, partX, -112);
  context.closePath();
  fillHair(context, hair, -138, 110);
  context.save();
  context.clip();
  paintGlow(context, -46, -92, 48, 22, withAlpha(hair.light, 0.6), withAlpha(hair.light, 0));
  paintStrands(context, [
    [[partX - 4, -114, -20, -92, -66, -76, -88, -26], hair.light, 0.5, 5],
    [[partX - 2, -112, -16, -80, -58, -62, -82, -20], hair.dark, 0.45, 2],
    [[partX, -118, -30, -112, -80, -86, -94, -30], hair.light, 0.38, 3],
    [[partX - 8, -124, -40, -124, -88, -96, -98, -40], hair.dark, 0.35, 2.5],
    [[-82, -16, -78, 30, -84, 60, -96, 98], hair.light, 0.4, 4],
    [[-92, -20, -90, 30, -98, 64, -104, 96], hair.dark, 0.4, 3],
    [[partX, -111, 6, -76, -34, -56, -64, -36], hair.dark, 0.55, 2.2],
  ]);
  context.restore();
};

const paintSweptBack = (context: FaceContext, hair: Hair): void => {
  context.beginPath();
  context.moveTo(0, -140);
  context.bezierCurveTo(58, -142, 94, -108, 93, -46);
  context.bezierCurveTo(93, -24, 90, 0, 84, 18);
  context.lineTo(-84, 18);
  context.bezierCurveTo(-90, 0, -93, -24, -93, -46);
  context.bezierCurveTo(-94, -108, -58, -142, 0, -140);
  context.closePath();
  context.fillStyle = hair.dark;
  context.fill();
};

const paintSweptFront = (context: FaceContext, hair: Hair): void => {
  context.beginPath();
  context.moveTo(-84, 6);
  context.bezierCurveTo(-94, -20, -96, -64, -84, -92);
  context.bezierCurveTo(-72, -128, -36, -146, 4, -146);
  context.bezierCurveTo(48, -147, 82, -124, 90, -86);
  context.bezierCurveTo(96, -60, 94, -20, 84, 6);
  context.bezierCurveTo(82, -14, 80, -34, 74, -50);
  context.bezierCurveTo(70, -66, 58, -78, 44, -84);
  context.bezierCurveTo(20, -92, -14, -94, -34, -84);
  context.bezierCurveTo(-54, -78, -68, -66, -73, -50);
  context.bezierCurveTo(-79, -34, -82, -14, -84, 6);
  context.closePath();
  fillHair(context, hair, -150, 30);
  context.save();
  context.clip();
  paintGlow(context, -10, -122, 62, 20, withAlpha(hair.light, 0.7), withAlpha(hair.light, 0));
  const curves: [Curve, string, number, number][] = [];
  for (let i = 0; i < 22; i += 1) {
    const t = i / 21;
    const x = -52 + t * 104;
    curves.push([
      [
        x,
        -82 - Math.sin(t * Math.PI) * 10,
        x - 6 + t * 8,
        -112,
        x + 14 * (t - 0.2),
        -136,
        x * 1.2 + 12,
        -148,
      ],
      i % 2 ? hair.light : hair.dark,
      i % 2 ? 0.5 : 0.3,
      i % 3 ? 1.4 : 2.6,
    ]);
  }
  for (const side of [-1, 1]) {
    for (let i = 0; i < 5; i += 1) {
      curves.push([
        [
          side * (74 + i * 3.4),
          -56 - i * 6,
          side * (82 + i * 3),
          -40,
          side * (84 + i * 2),
          -18,
          side * (83 + i * 1.5),
          4,
        ],
        i % 2 ? hair.light : hair.dark,
        0.35,
        1.5,
      ]);
    }
  }
  paintStrands(context, curves);
  context.restore();
};

/** Bakes the hair behind the head. */
export const bakeBackHair = (createCanvas: CreateCanvas, pxPerUnit: number, { hair }: Character): Layer =>
  bakeLayer(createCanvas, hairBox, pxPerUnit, (context) => {
    if (hair.style === 'bob') paintBobBack(context, hair);
    else paintSweptBack(context, hair);
  });

/** Bakes the hair in front of the forehead and beside the face. */
export const bakeFrontHair = (createCanvas: CreateCanvas, pxPerUnit: number, { hair }: Character): Layer =>
  bakeLayer(createCanvas, hairBox, pxPerUnit, (context) => {
    if (hair.style === 'bob') paintBobFront(context, hair);
    else paintSweptFront(context, hair);
  });
