import { paintCurlsBack, paintCurlsFront } from './bake-curls.ts';
import { bakeLayer, paintGlow } from './canvas.ts';
import type { Box, CreateCanvas, FaceContext, Layer } from './canvas.ts';
import type { Character } from './characters.ts';
import { mixColors, withAlpha } from './color.ts';
import { scatter } from './scatter.ts';

const hairBox: Box = { x: -136, y: -160, width: 272, height: 316 };

type Hair = Character['hair'];
type Point = readonly [x: number, y: number];

/** A lock of hair: two edges of joined Bézier curves with the same number of points, from root to tip. */
interface Lock {
  readonly inner: readonly Point[];
  readonly outer: readonly Point[];
}

const addCurves = (context: FaceContext, points: readonly Point[]): void => {
  for (let i = 1; i + 2 < points.length; i += 3) {
    const [a, b, c] = [points[i], points[i + 1], points[i + 2]] as [Point, Point, Point];
    context.bezierCurveTo(a[0], a[1], b[0], b[1], c[0], c[1]);
  }
};

/** The line that flows between the edges, a share `t` of the way out, `swell` wider in its middle. */
const flow = ({ inner, outer }: Lock, t: number, swell: number): Point[] =>
  inner.map(([x, y], i) => {
    const [outerX, outerY] = outer[i] ?? [x, y];
    const share = t + swell * Math.sin((i / (inner.length - 1)) * Math.PI);
    return [x + (outerX - x) * share, y + (outerY - y) * share];
  });

const addBand = (context: FaceContext, edge: readonly Point[], back: readonly Point[]): void => {
  const [x, y] = edge[0] ?? [0, 0];
  context.beginPath();
  context.moveTo(x, y);
  addCurves(context, edge);
  const [endX, endY] = back.at(-1) ?? [0, 0];
  context.lineTo(endX, endY);
  addCurves(context, back.toReversed());
  context.closePath();
};

/** Fills a lock and lets strands of light and dark run along it, each thin at both ends. */
const paintLock = (
  context: FaceContext,
  lock: Lock,
  hair: Hair,
  fill: CanvasGradient,
  strands: number,
  seed: number,
): void => {
  addBand(context, lock.inner, lock.outer);
  context.fillStyle = fill;
  context.fill();
  context.save();
  context.clip();
  for (let i = 0; i < strands; i += 1) {
    const t = (i + 0.2 + 0.6 * scatter(seed, i)) / strands;
    const width = 0.008 + 0.03 * scatter(seed + 1, i);
    const isLight = scatter(seed + 2, i) < 0.56;
    context.fillStyle = withAlpha(isLight ? hair.light : hair.dark, 0.16 + 0.26 * scatter(seed + 3, i));
    addBand(context, flow(lock, t, -width), flow(lock, t, width));
    context.fill();
  }
  context.restore();
};

const bobRight: Lock = {
  inner: [
    [25, -101],
    [52, -96],
    [71, -66],
    [75, -30],
    [78, -4],
    [69, 18],
    [73, 46],
    [77, 72],
    [84, 96],
    [56, 130],
  ],
  outer: [
    [10, -140],
    [66, -143],
    [104, -108],
    [106, -50],
    [108, -18],
    [99, 4],
    [106, 38],
    [112, 68],
    [127, 133],
    [56, 130],
  ],
};
const bobLeft: Lock = {
  inner: [
    [25, -101],
    [12, -66],
    [-30, -52],
    [-62, -38],
    [-78, -8],
    [-68, 18],
    [-73, 46],
    [-77, 72],
    [-84, 96],
    [-56, 130],
  ],
  outer: [
    [10, -140],
    [-62, -147],
    [-106, -108],
    [-107, -50],
    [-108, -18],
    [-99, 4],
    [-106, 38],
    [-112, 68],
    [-129, 133],
    [-56, 130],
  ],
};

const paintBobBack = (context: FaceContext, hair: Hair): void => {
  context.beginPath();
  context.moveTo(0, -124);
  context.bezierCurveTo(60, -126, 101, -96, 102, -50);
  context.bezierCurveTo(104, -10, 96, 10, 102, 40);
  context.bezierCurveTo(108, 70, 122, 116, 82, 136);
  context.bezierCurveTo(58, 146, -58, 146, -82, 136);
  context.bezierCurveTo(-122, 116, -108, 70, -102, 40);
  context.bezierCurveTo(-96, 10, -104, -10, -102, -50);
  context.bezierCurveTo(-101, -96, -60, -126, 0, -124);
  context.closePath();
  const fill = context.createLinearGradient(0, -132, 0, 140);
  fill.addColorStop(0, hair.dark);
  fill.addColorStop(0.55, mixColors(hair.dark, '#000000', 0.25));
  fill.addColorStop(1, mixColors(hair.dark, hair.base, 0.7));
  context.fillStyle = fill;
  context.fill();
};

