import { type AvatarControl, type ControlMap, type PictureCodec, writeControls } from '@tth/core/plugin';
import { type CharacterId, type FaceBackground, type FaceFraming, characters } from '@tth/face';

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

/** What is drawn for what is asked: an unknown identity is Mira, `full` is the widest framing there is. */
export const lookMap = {
  widthPx: { to: 'widthPx', range: sizeRangePx, step: 2 },
  heightPx: { to: 'heightPx', range: sizeRangePx, step: 2 },
  fps: { to: 'fps', range: fpsRange },
  framing: { to: 'framing', values: { close: 'close', bust: 'bust', half: 'half' }, otherwise: 'half' },
  identity: {
    to: 'character',
    values: Object.fromEntries(Object.keys(characters).map((id) => [id, id])),
    otherwise: 'mira',
  },
} as const satisfies ControlMap;

const hexColor = /^#(?:[0-9a-f]{3}|[0-9a-f]{6})$/i;

/** Only poses are drawn where something can shine through; elsewhere `transparent` becomes a colour to key out. */
const chooseBackground = (background: string, codec: PictureCodec): FaceBackground => {
  if (background === 'transparent') return codec === 'pose' ? 'transparent' : 'greenscreen';
  if (background === 'greenscreen') return 'greenscreen';
  return hexColor.test(background) ? { color: background } : 'studio';
};

/** Fits controls to what can be drawn; the badge is the operator's, out of a control's reach. */
export const chooseLook = (control: LookControl, badge = false): Look => ({
  ...(writeControls(lookMap, control) as unknown as Omit<Look, 'background' | 'badge'>),
  background: chooseBackground(control.background, control.codec),
  badge,
});
