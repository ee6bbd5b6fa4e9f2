import type { FaceContext } from './canvas.ts';
import { withAlpha } from './color.ts';
import type { Character } from './characters.ts';
import type { MouthShape } from './mouth-shape.ts';

const fullGap = 31;
const cavity = '#5e1a28';
const cavityDeep = '#2c0a12';
const enamel = '#fffaf3';
const enamelShade = '#e9dcd2';
const tongueColor = '#c85764';
const tongueLight = '#e27f84';

/** The lips in face units around the middle of the closed mouth; `left` and `right` are those of the picture. */
export interface Lips {
  readonly leftX: number;
  readonly leftY: number;
  readonly rightX: number;
  readonly rightY: number;
  /** Middle of the inner and outer edges, top to bottom. */
  readonly upperOuterY: number;
  readonly upperInnerY: number;
  readonly lowerInnerY: number;
  readonly lowerOuterY: number;
  readonly gap: number;
  /** How square the corners are: 0.6 almond, above 1 a ring. */
  readonly fullness: number;
}

/** Places the lips of a shape with a character's proportions. */
export const placeLips = (mouth: Character['mouth'], shape: MouthShape): Lips => {
  const halfWidth = mouth.halfWidth * (1 + shape.width * (shape.width > 0 ? 0.36 : 0.46));
  const gap = shape.gap * fullGap;
  const cornerY =
    -mouth.rest * (1 - 0.8 * shape.round) -
    shape.corner * (shape.corner > 0 ? 9.5 : 11.5) +
    gap * (0.12 + 0.06 * shape.round) * (1 - Math.max(0, shape.corner));
  const swell = (1 + 0.28 * shape.round - 0.12 * Math.max(0, shape.width)) * (1 - 0.1 * shape.gap);
  const upper = mouth.upper * swell * (1 - 0.55 * shape.press) * (1 - 0.25 * shape.sneer);
  const lower = mouth.lower * swell * (1 - 0.5 * shape.press) * (1 - 0.5 * shape.tuck);
  const upperInnerY = -gap * (0.26 + 0.08 * shape.round) - shape.sneer * 3 - shape.tuck * 1.5;
  const lowerInnerY = upperInnerY + gap;
  return {
    leftX: -halfWidth,
    leftY: cornerY,
    rightX: halfWidth + shape.dimpleLeft * 5,
    rightY: cornerY - shape.dimpleLeft * 7.5,
    upperOuterY: upperInnerY - upper,
    upperInnerY,
    lowerInnerY,
    lowerOuterY: lowerInnerY + lower,
    gap,
    fullness: 0.6 + 0.46 * shape.round + 0.16 * shape.gap,
  };
};

/** Adds a curve from one corner to the other whose middle lies at `middleY`. `inset` keeps it inside the corners. */
const addEdge = (
  context: FaceContext,
  lips: Lips,
  middleY: number,
  fullness: number,
  inset: number,
  toRight: boolean,
): void => {
  const leftX = lips.leftX + inset;
  const rightX = lips.rightX - inset;
  const middleX = (leftX + rightX) / 2;
  const reach = ((rightX - leftX) / 2) * fullness;
  const leftPull = (4 * middleY - lips.leftY) / 3;
  const rightPull = (4 * middleY - lips.rightY) / 3;
  if (toRight) {
    context.bezierCurveTo(middleX - reach, leftPull, middleX + reach, rightPull, rightX, lips.rightY);
  } else {
    context.bezierCurveTo(middleX + reach, rightPull, middleX - reach, leftPull, leftX, lips.leftY);
  }
};

const addUpperOuterEdge = (context: FaceContext, lips: Lips, bow: number): void => {
  const { leftX, leftY, rightX, rightY, upperOuterY: peakY } = lips;
  const middleX = (leftX + rightX) / 2;
  const peak = (rightX - leftX) * 0.13;
  const dipY = peakY + bow;
  context.bezierCurveTo(
    middleX - (rightX - leftX) * 0.36,
    leftY + (peakY - leftY) * 0.6,
    middleX - peak * 2.1,
    peakY,
    middleX - peak,
    peakY,
  );
  context.bezierCurveTo(middleX - peak * 0.5, peakY, middleX - peak * 0.4, dipY, middleX, dipY);
  context.bezierCurveTo(middleX + peak * 0.4, dipY, middleX + peak * 0.5, peakY, middleX + peak, peakY);
  context.bezierCurveTo(
    middleX + peak * 2.1,
    peakY,
    middleX + (rightX - leftX) * 0.36,
    rightY + (peakY - rightY) * 0.6,
    rightX,
    rightY,
  );
};

