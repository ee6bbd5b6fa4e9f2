import type { AvatarControl, PictureCodec } from '@tth/core/plugin';
import { type CharacterId, type FaceBackground, type FaceFraming, isCharacterId } from '@tth/face';

/** The limits of a picture: what the capabilities promise. */
export const sizeRangePx = { min: 128, max: 1024 } as const;
export const fpsRange = { min: 10, max: 60 } as const;

/** What is drawn, with every value in range. */
export interface Look {
  readonly character: CharacterId;
  /** Even: no video codec takes anything else. */
  readonly widthPx: number;
  readonly heightPx: number;
  readonly fps: number;
  readonly framing: FaceFraming;
  readonly background: FaceBackground;
  /** A badge says that the person is synthetic. */
  readonly badge: boolean;
}

type LookControl = Pick<
  AvatarControl,
  'identity' | 'widthPx' | 'heightPx' | 'fps' | 'framing' | 'background' | 'codec'
>;

const clamp = (value: number, { min, max }: { min: number; max: number }): number =>
  Math.max(min, Math.min(max, value));
const evenSize = (sizePx: number): number => 2 * Math.round(clamp(sizePx, sizeRangePx) / 2);

const hexColor = /^#(?:[0-9a-f]{3}|[0-9a-f]{6})$/i;

/** Only poses are drawn where something can shine through; elsewhere `transparent` becomes a colour to key out. */
const chooseBackground = (background: string, codec: PictureCodec): FaceBackground => {
  if (background === 'transparent') return codec === 'pose' ? 'transparent' : 'greenscreen';
  if (background === 'greenscreen') return 'greenscreen';
  return hexColor.test(background) ? { color: background } : 'studio';
};

/** Fits controls to what can be drawn; the badge is the operator's, out of a control's reach. An unknown identity is Mira, `full` is the widest framing there is. */
export const chooseLook = (control: LookControl, badge = false): Look => ({
  character: isCharacterId(control.identity) ? control.identity : 'mira',
  widthPx: evenSize(control.widthPx),
  heightPx: evenSize(control.heightPx),
  fps: clamp(control.fps, fpsRange),
  framing: control.framing === 'full' ? 'half' : control.framing,
  background: chooseBackground(control.background, control.codec),
  badge,
});
