import { bakeLayer, paintGlow } from './canvas.ts';
import type { Box, CreateCanvas, FaceContext, Layer } from './canvas.ts';
import type { Character } from './characters.ts';
import { mixColors, withAlpha } from './color.ts';

/** Adds shoulders and chest below a round neckline from `-neckline` to `neckline` at its top, `depth` units deep. */
const addTorso = (context: FaceContext, shoulderX: number, neckline: number, depth: number): void => {
  const top = 124;
  context.moveTo(-neckline, top);
  context.bezierCurveTo(-neckline - 24, 148, -shoulderX + 36, 150, -shoulderX + 8, 184);
  context.bezierCurveTo(-shoulderX - 12, 220, -shoulderX - 14, 300, -shoulderX - 16, 480);
  context.lineTo(shoulderX + 16, 480);
  context.bezierCurveTo(shoulderX + 14, 300, shoulderX + 12, 220, shoulderX - 8, 184);
  context.bezierCurveTo(shoulderX - 36, 150, neckline + 24, 148, neckline, top);
  addNeckline(context, neckline, depth, false);
  context.closePath();
};

const addNeckline = (context: FaceContext, neckline: number, depth: number, toRight: boolean): void => {
  const side = toRight ? 1 : -1;
  const pull = 124 + (depth * 4) / 3;
  context.bezierCurveTo(-side * neckline * 0.86, pull, side * neckline * 0.86, pull, side * neckline, 124);
};

const paintNeck = (context: FaceContext, { skin, neckX }: Character): void => {
  context.beginPath();
  context.moveTo(-neckX, 56);
  context.bezierCurveTo(-neckX + 3, 100, -neckX - 2, 122, -neckX - 30, 146);
  context.lineTo(-neckX - 20, 215);
  context.lineTo(neckX + 20, 215);
  context.lineTo(neckX + 30, 146);
  context.bezierCurveTo(neckX + 2, 122, neckX - 3, 100, neckX, 56);
  context.closePath();
  const fill = context.createLinearGradient(0, 88, 0, 180);
  fill.addColorStop(0, mixColors(skin.shade, skin.deep, 0.5));
  fill.addColorStop(0.3, mixColors(skin.shade, skin.deep, 0.12));
  fill.addColorStop(0.62, mixColors(skin.base, skin.shade, 0.35));
  fill.addColorStop(1, skin.base);
  context.fillStyle = fill;
  context.fill();
  context.save();
  context.clip();
  paintGlow(context, neckX, 118, 20, 46, withAlpha(skin.deep, 0.32), withAlpha(skin.deep, 0));
  paintGlow(context, -neckX - 4, 118, 14, 40, withAlpha(skin.deep, 0.2), withAlpha(skin.deep, 0));
  // Collar bones.
  context.strokeStyle = withAlpha(skin.deep, 0.22);
  context.lineWidth = 2;
  context.beginPath();
  for (const side of [-1, 1]) {
    context.moveTo(side * 7, 160);
    context.quadraticCurveTo(side * 18, 154, side * 34, 153);
  }
  context.stroke();
  context.restore();
};

