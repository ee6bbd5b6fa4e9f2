import { paintGlow } from './canvas.ts';
import type { FaceContext } from './canvas.ts';
import type { Character } from './characters.ts';
import { withAlpha } from './color.ts';

/** What lies behind the avatar: a CSS colour, a soft studio in the character's tones, nothing, or keying green. */
export type FaceBackground = { readonly color: string } | 'studio' | 'transparent' | 'greenscreen';

/** The green that keying expects behind a face. */
export const greenscreenColor = '#00ff9b';

/** Paints a background once over the whole picture, in pixels. `transparent` paints nothing. */
export const paintBackground = (
  context: FaceContext,
  background: FaceBackground,
  { backdrop }: Character,
  widthPx: number,
  heightPx: number,
): void => {
  if (background === 'transparent') return;
  if (background !== 'studio') {
    context.fillStyle = background === 'greenscreen' ? greenscreenColor : background.color;
    context.fillRect(0, 0, widthPx, heightPx);
    return;
  }
  const size = Math.max(widthPx, heightPx);
  const wall = context.createLinearGradient(0, 0, widthPx * 0.3, heightPx);
  wall.addColorStop(0, backdrop.inner);
  wall.addColorStop(1, backdrop.outer);
  context.fillStyle = wall;
  context.fillRect(0, 0, widthPx, heightPx);
  const soft = (x: number, y: number, radius: number, color: string, alpha: number): void =>
    paintGlow(
      context,
      x * widthPx,
      y * heightPx,
      radius * size,
      radius * size,
      withAlpha(color, alpha),
      withAlpha(color, 0),
    );
  soft(0.5, 0.4, 0.52, backdrop.inner, 0.95);
  soft(0.1, 0.16, 0.34, backdrop.accent, 0.8);
  soft(0.95, 0.7, 0.36, backdrop.outer, 0.8);
};
