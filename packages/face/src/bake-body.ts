import { bakeLayer, paintGlow } from './canvas.ts';
import type { Box, CreateCanvas, FaceContext, Layer } from './canvas.ts';
import type { Character } from './characters.ts';
import { mixColors, withAlpha } from './color.ts';

const addTorso = (context: FaceContext, shoulderX: number, neckX: number): void => {
  context.moveTo(-neckX - 6, 128);
  context.bezierCurveTo(-neckX - 30, 148, -shoulderX + 36, 152, -shoulderX + 8, 184);
  context.bezierCurveTo(-shoulderX - 12, 220, -shoulderX - 14, 300, -shoulderX - 16, 480);
  context.lineTo(shoulderX + 16, 480);
  context.bezierCurveTo(shoulderX + 14, 300, shoulderX + 12, 220, shoulderX - 8, 184);
  context.bezierCurveTo(shoulderX - 36, 152, neckX + 30, 148, neckX + 6, 128);
  context.closePath();
};

const paintNeck = (context: FaceContext, { skin, neckX }: Character): void => {
  context.beginPath();
  context.moveTo(-neckX, 60);
  context.bezierCurveTo(-neckX + 2, 104, -neckX - 4, 124, -neckX - 26, 148);
  context.lineTo(0, 190);
  context.lineTo(neckX + 26, 148);
  context.bezierCurveTo(neckX + 4, 124, neckX - 2, 104, neckX, 60);
  context.closePath();
  const fill = context.createLinearGradient(0, 84, 0, 175);
  fill.addColorStop(0, mixColors(skin.shade, skin.deep, 0.45));
  fill.addColorStop(0.42, skin.shade);
  fill.addColorStop(0.75, skin.base);
  fill.addColorStop(1, skin.base);
  context.fillStyle = fill;
  context.fill();
  context.save();
  context.clip();
  paintGlow(context, 8, 104, neckX + 14, 26, withAlpha(skin.deep, 0.5), withAlpha(skin.deep, 0));
  context.restore();
};

const paintSweater = (context: FaceContext, { outfit, neckX, skin }: Character): void => {
  const { shoulderX } = outfit;
  context.beginPath();
  addTorso(context, shoulderX, neckX);
  const fill = context.createLinearGradient(-60, 130, 60, 420);
  fill.addColorStop(0, outfit.light);
  fill.addColorStop(0.35, outfit.base);
  fill.addColorStop(1, outfit.shade);
  context.fillStyle = fill;
  context.fill();
  context.save();
  context.clip();
  for (const side of [-1, 1]) {
    paintGlow(
      context,
      side * (shoulderX - 34),
      300,
      46,
      120,
      withAlpha(outfit.shade, 0.55),
      withAlpha(outfit.shade, 0),
    );
  }
  paintGlow(context, -74, 176, 60, 22, withAlpha(outfit.light, 0.8), withAlpha(outfit.light, 0));
  context.restore();
  // Neckline: skin above it, a ribbed collar around it.
  const inner = neckX + 13;
  context.beginPath();
  context.moveTo(-inner, 134);
  context.bezierCurveTo(-inner + 2, 172, inner - 2, 172, inner, 134);
  context.lineTo(neckX - 4, 112);
  context.lineTo(-neckX + 4, 112);
  context.closePath();
  const chest = context.createLinearGradient(0, 112, 0, 166);
  chest.addColorStop(0, skin.shade);
  chest.addColorStop(1, skin.base);
  context.fillStyle = chest;
  context.fill();
  context.lineWidth = 10;
  context.strokeStyle = outfit.shade;
  context.beginPath();
  context.moveTo(-inner - 2, 133);
  context.bezierCurveTo(-inner + 1, 177, inner - 1, 177, inner + 2, 133);
  context.stroke();
  context.lineWidth = 7;
  context.strokeStyle = outfit.base;
  context.beginPath();
  context.moveTo(-inner - 2, 132);
  context.bezierCurveTo(-inner + 1, 175.5, inner - 1, 175.5, inner + 2, 132);
  context.stroke();
  context.lineWidth = 1.6;
  context.strokeStyle = withAlpha(outfit.light, 0.8);
  context.beginPath();
  context.moveTo(-inner + 1, 134);
  context.bezierCurveTo(-inner + 5, 171, inner - 5, 171, inner - 1, 134);
  context.stroke();
};

const paintCardigan = (context: FaceContext, { outfit, neckX }: Character): void => {
  const { shoulderX } = outfit;
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
  context.beginPath();
  addTorso(context, shoulderX, neckX + 14);
  context.moveTo(neckX + 16, 130);
  context.bezierCurveTo(40, 190, 22, 240, 0, 290);
  context.bezierCurveTo(-22, 240, -40, 190, -neckX - 16, 130);
  context.closePath();
  const fill = context.createLinearGradient(-60, 130, 60, 420);
  fill.addColorStop(0, outfit.light);
  fill.addColorStop(0.35, outfit.base);
  fill.addColorStop(1, outfit.shade);
  context.fillStyle = fill;
  context.fill('evenodd');
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

/** Bakes neck, shoulders and clothes. */
export const bakeBody = (createCanvas: CreateCanvas, pxPerUnit: number, character: Character): Layer => {
  const half = character.outfit.shoulderX + 24;
  const box: Box = { x: -half, y: 50, width: half * 2, height: 400 };
  return bakeLayer(createCanvas, box, pxPerUnit, (context) => {
    paintNeck(context, character);
    if (character.outfit.style === 'sweater') paintSweater(context, character);
    else paintCardigan(context, character);
  });
};