const paintSweater = (context: FaceContext, character: Character): void => {
  const { outfit, neckX } = character;
  const { shoulderX } = outfit;
  const neckline = neckX + 13;
  // The collar behind the neck, then the neck, then everything in front.
  context.fillStyle = mixColors(outfit.shade, '#000000', 0.25);
  context.beginPath();
  context.ellipse(0, 124, neckline + 4, 9, 0, 0, Math.PI * 2);
  context.fill();
  paintNeck(context, character);

  context.beginPath();
  addTorso(context, shoulderX, neckline, 40);
  const fill = context.createLinearGradient(-70, 130, 70, 430);
  fill.addColorStop(0, outfit.light);
  fill.addColorStop(0.4, outfit.base);
  fill.addColorStop(1, outfit.shade);
  context.fillStyle = fill;
  context.fill();
  context.save();
  context.clip();
  for (const side of [-1, 1]) {
    paintGlow(
      context,
      side * (shoulderX - 30),
      290,
      42,
      110,
      withAlpha(outfit.shade, 0.6),
      withAlpha(outfit.shade, 0),
    );
    context.strokeStyle = withAlpha(outfit.shade, 0.5);
    context.lineWidth = 2;
    context.beginPath();
    context.moveTo(side * (shoulderX - 30), 214);
    context.quadraticCurveTo(side * (shoulderX - 40), 300, side * (shoulderX - 36), 480);
    context.stroke();
  }
  paintGlow(context, -78, 178, 64, 20, withAlpha(outfit.light, 0.7), withAlpha(outfit.light, 0));
  paintGlow(context, 70, 172, 50, 16, withAlpha(outfit.light, 0.4), withAlpha(outfit.light, 0));
  paintGlow(context, 0, 172, 74, 26, withAlpha(outfit.shade, 0.5), withAlpha(outfit.shade, 0));
  context.restore();

  const collar = (reach: number, depth: number, width: number, style: string): void => {
    context.strokeStyle = style;
    context.lineWidth = width;
    context.beginPath();
    context.moveTo(-reach, 124);
    addNeckline(context, reach, depth, true);
    context.stroke();
  };
  context.lineCap = 'butt';
  collar(neckline, 41, 11, outfit.shade);
  collar(neckline, 40, 9, mixColors(outfit.base, outfit.light, 0.25));
  collar(neckline - 3.6, 36.4, 1.4, withAlpha(outfit.light, 0.9));
  context.strokeStyle = withAlpha(outfit.shade, 0.28);
  context.lineWidth = 1;
  context.beginPath();
  for (let i = 1; i < 30; i += 1) {
    const angle = Math.PI * (i / 30);
    const x = -Math.cos(angle) * neckline;
    const y = 124 + Math.sin(angle) ** 0.8 * 40;
    context.moveTo(x * 0.93, y - 3.4);
    context.lineTo(x * 1.04, y + 3.6);
  }
  context.stroke();
  context.lineCap = 'round';
};

const paintCardigan = (context: FaceContext, character: Character): void => {
  const { outfit, neckX } = character;
  const { shoulderX } = outfit;
  paintNeck(context, character);
  // Shirt.
  context.fillStyle = outfit.under;
  context.beginPath();
  context.moveTo(-neckX - 14, 126);
  context.lineTo(-50, 480);
  context.lineTo(50, 480);
  context.lineTo(neckX + 14, 126);
  context.lineTo(0, 176);
  context.closePath();
  context.fill();
  context.strokeStyle = 'rgba(90,70,60,0.25)';
  context.lineWidth = 1.6;
  context.beginPath();
  context.moveTo(0, 178);
  context.lineTo(0, 480);
  context.stroke();
  context.fillStyle = 'rgba(90,70,60,0.45)';
  for (const y of [206, 250, 294]) {
    context.beginPath();
    context.arc(4, y, 2.4, 0, Math.PI * 2);
    context.fill();
  }
  // Knit, open in a V.
  const opening = neckX + 18;
  const fill = context.createLinearGradient(-60, 130, 60, 420);
  fill.addColorStop(0, outfit.light);
  fill.addColorStop(0.35, outfit.base);
  fill.addColorStop(1, outfit.shade);
  context.fillStyle = fill;
  for (const side of [-1, 1]) {
    context.beginPath();
    context.moveTo(side * opening, 128);
    context.bezierCurveTo(
      side * (opening + 24),
      146,
      side * (shoulderX - 36),
      150,
      side * (shoulderX - 8),
      184,
    );
    context.bezierCurveTo(
      side * (shoulderX + 12),
      220,
      side * (shoulderX + 14),
      300,
      side * (shoulderX + 16),
      480,
    );
    context.lineTo(0, 480);
    context.lineTo(0, 290);
    context.bezierCurveTo(side * 24, 240, side * 44, 190, side * opening, 128);
    context.fill();
  }
  for (const side of [-1, 1]) {
    context.strokeStyle = outfit.shade;
    context.lineWidth = 9;
    context.beginPath();
    context.moveTo(side * (neckX + 19), 132);
    context.bezierCurveTo(side * 45, 192, side * 26, 242, side * 3, 294);
    context.lineTo(side * 3, 480);
    context.stroke();
    paintGlow(
      context,
      side * (shoulderX - 40),
      310,
      44,
      120,
      withAlpha(outfit.shade, 0.55),
      withAlpha(outfit.shade, 0),
    );
    // Collar points.
    context.fillStyle = side < 0 ? '#fffaf2' : mixColors(outfit.under, '#c9b9a8', 0.25);
    context.beginPath();
    context.moveTo(side * (neckX - 2), 112);
    context.bezierCurveTo(side * (neckX + 12), 118, side * (neckX + 20), 126, side * (neckX + 21), 138);
    context.lineTo(side * 30, 184);
    context.lineTo(0, 164);
    context.bezierCurveTo(side * 18, 152, side * (neckX - 4), 136, side * (neckX - 2), 112);
    context.closePath();
    context.fill();
    context.strokeStyle = 'rgba(90,70,60,0.22)';
    context.lineWidth = 1.2;
    context.stroke();
  }
};

