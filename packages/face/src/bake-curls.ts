import { paintGlow } from './canvas.ts';
import type { FaceContext } from './canvas.ts';
import type { Character } from './characters.ts';
import { mixColors, withAlpha } from './color.ts';
import { scatter } from './scatter.ts';

type Hair = Character['hair'];

/** The cloud: an oval whose rim is made of tufts. */
const middleY = -38;
const radiusX = 104;
const radiusY = 96;
const tufts = 30;

const addCloud = (context: FaceContext): void => {
  context.beginPath();
  context.ellipse(0, middleY, radiusX, radiusY, 0, 0, Math.PI * 2);
  for (let i = 0; i < tufts; i += 1) {
    const angle = ((i + 0.5 * scatter(3, i)) / tufts) * Math.PI * 2;
    const x = Math.cos(angle) * radiusX;
    const y = middleY + Math.sin(angle) * radiusY;
    const radius = 12 + 8 * scatter(4, i);
    context.moveTo(x + radius, y);
    context.arc(x, y, radius, 0, Math.PI * 2);
  }
};

type Point = readonly [x: number, y: number];

/** From cheek to cheek over the forehead, as joined curves. */
const hairline: readonly [Point, ...Point[]] = [
  [-71, 84],
  [-80, 30],
  [-80, -38],
  [-52, -66],
  [-28, -84],
  [28, -84],
  [52, -66],
  [80, -38],
  [80, 30],
  [71, 84],
];
const hairlineCurves = [1, 4, 7].map(
  (at) => hairline.slice(at, at + 3) as unknown as readonly [Point, Point, Point],
);

const alongHairline = (share: number): Point => {
  const curve = Math.min(2, Math.floor(share * 3));
  const t = share * 3 - curve;
  const weights = [(1 - t) ** 3, 3 * t * (1 - t) ** 2, 3 * t * t * (1 - t), t ** 3];
  const points = hairline.slice(curve * 3, curve * 3 + 4);
  const sum = (axis: 0 | 1): number => points.reduce((to, point, i) => to + point[axis] * weights[i]!, 0);
  return [sum(0), sum(1)];
};

/** Hair grows out of the skin in tufts, not along a line. */
const paintHairline = (context: FaceContext, hair: Hair): void => {
  const count = 52;
  for (let i = 0; i < count; i += 1) {
    const [x, y] = alongHairline(0.15 + (0.7 * i) / (count - 1));
    const radius = 2.5 + 3.5 * scatter(51, i);
    context.fillStyle = mixColors(hair.base, hair.dark, 0.2 + 0.5 * scatter(52, i));
    context.beginPath();
    context.arc(x, y, radius, 0, Math.PI * 2);
    context.fill();
    context.strokeStyle = withAlpha(hair.light, 0.15 + 0.25 * scatter(53, i));
    context.lineWidth = 1.1;
    const from = scatter(54, i) * Math.PI * 2;
    context.beginPath();
    context.arc(x, y, radius * 0.7, from, from + Math.PI * 1.3);
    context.stroke();
  }
};

/** Small open rings of light and dark, closer together than one can count. */
const paintCurls = (context: FaceContext, hair: Hair, count: number, seed: number): void => {
  context.lineCap = 'round';
  for (let i = 0; i < count; i += 1) {
    const angle = scatter(seed, i) * Math.PI * 2;
    const reach = Math.sqrt(scatter(seed + 1, i)) * 1.12;
    const x = Math.cos(angle) * reach * radiusX;
    const y = middleY + Math.sin(angle) * reach * radiusY;
    const isLight = scatter(seed + 2, i) < 0.3 + 0.35 * Math.max(0, -Math.sin(angle));
    context.strokeStyle = withAlpha(isLight ? hair.light : hair.dark, 0.2 + 0.3 * scatter(seed + 3, i));
    context.lineWidth = 1.1 + 1.3 * scatter(seed + 4, i);
    const radius = 3 + 4.5 * scatter(seed + 5, i);
    const from = scatter(seed + 6, i) * Math.PI * 2;
    context.beginPath();
    context.arc(x, y, radius, from, from + Math.PI * (0.9 + 0.7 * scatter(seed + 7, i)));
    context.stroke();
  }
};

/** What lies behind the head: the same cloud, in its own shadow. */
export const paintCurlsBack = (context: FaceContext, hair: Hair): void => {
  addCloud(context);
  const fill = context.createLinearGradient(0, -140, 0, 70);
  fill.addColorStop(0, hair.base);
  fill.addColorStop(1, hair.dark);
  context.fillStyle = fill;
  context.fill();
};

/** The cloud around the face, which is left open from the hairline down. */
export const paintCurlsFront = (context: FaceContext, hair: Hair): void => {
  addCloud(context);
  const fill = context.createRadialGradient(-24, -120, 10, 0, middleY, 130);
  fill.addColorStop(0, mixColors(hair.base, hair.light, 0.5));
  fill.addColorStop(0.5, hair.base);
  fill.addColorStop(1, mixColors(hair.base, hair.dark, 0.6));
  context.fillStyle = fill;
  context.fill();
  context.save();
  addCloud(context);
  context.clip();
  paintCurls(context, hair, 620, 21);
  paintGlow(context, -26, -112, 56, 26, withAlpha(hair.light, 0.35), withAlpha(hair.light, 0));
  context.restore();
  context.globalCompositeOperation = 'destination-out';
  context.fillStyle = '#000000';
  context.beginPath();
  context.moveTo(...hairline[0]);
  for (const [a, b, c] of hairlineCurves) context.bezierCurveTo(...a, ...b, ...c);
  context.closePath();
  context.fill();
  context.globalCompositeOperation = 'source-over';
  paintHairline(context, hair);
};