const paintBobFront = (context: FaceContext, hair: Hair): void => {
  const fill = context.createLinearGradient(-10, -142, 10, 134);
  fill.addColorStop(0, mixColors(hair.base, hair.dark, 0.35));
  fill.addColorStop(0.14, hair.base);
  fill.addColorStop(0.3, mixColors(hair.base, hair.light, 0.75));
  fill.addColorStop(0.46, hair.base);
  fill.addColorStop(0.72, mixColors(hair.base, hair.dark, 0.55));
  fill.addColorStop(0.9, mixColors(hair.base, hair.light, 0.35));
  fill.addColorStop(1, hair.base);
  // Under the parting, so that nothing shines through between the locks.
  context.strokeStyle = hair.dark;
  context.lineWidth = 3;
  context.beginPath();
  context.moveTo(24, -102);
  context.quadraticCurveTo(19, -122, 11, -137);
  context.stroke();
  paintLock(context, bobRight, hair, fill, 17, 11);
  paintLock(context, bobLeft, hair, fill, 24, 42);
  // The parting.
  context.strokeStyle = withAlpha(hair.dark, 0.55);
  context.lineWidth = 1.6;
  context.beginPath();
  context.moveTo(25, -101);
  context.quadraticCurveTo(20, -122, 11, -138);
  context.stroke();
};

const sweptRight: Lock = {
  inner: [
    [-44, -86],
    [-28, -104],
    [22, -98],
    [46, -84],
    [62, -76],
    [70, -62],
    [74, -46],
    [78, -32],
    [80, -18],
    [82, 4],
  ],
  outer: [
    [-62, -114],
    [-46, -152],
    [28, -163],
    [66, -138],
    [88, -122],
    [97, -96],
    [95, -66],
    [95, -40],
    [92, -20],
    [87, 6],
  ],
};
const sweptLeft: Lock = {
  inner: [
    [-44, -86],
    [-56, -80],
    [-66, -68],
    [-72, -50],
    [-78, -34],
    [-80, -18],
    [-82, 4],
  ],
  outer: [
    [-62, -114],
    [-80, -106],
    [-94, -86],
    [-95, -58],
    [-96, -36],
    [-93, -18],
    [-87, 6],
  ],
};

const paintSweptBack = (context: FaceContext, hair: Hair): void => {
  context.beginPath();
  context.moveTo(-60, 36);
  context.bezierCurveTo(-100, 18, -108, -112, 0, -120);
  context.bezierCurveTo(108, -112, 100, 18, 60, 36);
  context.closePath();
  context.fillStyle = hair.dark;
  context.fill();
};

const paintSweptFront = (context: FaceContext, hair: Hair): void => {
  const fill = context.createLinearGradient(-20, -156, 20, 10);
  fill.addColorStop(0, hair.light);
  fill.addColorStop(0.3, mixColors(hair.light, hair.base, 0.4));
  fill.addColorStop(0.55, hair.base);
  fill.addColorStop(1, mixColors(hair.base, hair.dark, 0.6));
  paintLock(context, sweptLeft, hair, fill, 14, 5);
  paintLock(context, sweptRight, hair, fill, 26, 71);
  paintGlow(context, 4, -132, 50, 14, withAlpha('#ffffff', 0.28), withAlpha('#ffffff', 0));
};

/** What the head always hides of the hair behind it; clearing it saves drawing it. */
const hiddenMiddle: Readonly<Record<Hair['style'], readonly Box[]>> = {
  bob: [
    { x: -58, y: -100, width: 116, height: 114 },
    { x: -40, y: 13, width: 80, height: 50 },
  ],
  swept: [{ x: -62, y: -104, width: 124, height: 140 }],
  curls: [{ x: -56, y: -96, width: 112, height: 110 }],
};

const paintBack: Readonly<Record<Hair['style'], (context: FaceContext, hair: Hair) => void>> = {
  bob: paintBobBack,
  swept: paintSweptBack,
  curls: paintCurlsBack,
};
const paintFront: Readonly<Record<Hair['style'], (context: FaceContext, hair: Hair) => void>> = {
  bob: paintBobFront,
  swept: paintSweptFront,
  curls: paintCurlsFront,
};

/** Bakes the hair behind the head. */
export const bakeBackHair = (createCanvas: CreateCanvas, pxPerUnit: number, { hair }: Character): Layer =>
  bakeLayer(
    createCanvas,
    hairBox,
    pxPerUnit,
    (context) => {
      paintBack[hair.style](context, hair);
      for (const { x, y, width, height } of hiddenMiddle[hair.style]) context.clearRect(x, y, width, height);
    },
    true,
  );

/** Bakes the hair in front of the forehead and beside the face. */
export const bakeFrontHair = (createCanvas: CreateCanvas, pxPerUnit: number, { hair }: Character): Layer =>
  bakeLayer(
    createCanvas,
    hairBox,
    pxPerUnit,
    (context) => {
      paintFront[hair.style](context, hair);
    },
    true,
  );