/** A top of one cloth that is wrapped over itself, with a woven band along its edge. */
const paintWrap = (context: FaceContext, character: Character): void => {
  const { outfit, neckX } = character;
  const { shoulderX } = outfit;
  const neckline = neckX + 20;
  paintNeck(context, character);
  // The chest, down to where the cloth crosses.
  context.fillStyle = character.skin.base;
  context.fillRect(-24, 205, 48, 60);
  const fill = context.createLinearGradient(-70, 130, 70, 430);
  fill.addColorStop(0, outfit.light);
  fill.addColorStop(0.4, outfit.base);
  fill.addColorStop(1, outfit.shade);
  const hem = { x: 84, y: 480 };
  // The side that lies on top comes last.
  for (const side of [1, -1]) {
    context.fillStyle = fill;
    context.beginPath();
    context.moveTo(side * neckline, 128);
    context.bezierCurveTo(
      side * (neckline + 24),
      146,
      side * (shoulderX - 36),
      150,
      side * (shoulderX - 8),
      184,
    );
    context.bezierCurveTo(
      side * (shoulderX + 12),
      220,
      side * (shoulderX + 14),
      300,
      side * (shoulderX + 16),
      480,
    );
    context.lineTo(-side * hem.x, hem.y);
    context.bezierCurveTo(-side * 56, 330, side * 28, 188, side * neckline, 128);
    context.closePath();
    context.fill();
    context.save();
    context.clip();
    paintGlow(
      context,
      side * (shoulderX - 30),
      290,
      42,
      110,
      withAlpha(outfit.shade, 0.6),
      withAlpha(outfit.shade, 0),
    );
    paintGlow(context, side * 84, 178, 52, 18, withAlpha(outfit.light, 0.6), withAlpha(outfit.light, 0));
    // Folds run from the shoulder to where the cloth is held.
    context.lineWidth = 2.4;
    for (const [x, bend] of [
      [60, 250],
      [84, 280],
      [108, 320],
    ] as const) {
      context.strokeStyle = withAlpha(outfit.shade, 0.26);
      context.beginPath();
      context.moveTo(side * (x + 8), 196);
      context.quadraticCurveTo(side * (x - 30), bend, -side * 10, 420);
      context.stroke();
    }
    context.restore();
    const edge = (width: number, style: string): void => {
      context.lineWidth = width;
      context.strokeStyle = style;
      context.beginPath();
      context.moveTo(-side * hem.x, hem.y);
      context.bezierCurveTo(-side * 56, 330, side * 28, 188, side * neckline, 128);
      context.stroke();
    };
    context.lineCap = 'butt';
    edge(11, withAlpha(outfit.shade, 0.8));
    edge(8.5, outfit.under);
    edge(1.6, withAlpha(outfit.light, 0.9));
    context.lineCap = 'round';
  }
};

const paintOutfit: Readonly<
  Record<Character['outfit']['style'], (context: FaceContext, character: Character) => void>
> = { sweater: paintSweater, cardigan: paintCardigan, wrap: paintWrap };

/** Bakes neck, shoulders and clothes. */
export const bakeBody = (createCanvas: CreateCanvas, pxPerUnit: number, character: Character): Layer => {
  const half = character.outfit.shoulderX + 24;
  const box: Box = { x: -half, y: 50, width: half * 2, height: 400 };
  return bakeLayer(
    createCanvas,
    box,
    pxPerUnit,
    (context) => {
      paintOutfit[character.outfit.style](context, character);
    },
    true,
  );
};
