import type { PictureShare } from './link.ts';
import type { AvatarCapabilities } from '../domain/capabilities.ts';
import type { RenderControl } from '../domain/controls.ts';

/** How large a picture is and what it may cost. `bitrateShare`: of the bits that pictures of this size would get. */
export interface PictureBudget {
  readonly widthPx: number;
  readonly heightPx: number;
  readonly fps: number;
  readonly bitrateShare: number;
}

const even = (px: number): number => 2 * Math.round(px / 2);

/** A share of the picture that was asked for, as far down as the face can go; its sides keep their ratio. */
export const shrinkPicture = (
  { widthPx, heightPx, fps }: Pick<RenderControl, 'widthPx' | 'heightPx' | 'fps'>,
  share: PictureShare,
  { sizePx, fps: rates }: Pick<AvatarCapabilities['controls'], 'sizePx' | 'fps'>,
): PictureBudget => {
  const least = sizePx.min / Math.min(widthPx, heightPx);
  const scale = Math.min(1, Math.max(share.size, least));
  const side = (px: number): number => (scale === 1 ? px : even(px * scale));
  return {
    widthPx: side(widthPx),
    heightPx: side(heightPx),
    fps: Math.min(fps, Math.max(rates.min, Math.round(fps * share.fps))),
    bitrateShare: share.bitrate,
  };
};