const drawInside = (context: FaceContext, lips: Lips, shape: MouthShape, inset: number): void => {
  const { leftX, rightX, upperInnerY, lowerInnerY, gap } = lips;
  const middleX = (leftX + rightX) / 2;
  const half = (rightX - leftX) / 2 - 1;
  context.save();
  context.beginPath();
  context.moveTo(leftX + inset, lips.leftY);
  addEdge(context, lips, upperInnerY, lips.fullness, inset, true);
  addEdge(context, lips, lowerInnerY, lips.fullness, inset, false);
  context.closePath();
  const depth = context.createLinearGradient(0, upperInnerY, 0, lowerInnerY);
  depth.addColorStop(0, cavityDeep);
  depth.addColorStop(1, cavity);
  context.fillStyle = depth;
  context.fill();
  context.clip();

  if (shape.tongue > 0.05) {
    const tongueY = lowerInnerY + 3.4 - shape.tongue * gap * 0.4 - gap * 0.06;
    context.fillStyle = tongueColor;
    context.beginPath();
    context.ellipse(middleX, tongueY + 5, half * 0.72, 8 + gap * 0.14, 0, 0, Math.PI * 2);
    context.fill();
    context.fillStyle = withAlpha(tongueLight, 0.55);
    context.beginPath();
    context.ellipse(middleX, tongueY + 1.6, half * 0.4, 3, 0, 0, Math.PI * 2);
    context.fill();
  }

  if (shape.lowerTeeth > 0.05) {
    const height = Math.min(gap * 0.36, 5.5) * shape.lowerTeeth;
    context.fillStyle = enamelShade;
    context.beginPath();
    context.ellipse(middleX, lowerInnerY + 4, half * 0.74, height + 4, 0, Math.PI, Math.PI * 2);
    context.fill();
  }
  if (shape.teeth > 0.05) {
    const height = Math.min(gap * 0.62, 7.6) * shape.teeth;
    const bottomY = upperInnerY + height;
    context.fillStyle = enamel;
    context.beginPath();
    context.moveTo(middleX - half * 0.92, Math.min(lips.leftY, upperInnerY) - 4);
    context.bezierCurveTo(
      middleX - half * 0.86,
      bottomY - 0.5,
      middleX - half * 0.5,
      bottomY + 0.9,
      middleX,
      bottomY + 0.9,
    );
    context.bezierCurveTo(
      middleX + half * 0.5,
      bottomY + 0.9,
      middleX + half * 0.86,
      bottomY - 0.5,
      middleX + half * 0.92,
      Math.min(lips.rightY, upperInnerY) - 4,
    );
    context.closePath();
    context.fill();
  }

  // The upper lip's shadow on what lies behind it.
  context.strokeStyle = 'rgba(60,10,20,0.28)';
  context.lineWidth = 3.4;
  context.beginPath();
  context.moveTo(leftX + inset, lips.leftY);
  addEdge(context, lips, upperInnerY, lips.fullness, inset, true);
  context.stroke();
  context.restore();
};

/** Draws mouth and lips around the origin. */
export const drawMouth = (
  context: FaceContext,
  { mouth }: Character,
  shape: MouthShape,
  lips: Lips,
): void => {
  const { leftX, leftY, rightX, upperInnerY, lowerInnerY, lowerOuterY, fullness } = lips;
  const isOpen = lips.gap > 0.7;
  const middleX = (leftX + rightX) / 2;
  if (isOpen) drawInside(context, lips, shape, 1 + 2.2 * shape.round);
  const innerUpperY = isOpen ? upperInnerY : (upperInnerY + lowerInnerY) / 2;
  const innerLowerY = isOpen ? lowerInnerY : innerUpperY;
  const inset = isOpen ? 1.4 + 2.2 * shape.round : 0.4;
  const outerFullness = Math.min(1, 0.58 + 0.4 * shape.round + 0.12 * shape.gap);

  context.beginPath();
  context.moveTo(leftX + inset, leftY);
  addEdge(context, lips, innerLowerY, fullness, inset, true);
  context.lineTo(rightX, lips.rightY);
  addEdge(context, lips, lowerOuterY, outerFullness, 0, false);
  context.closePath();
  context.fillStyle = mouth.color;
  context.fill();

  context.beginPath();
  context.moveTo(leftX, leftY);
  addUpperOuterEdge(context, lips, 1.5 * (1 - 0.5 * shape.gap));
  context.lineTo(rightX - inset, lips.rightY);
  addEdge(context, lips, innerUpperY, fullness, inset, false);
  context.closePath();
  context.fillStyle = mouth.color;
  context.fill();
  context.fillStyle = withAlpha(mouth.shade, 0.38);
  context.fill();

  const lowerHeight = lowerOuterY - innerLowerY;
  context.fillStyle = withAlpha(mouth.light, 0.6);
  context.beginPath();
  context.ellipse(
    middleX - 2,
    innerLowerY + lowerHeight * 0.46,
    (rightX - leftX) * 0.16,
    lowerHeight * 0.17,
    0,
    0,
    Math.PI * 2,
  );
  context.fill();

  context.strokeStyle = mouth.shade;
  context.lineWidth = isOpen ? 0.9 : 1.5;
  context.beginPath();
  context.moveTo(leftX + (isOpen ? inset - 0.4 : -0.8), leftY - 0.3);
  addEdge(context, lips, innerUpperY, fullness, isOpen ? inset - 0.4 : -0.8, true);
  context.stroke();

  if (shape.tongueOut > 0.1 && isOpen) {
    const reach = shape.tongueOut;
    context.fillStyle = tongueColor;
    context.beginPath();
    context.ellipse(
      middleX,
      lowerInnerY - 0.5,
      (rightX - leftX) * 0.24 * reach,
      3.6 * reach,
      0,
      0,
      Math.PI * 2,
    );
    context.fill();
    context.fillStyle = tongueLight;
    context.beginPath();
    context.ellipse(
      middleX - 1,
      lowerInnerY - 1.2,
      (rightX - leftX) * 0.12 * reach,
      1.3 * reach,
      0,
      0,
      Math.PI * 2,
    );
    context.fill();
  }
};
